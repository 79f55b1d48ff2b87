// Every event ever stored stays readable: each golden sample goes the way of a stored event.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aggregates } from '#catalogue/aggregates.js';
import { events } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { RESERVATION_CATEGORY } from '#event-store/reservation.events.js';
import { evolve, type Fold } from '#kernel/aggregate.js';
import type { EventMeta, RecordedEvent } from '#kernel/context.js';
import { upcast } from '#kernel/events.js';
import { sealMarks } from '#kernel/fields.js';
import { streamName } from '#kernel/ids.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { goldenName, goldens, type Golden } from './support/golden.js';

/** The category of the streams in which a type of event stands. */
function categoryOf(type: string): string {
  return aggregates.find((aggregate) => type in aggregate.events)?.category ?? RESERVATION_CATEGORY;
}

/** The newest payload of a sample. */
function newest({ type, schema, data }: Golden): Record<string, unknown> {
  return upcast(type, events[type]!, schema, data);
}

/** The event that begins a stream of the same category: a table names it first. */
function beginningOf(category: string): Golden | undefined {
  const first = Object.keys(aggregates.find((aggregate) => aggregate.category === category)?.events ?? {})[0];
  const file = first && goldenName(first, events[first]!.schema);
  return goldens.find(([name]) => name === file)?.[1];
}

/** The sample as it stands in a history: after the beginning of its stream, unless it is the beginning. */
function historyOf(golden: Golden): { type: string; data: Record<string, unknown> }[] {
  const beginning = beginningOf(categoryOf(golden.type));
  const history = beginning && beginning.type !== golden.type ? [beginning, golden] : [golden];
  return history.map((sample) => ({ type: sample.type, data: newest(sample) }));
}

function metaOf({ type, schema }: Pick<Golden, 'type' | 'schema'>): EventMeta {
  const { now: occurredAt, tenant, actor, commandId, correlationId, causationId } = testContext;
  return { eventId: commandId, type, schema, tenant, actor, occurredAt, commandId, correlationId, causationId };
}

const folds: Fold<unknown>[] = aggregates.flatMap((aggregate) => [aggregate as Fold<unknown>, ...Object.values(aggregate.facts as Record<string, Fold<unknown>>)]);

describe.each(goldens)('%s', (_file, golden) => {
  let folder: string;
  let keys: SqliteRecordStore;
  let codec: Codec;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-'));
    keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: false });
    codec = new Codec(events, new Keyring(keys, new Uint8Array(32)));
  });

  afterAll(async () => {
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  async function stored() {
    const event = await codec.encode(metaOf(golden), golden.data);
    const stream = streamName(categoryOf(golden.type), testContext.tenant, TEST_ID);
    return { ...event, stream, revision: 0, position: '1'.padStart(20, '0') };
  }

  it('upcasts to a payload that the newest schema takes as it is', () => {
    const data = newest(golden);
    expect(events[golden.type]!.data.parse(data)).toEqual(data);
  });

  it('comes back from the log as it was, sealed fields opened', async () => {
    const [event] = (await codec.decode([await stored()])) as [RecordedEvent];
    expect(event.data).toEqual(newest(golden));
    expect(event.meta).toEqual(metaOf(golden));
  });

  it('leaves nothing of its sealed fields in the stored bytes', async () => {
    const { data } = await stored();
    const parsed = JSON.parse(data) as Record<string, unknown>;
    for (const field of sealMarks(events[golden.type]!.data).keys()) {
      const plain = golden.data[field];
      if (plain === null || plain === undefined) continue;
      expect(typeof parsed[field]).toBe('string');
      expect(data).not.toContain(JSON.stringify(plain));
    }
  });

  it('is folded by every aggregate and every fact that names it', () => {
    for (const fold of folds.filter(({ evolve: steps }) => golden.type in steps)) {
      const fold_ = () => historyOf(golden).reduce((state, { type, data }) => evolve(fold, state, { type, data, meta: metaOf(golden) }), fold.initial);
      expect(fold_()).toBeDefined();
      expect(fold_()).toEqual(fold_());
    }
  });

  it('is shown by every view that names it', () => {
    for (const view of views.filter(({ on }) => golden.type in on)) {
      const history = historyOf(golden);
      const twice = [folded(view, ...history), folded(view, ...history)] as const;
      expect(twice[0].keys.map((key) => twice[0].doc(key))).toEqual(twice[1].keys.map((key) => twice[1].doc(key)));
      for (const key of twice[0].keys) {
        for (const index of Object.keys(view.indexes)) expect(twice[0].index(index, key)).toBeDefined();
      }
    }
  });
});
