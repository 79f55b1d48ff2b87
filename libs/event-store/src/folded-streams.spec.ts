import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fold } from '#kernel/aggregate.js';
import { rootContext, type RecordedEvent } from '#kernel/context.js';
import { newCommandId, newId, streamName } from '#kernel/ids.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { Codec } from './codec.js';
import { START } from './event-store.js';
import { Executor } from './execute.js';
import { FoldedStreams, type Folded } from './folded-streams.js';
import { Keyring } from './keyring.js';
import { SqliteEventStore } from './sqlite.event-store.js';
import { catalogue, seatErrors, table } from './testing/table.js';
import { weigh, WeighedCache } from './weighed-cache.js';

/** All nicknames that a table ever had: an event that is folded twice or left out shows. */
const nicknames: Fold<readonly string[]> = {
  name: 'nicknames',
  category: 'table',
  initial: [],
  evolve: { Nicknamed: (all, { nickname }: { nickname: string }) => [...all, nickname] },
};

function wholeOf(events: readonly RecordedEvent[]): Folded<readonly string[]> {
  const keyed = events.filter(({ meta }) => meta.commandHash !== undefined);
  const trace = ({ revision, meta }: RecordedEvent) => ({ first: revision, last: revision, hash: meta.commandHash! });
  return {
    state: events.map(({ data }) => (data as { nickname: string }).nickname),
    revision: events.length - 1,
    position: events.at(-1)?.position ?? START,
    commands: new Map(keyed.map((event) => [event.meta.commandId, trace(event)])),
  };
}

describe('folded streams', () => {
  let folder: string;
  let store: SqliteEventStore;
  let keys: SqliteRecordStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'folded-'));
    store = await SqliteEventStore.open(folder, { durable: false });
    keys = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: false });
  });
  afterEach(async () => {
    await store.close();
    await keys.close();
    rmSync(folder, { recursive: true });
  });

  const step = fc.record({ table: fc.nat(2), does: fc.constantFrom('look', 'rename', 'renameKeyed'), twice: fc.boolean() });

  it('are what a fold from the start is, whatever was kept, for how long, and who looked meanwhile', async () => {
    const keyring = new Keyring(keys, randomBytes(32));
    const codec = new Codec(catalogue, keyring);
    const executor = new Executor(store, codec, keyring, seatErrors.table);
    const rename = (id: string, keyed: boolean) => {
      const ctx = rootContext('acme', 'system', '2026-06-01T12:00:00.000Z', newCommandId());
      const hash = keyed ? { commandHash: `hash of ${ctx.commandId}` } : {};
      return executor.execute(table, id, 'nickname', { nickname: newId() }, { ...ctx, ...hash });
    };
    const property = async (keptBytes: number, steps: readonly { table: number; does: string; twice: boolean }[]) => {
      const tables = [newId(), newId(), newId()];
      const kept = new FoldedStreams(store, codec, keptBytes);
      for (const { table: n, does, twice } of steps) {
        const id = tables[n]!;
        const stream = streamName('table', 'acme', id);
        if (does !== 'look') await rename(id, does === 'renameKeyed');
        const looks = await Promise.all([kept.fold(nicknames, stream), ...(twice ? [kept.fold(nicknames, stream)] : [])]);
        const whole = wholeOf(await codec.decode(await store.readStream(stream)));
        for (const look of looks) expect(look).toEqual(whole);
      }
    };
    await fc.assert(fc.asyncProperty(fc.constantFrom(0, 700, 1e9), fc.array(step, { maxLength: 12 }), property), {
      numRuns: 40,
    });
  });
});

describe('a cache bounded by weight', () => {
  it('drops what was not used for the longest time, and never takes more than allowed', () => {
    const cache = new WeighedCache<string>(1_000);
    const put = (key: string, length: number) => cache.set(key, 'x'.repeat(length), length);
    put('a', 300);
    put('b', 300);
    cache.set('a', cache.get('a')!, 0);
    put('c', 400);
    expect(['a', 'b', 'c'].map((key) => cache.get(key)?.length)).toEqual([300, undefined, 400]);
    put('too large', 2_000);
    expect(cache.weight).toBe(0);
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), length: fc.nat(1_200) })), (puts) => {
        for (const { key, length } of puts) put(key, length);
        return cache.weight <= 1_000 && cache.weight >= 0;
      }),
    );
  });

  it('weighs what grew by little steps again once it may have doubled', () => {
    const cache = new WeighedCache<Map<string, string>>(1e9);
    const map = new Map<string, string>();
    for (let n = 0; n < 2_000; n++) cache.set('map', map.set(`key ${n}`, 'x'.repeat(50)), 200);
    const whole = weigh(map);
    expect(cache.weight).toBeGreaterThanOrEqual(whole);
    expect(cache.weight).toBeLessThanOrEqual(2 * whole);
  });

  it('weighs all that plain data is made of', () => {
    const least = {
      texts: ['x'.repeat(1_000)],
      map: new Map([['k'.repeat(1_000), { deep: 'x'.repeat(1_000) }]]),
      set: new Set(),
    };
    expect(weigh(least)).toBeGreaterThan(3_000);
    expect(weigh(new Set(['x'.repeat(500), null, 1, true]))).toBeGreaterThan(500);
  });
});
