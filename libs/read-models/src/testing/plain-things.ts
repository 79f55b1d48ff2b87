// Documents that tests of stores write themselves, and what it takes to write them.
import type { JsonObject } from '#kernel/json.js';
import { contentOf } from '../document.js';
import type { Build, DocumentChange, ReadStore } from '../read-store.js';
import type { AnyView, View } from '../view.js';

/** An adapter over empty data, and what it takes to look at the same data a second time. */
export interface StoreUnderTest {
  readonly store: ReadStore;
  /** Another handle on the same data, as another process would have. */
  another(): Promise<ReadStore>;
  dispose(): Promise<void>;
}

export const at = (position: number): string => String(position).padStart(20, '0');
export const NOW = '2026-06-01T12:00:00.000Z';
export const LATER = '2026-06-01T12:00:30.000Z';
export const MUCH_LATER = '2026-06-01T13:00:00.000Z';

export type Thing = {
  readonly name: string;
  readonly rank: number | string | null;
  readonly state: string;
  readonly tags: readonly string[];
};

/** A view that events never reach: the contract writes its documents itself. */
export function plainView(version = 1, more: Partial<View<Thing>> = {}): View<Thing> {
  return {
    name: 'plain-things',
    version,
    about: 'Documents of the contract suite.',
    indexes: {
      name: { one: (doc) => doc.name },
      rank: { one: (doc) => doc.rank },
      state: { one: (doc) => doc.state },
      tags: { many: (doc) => doc.tags },
    },
    lists: [['state', 'rank'], ['rank']],
    categories: ['thing'],
    on: {},
    ...more,
  };
}

export const thing = (name: string, rank: Thing['rank'] = null, state = 'on', tags: readonly string[] = []): Thing => ({
  name,
  rank,
  state,
  tags,
});
export const buildOf = (view: AnyView, number = 1, partition = 0, partitions = 1): Build => ({
  view,
  number,
  partition,
  partitions,
});

export function change(
  view: AnyView,
  tenant: string,
  key: string,
  position: number,
  doc: JsonObject | null,
  loaded: number | null = null,
): DocumentChange {
  return {
    tenant,
    key,
    loaded: loaded === null ? null : at(loaded),
    position: at(position),
    content: doc && contentOf(view, doc),
  };
}

/** Writes documents of a tenant in one batch; answers the epoch. */
export async function write(
  store: ReadStore,
  build: Build,
  position: number,
  changes: readonly DocumentChange[],
): Promise<number> {
  const epoch = (await store.acquire(build, 'writer', NOW, LATER))!;
  const { position: from } = await store.checkpoint(build);
  const applied = await store.apply(build, epoch, { from, to: { position: at(position), occurredAt: NOW }, changes });
  if (!applied) throw new Error('the batch was refused');
  return epoch;
}
