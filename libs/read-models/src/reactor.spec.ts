import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import type { RecordStore } from '#records/record-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { parkedWork, retryWork } from './parked-work.js';
import type { ReactorPorts } from './reactor-feeder.js';
import { ReactorRun, type ReactorRunOptions } from './reactor-run.js';
import { reactorOf, workKey, type Effect, type Reactor } from './reactor.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { decodeTallies, type TallyEvent } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';

/** Tells of each number that was counted; a zero asks for nothing, a number above 99 for two pieces. */
const teller: Reactor<string> = {
  name: 'teller',
  about: 'Tells what was counted.',
  categories: ['tally'],
  on: {
    Counted: ({ data }) => {
      const { by } = data as { by: number };
      if (by < 0) throw new Error('nothing to tell of debts');
      return by === 0 ? null : by > 99 ? [`${by} a`, `${by} b`] : String(by);
    },
  },
};

describe('a reactor', () => {
  let log: TemporaryLog;
  let records: RecordStore;
  let pace: ManualPace;
  let told: string[];
  let troubles: string[];
  let running: { run: ReactorRun<string>; end: Promise<void> }[];

  beforeEach(async () => {
    log = await temporaryLog();
    records = SqliteRecordStore.open(join(log.folder, 'records.db'), { durable: false });
    pace = new ManualPace();
    told = [];
    troubles = [];
    running = [];
  });
  afterEach(async () => {
    for (const { run } of running) run.stop();
    await Promise.all(running.map(({ end }) => end));
    await records.close();
    await log.dispose();
  });

  const tell: Effect<string> = async (what) => {
    told.push(what);
  };
  function start(effect: Effect<string> = tell, options: Partial<ReactorRunOptions> = {}, reactor = teller) {
    const ports: ReactorPorts = { events: log.events, records, decode: decodeTallies };
    const run = new ReactorRun(reactor, effect, ports, {
      owner: 'here',
      pace,
      onTrouble: (error) => troubles.push(String(error)),
      ...options,
    });
    running.push({ run, end: run.run() });
    return running.at(-1)!;
  }
  const count = (...by: number[]) => log.happen(...by.map((each): TallyEvent => ({ type: 'Counted', tally: 'a', by: each })));
  const reachedBy = async (name: string) =>
    (await records.get<{ position: string }>('reactor', name, pace.now()))?.value.position;
  const parked = () => parkedWork(records, [teller]);
  const idle = async () => until(async () => (await records.workCounts('teller')).waiting === 0 && pace.sleeping.includes(1000));

  it('does the work that events ask for, each piece under a key of its own', async () => {
    await count(1, 0);
    const keys: string[] = [];
    start(async (what, { key, attempt, event }) => {
      keys.push(key);
      told.push(`${what} (${attempt}) ${event.revision}`);
    });
    await log.happen({ type: 'Cleared', tally: 'a' });
    await count(2, 100);
    await until(() => told.length === 4);
    const stored = await log.events.readStream('tally-acme~a');
    expect([...told].sort()).toEqual(['1 (1) 0', '100 a (1) 4', '100 b (1) 4', '2 (1) 3']);
    expect([...keys].sort()).toEqual(
      [stored[0]!, stored[3]!, stored[4]!]
        .map(({ eventId }) => eventId)
        .concat(workKey(stored[4]!.eventId, 1))
        .sort(),
    );
    expect(await parked()).toEqual([]);
    await until(async () => (await records.workCounts('teller')).waiting === 0);
  });

  it('goes on after its checkpoint, and begins with what happens from now on where it says so', async () => {
    await count(1);
    const first = start();
    await until(() => told.length === 1);
    await idle();
    first.run.stop();
    await first.end;
    await count(2);
    start();
    await until(() => told.length === 2);
    expect(told).toEqual(['1', '2']);

    const late: string[] = [];
    start(async (what) => void late.push(what), {}, { ...teller, name: 'late', from: 'now' });
    await until(async () => (await records.get('reactor', 'late', pace.now())) !== null);
    await count(3);
    await until(() => late.length > 0);
    expect(late).toEqual(['3']);
  });

  it('tries again later and later, parks the work in the end, and does it when asked to', async () => {
    const givenUp: string[] = [];
    let broken = true;
    start(
      async (what, { attempt }) => {
        told.push(`${what} (${attempt})`);
        if (broken) throw new Error('no answer');
      },
      { maxAttempts: 4, firstRetryMs: 2000, longestRetryMs: 5000, onParked: (_, error) => givenUp.push(error) },
    );
    await count(7);
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(() => told.length === attempt && pace.sleeping.includes(1000));
      const before = pace.now();
      while (told.length === attempt) {
        await until(() => pace.sleeping.length > 1);
        pace.advance(250);
        await new Promise((resolve) => setImmediate(resolve));
        await until(() => told.length > attempt || pace.sleeping.length > 1);
      }
      pauses.push(Date.parse(pace.now()) - Date.parse(before));
    }
    // 2, 4, 5 s, three quarters of each (the middle of the jitter), found at the next look.
    for (const [i, wanted] of [1500, 3000, 3750].entries()) {
      expect(pauses[i]).toBeGreaterThanOrEqual(wanted);
      expect(pauses[i]).toBeLessThanOrEqual(wanted + 1000);
    }
    await until(() => givenUp.length === 1);
    expect(told).toEqual(['7 (1)', '7 (2)', '7 (3)', '7 (4)']);
    const [work] = await parked();
    expect(work).toMatchObject({
      reactor: 'teller',
      attempt: 4,
      error: 'no answer',
      value: { stream: 'tally-acme~a', revision: 0, item: 0 },
    });
    broken = false;
    await until(() => pace.sleeping.includes(1000));
    await retryWork(records, 'teller', work!.key, pace.now());
    pace.advance(1000);
    await until(() => told.length === 5);
    expect(told[4]).toBe('7 (1)');
    await expect(retryWork(records, 'teller', work!.key, pace.now())).rejects.toMatchObject({ code: 'work.not-parked' });
    await until(async () => (await records.workCounts('teller')).parked === 0);
  });

  it('parks what it cannot even name, and does the rest', async () => {
    start(tell, { maxAttempts: 1 });
    await count(-5, 6);
    await until(() => told.length === 1);
    await until(async () => (await parked()).length === 1);
    expect((await parked())[0]!.error).toBe('nothing to tell of debts');
    expect(told).toEqual(['6']);
  });

  it('runs in one process at a time; another takes over when the lease is free', async () => {
    const first = start(tell, { owner: 'one' });
    await count(1);
    await until(() => told.length === 1);
    const others: string[] = [];
    const second = start(async (what) => void others.push(what), { owner: 'two' });
    await until(() => pace.sleeping.filter((ms) => ms === 10_000).length === 2);
    await count(2);
    await until(() => told.length === 2);
    first.run.stop();
    await first.end;
    pace.advance(10_000);
    await count(3);
    await until(() => others.length === 1);
    expect([told, others]).toEqual([['1', '2'], ['3']]);
    expect(troubles).toEqual([]);
    second.run.stop();
    await second.end;
  });

  it('goes on where the store fails, and loses nothing', async () => {
    const { put } = records;
    let failures = 2;
    records.put = (...all) => (failures-- > 0 ? Promise.reject(new Error('disk on fire')) : put.apply(records, all));
    await count(1, 2);
    start();
    for (const _ of [1, 2]) {
      await until(() => troubles.length === _);
      await until(() => pace.sleeping.some((ms) => ms < 1000));
      pace.advance(150);
    }
    await until(() => told.length === 2);
    expect([...told].sort()).toEqual(['1', '2']);
  });

  it('killed at any moment repeats at most the effect under way, under the same key, and misses none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 4 }), async (lives) => {
        const name = `teller-${crypto.randomUUID()}`;
        const reactor = { ...teller, name };
        const head = await count(1, 2, 100);
        const wanted = (await log.events.readLog({ categories: ['tally'] })).events.flatMap(({ eventId, data }) =>
          data.includes('100') ? [eventId, workKey(eventId, 1)] : [eventId],
        );
        const done: string[] = [];
        const own = new ManualPace();
        let deaths = 0;
        for (const operations of [...lives, Infinity]) {
          const mortal = dyingAfter(records, operations);
          const effect: Effect<string> = async (_, { key }) => {
            if (!mortal.dead()) done.push(key);
          };
          const run = new ReactorRun(
            reactor,
            effect,
            { events: log.events, records: mortal.records, decode: decodeTallies },
            { owner: 'here', pace: own },
          );
          let over = false;
          void run.run().then(() => (over = true));
          await until(
            async () =>
              mortal.dead() ||
              (own.sleeping.includes(1000) && (await reachedBy(name)) === head && (await records.workCounts(name)).waiting === 0),
          );
          run.stop();
          await until(() => over || mortal.dead());
          if (mortal.dead()) deaths++;
          own.advance(3_600_000);
        }
        expect([...new Set(done)].sort()).toEqual([...wanted].sort());
        expect(done.length - new Set(done).size).toBeLessThanOrEqual(deaths);
      }),
      { numRuns: 15 },
    );
  });

  it('is refused a name that cannot be a queue', () => {
    expect(() => reactorOf<string>()({}, { ...teller, name: 'No Name', on: {} })).toThrow('not a name for a reactor');
  });
});

/** Records of a process that dies after so many calls: that call and all later ones never answer, and do nothing. */
function dyingAfter(records: RecordStore, operations: number): { readonly records: RecordStore; dead(): boolean } {
  let left = operations;
  const mortal = new Proxy(records, {
    get(target, property) {
      const member = Reflect.get(target, property, target) as unknown;
      if (typeof member !== 'function') return member;
      return (...all: unknown[]) =>
        left-- > 0 ? (member as (...all: unknown[]) => unknown).apply(target, all) : new Promise(() => undefined);
    },
  });
  return { records: mortal, dead: () => left < 0 };
}
