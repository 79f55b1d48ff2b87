// A small view for tests of what folds: counters that grow, move, end, and break on demand.
import type { StoredEvent } from '#event-store/event-store.js';
import type { EventMeta } from '#kernel/context.js';
import { parseStreamName, streamName } from '#kernel/ids.js';
import type { Decode } from '../build-writer.js';
import type { View } from '../view.js';
import { at } from './plain-things.js';

export type Tally = { readonly sum: number; readonly steps: readonly string[]; readonly from: string | null };

/** What may happen to a counter. `tally` is a stream's id; `copied` touches two documents. */
export type TallyEvent =
  | { readonly type: 'Counted'; readonly tally: string; readonly by: number }
  | { readonly type: 'Copied'; readonly tally: string; readonly to: string }
  | { readonly type: 'Cleared'; readonly tally: string }
  | { readonly type: 'Broken'; readonly tally: string }
  | { readonly type: 'Unheard'; readonly tally: string };

/** Switched by a test: whether `Broken` breaks the view. */
export const breakage = { on: true };

const empty: Tally = { sum: 0, steps: [], from: null };

export function tallyView(version = 1, more: Partial<View<Tally>> = {}): View<Tally> {
  return {
    name: 'tallies',
    version,
    about: 'Counters of the tests.',
    categories: ['tally'],
    indexes: { sum: { one: (doc) => doc.sum }, steps: { many: (doc) => doc.steps } },
    lists: [['sum']],
    on: {
      Counted: {
        evolve: (doc, { data, revision }) => {
          const { by } = data as { by: number };
          return { ...(doc ?? empty), sum: (doc?.sum ?? 0) + by, steps: [...(doc?.steps ?? []), `${revision}:${by}`] };
        },
      },
      Copied: {
        keys: ({ id, data }) => [id, (data as { to: string }).to],
        evolve: (doc, { id }, key) => (key === id ? doc : { ...(doc ?? empty), from: id, sum: (doc?.sum ?? 0) * 2 }),
      },
      Cleared: { evolve: () => null },
      Broken: {
        evolve: (doc) => {
          if (breakage.on) throw new Error('broken on demand');
          return { ...(doc ?? empty), steps: ['mended'] };
        },
      },
    },
    ...more,
  };
}

/** As the log would keep it: revisions gapless by stream, positions with holes. */
export function storedTallies(events: readonly (TallyEvent & { readonly tenant?: string })[]): StoredEvent[] {
  const revisions = new Map<string, number>();
  return events.map(({ type, tally, tenant = 'acme', ...data }, i) => {
    const stream = streamName('tally', tenant, tally);
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    return { stream, revision, position: at((i + 1) * 3), ...newTally(type, data, tenant, `e${i}`) };
  });
}

/** The same as a store takes it. */
export function newTally(type: string, data: object, tenant: string, eventId: string) {
  return { eventId, type, data: JSON.stringify(data), metadata: { tenant, occurredAt: '2026-06-01T12:00:00.000Z' } };
}

/** Without a catalogue: payload and envelope as they stand. */
export const decodeTallies: Decode = async (events) =>
  events.map(({ stream, revision, position, type, data, metadata, eventId }) => {
    const { tenant = '', occurredAt = '' } = metadata;
    const meta: EventMeta = {
      eventId,
      type,
      schema: 1,
      tenant,
      actor: 'operator',
      occurredAt,
      correlationId: eventId,
      causationId: eventId,
      commandId: eventId,
    };
    return { stream, id: parseStreamName(stream).id, revision, position, type, data: JSON.parse(data) as unknown, meta };
  });
