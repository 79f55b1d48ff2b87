// Every event ever stored stays readable: each golden sample goes the way of a stored event.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { events } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { evolve } from '#kernel/aggregate.js';
import type { EventMeta, RecordedEvent } from '#kernel/context.js';
import { upcast } from '#kernel/events.js';
import { sealMarks } from '#kernel/fields.js';
import { streamName } from '#kernel/ids.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import type { View } from '#read-models/view.js';
import { folded } from '#read-models/testing/folded.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { categoriesOf, eventTables, folds } from './support/catalogue.js';
import { goldenName, goldenOf, goldens, type Golden } from './support/golden.js';

/** The newest payload of a sample. */
function newest({ type, schema, data }: Golden): Record<string, unknown> {
  return upcast(type, events[type]!, schema, data);
}

/** The sample of the event that begins a stream of the same category: a table names it first. */
function beginningOf({ type }: Golden): Golden {
  const [, table] = eventTables.find(([, events]) => type in events)!;
  const first = Object.keys(table)[0]!;
  return goldenOf(goldenName(first, table[first]!.schema));
}

/** The sample as it stands in a history: after the beginning of its stream, unless it is the beginning. */
function historyOf(golden: Golden): { type: string; data: Record<string, unknown> }[] {
  const beginning = beginningOf(golden);
  const history = beginning.type === golden.type ? [golden] : [beginning, golden];
  return history.map((sample) => ({ type: sample.type, data: newest(sample) }));
}

function metaOf({ type, schema }: Pick<Golden, 'type' | 'schema'>): EventMeta {
  const { now: occurredAt, tenant, actor, commandId, correlationId, causationId } = testContext;
  return { eventId: commandId, type, schema, tenant, actor, occurredAt, commandId, correlationId, causationId };
}

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
    const stream = streamName(categoriesOf(golden.type)[0]!, testContext.tenant, TEST_ID);
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
      const state = () =>
        historyOf(golden).reduce(
          (before, { type, data }) => evolve(fold, before, { type, data, meta: metaOf(golden) }),
          fold.initial,
        );
      expect(state()).toBeDefined();
      expect(state()).toEqual(state());
    }
  });

  it('is shown by every view that names it', () => {
    for (const view of views.filter(({ on }) => golden.type in on)) {
      const shown = () => {
        const { keys, doc, index } = folded(view as View, ...historyOf(golden));
        return keys.map((key) => [key, doc(key), Object.keys(view.indexes).map((name) => [name, index(name, key)])]);
      };
      expect(shown()).toEqual(shown());
    }
  });
});
