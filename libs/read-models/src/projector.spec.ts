import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START, type Position } from '#event-store/event-store.js';
import type { EventLog } from './build-writer.js';
import { Convoy } from './convoy.js';
import { Projector, type ProjectorEnd, type ProjectorOptions } from './projector.js';
import type { ReadStore } from './read-store.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { buildOf } from './testing/plain-things.js';
import { breakage, decodeTallies, tallyView, type Tally } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';

describe('a projector', () => {
  const view = tallyView();
  const build = buildOf(view);
  let log: TemporaryLog;
  let temporary: TemporaryReads;
  let reads: ReadStore;
  let pace: ManualPace;
  let troubles: string[];
  let running: { projector: Projector; end: Promise<ProjectorEnd> }[];

  beforeEach(async () => {
    breakage.on = true;
    log = await temporaryLog();
    temporary = temporaryReads();
    reads = temporary.reads;
    pace = new ManualPace();
    troubles = [];
    running = [];
    await reads.prepare(view);
  });
  afterEach(async () => {
    for (const { projector } of running) projector.stop();
    await Promise.allSettled(running.map(({ end }) => end));
    await temporary.dispose();
    await log.dispose();
  });

  function start(options: Partial<ProjectorOptions> = {}, events: EventLog = log.events) {
    const ports = { events, reads, decode: decodeTallies };
    const projector = new Projector(build, ports, new Convoy(ports, pace), {
      owner: 'a',
      pace,
      poisonRule: () => 'set-aside',
      onTrouble: (error) => troubles.push(String(error)),
      ...options,
    }); // prettier-ignore
    const started = { projector, end: projector.run() };
    running.push(started);
    return started;
  }
  const reached = (position: Position) => until(async () => (await reads.checkpoint(build)).position >= position);
  const sumOf = async (key: string) => (await reads.get<Tally>(view, 'acme', key))?.doc.sum;

  it('catches up, then follows the log, also over what is not for its view', async () => {
    await log.happen({ type: 'Counted', tally: 'a', by: 1 }, { type: 'Counted', tally: 'a', by: 2 });
    const seen: [Position, boolean][] = [];
    start({ onApplied: ({ position }, caughtUp) => seen.push([position, caughtUp]) });
    await reached(await log.happen({ type: 'Counted', tally: 'b', by: 5 }));
    expect([await sumOf('a'), await sumOf('b')]).toEqual([3, 5]);
    const elsewhere = await log.happenElsewhere();
    await reached(elsewhere);
    await until(() => seen.at(-1)?.[0] === elsewhere);
    expect(seen.at(-1)).toEqual([elsewhere, true]);
    expect(await reads.checkpoint(build)).toEqual({ position: elsewhere, occurredAt: '2026-06-01T12:00:00.000Z' });
  });

  it('goes on where it stopped, and gives the lease back', async () => {
    const first = start();
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
    first.projector.stop();
    expect(await first.end).toBe('stopped');
    await log.happen({ type: 'Counted', tally: 'a', by: 2 });
    start({ owner: 'b' });
    await reached(await log.events.head());
    expect(await sumOf('a')).toBe(3);
  });

  it('stands by while another holds the lease, and takes over when that runs out', async () => {
    await reads.acquire(build, 'other', pace.now(), new Date(Date.parse(pace.now()) + 60_000).toISOString());
    await log.happen({ type: 'Counted', tally: 'a', by: 1 });
    const { projector } = start();
    await until(() => pace.sleeping.includes(10_000));
    const refused = expect(projector.exclusively(async () => 1)).rejects.toThrow('is not run here');
    for (let waited = 0; waited < 60_000; waited += 10_000) {
      expect(await reads.checkpoint(build)).toEqual({ position: START, occurredAt: null });
      await until(() => pace.sleeping.includes(10_000));
      pace.advance(10_000);
    }
    await refused;
    await reached(await log.events.head());
    expect(await sumOf('a')).toBe(1);
  });

  it('renews its lease, and ends where it has lost it', async () => {
    const { end } = start();
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
    await until(() => pace.sleeping.includes(10_000));
    pace.advance(10_000);
    await until(() => pace.sleeping.includes(10_000));
    pace.advance(25_000);
    expect(await reads.acquire(build, 'b', pace.now(), '2026-06-01T23:00:00.000Z')).toBeNull();
    await until(() => pace.sleeping.includes(10_000));
    const epoch = await reads.acquire(build, 'b', '2026-06-01T22:00:00.000Z', '2026-06-01T23:00:00.000Z');
    expect(epoch).not.toBeNull();
    await log.happen({ type: 'Counted', tally: 'a', by: 2 });
    expect(await end).toBe('lost');
    expect(await sumOf('a')).toBe(1);
  });

  it('tries again for ever where the store fails, with growing pauses, and skips nothing', async () => {
    const apply = reads.apply.bind(reads);
    let failures = 5;
    reads.apply = async (...all) => {
      if (failures-- > 0) throw new Error('disk on fire');
      return apply(...all);
    };
    const position = await log.happen({ type: 'Counted', tally: 'a', by: 7 });
    start();
    const pauses: number[] = [];
    for (let i = 0; i < 5; i++) {
      await until(() => pace.sleeping.length > 1); // beside the lease's
      pauses.push(pace.sleeping[0]!);
      pace.advance(pace.sleeping[0]!);
    }
    await reached(position);
    expect(pauses).toEqual([75, 150, 300, 600, 1200]);
    expect(troubles).toEqual(Array(5).fill('Error: disk on fire'));
    expect(await sumOf('a')).toBe(7);
  });

  it('subscribes again where a subscription breaks', async () => {
    let broken = 0;
    const events: EventLog = {
      readLog: (options) => log.events.readLog(options),
      head: () => log.events.head(),
      async *subscribe(options) {
        for await (const batch of log.events.subscribe({ ...options, batchSize: 1 })) {
          yield batch;
          if (broken++ < 2) throw new Error('line cut');
        }
      },
    };
    const position = await log.happen(
      { type: 'Counted', tally: 'a', by: 1 },
      { type: 'Counted', tally: 'a', by: 2 },
      { type: 'Counted', tally: 'a', by: 4 },
    );
    start({}, events);
    for (let i = 0; i < 2; i++) {
      await until(() => pace.sleeping[0] === 75);
      pace.advance(75);
    }
    await reached(position);
    expect(await sumOf('a')).toBe(7);
    expect(troubles).toEqual(['Error: line cut', 'Error: line cut']);
  });

  it('digests what was set aside once that works, and goes on with the document', async () => {
    const { projector } = start();
    await reached(
      await log.happen(
        { type: 'Counted', tally: 'a', by: 1 },
        { type: 'Broken', tally: 'a' },
        { type: 'Counted', tally: 'a', by: 2 },
      ),
    );
    expect(await sumOf('a')).toBe(1);
    const document = { tenant: 'acme', key: 'a' };
    expect(await projector.retryQuarantined(document)).toEqual({ restored: false, error: 'Error: broken on demand' });
    expect(await reads.quarantined(view.name, 1)).toHaveLength(1);
    breakage.on = false;
    expect(await projector.retryQuarantined(document)).toEqual({ restored: true, error: null });
    expect(await reads.quarantined(view.name, 1)).toEqual([]);
    const head = await log.happen({ type: 'Counted', tally: 'a', by: 4 });
    await reached(head);
    expect(await reads.get(view, 'acme', 'a')).toMatchObject({
      stale: false,
      position: head,
      doc: { sum: 7, steps: ['mended', '2:2', '3:4'] },
    });
  });

  it('ends with a clear refusal where poison stops the build', async () => {
    await log.happen({ type: 'Broken', tally: 'a' });
    const { end } = start({ poisonRule: () => 'stop' });
    await expect(end).rejects.toMatchObject({ code: 'read.build-stopped', facts: { key: 'a', eventType: 'Broken' } });
    expect(await reads.acquire(build, 'next', pace.now(), pace.now())).not.toBeNull();
  });
});
