import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Position } from '#event-store/event-store.js';
import { BuildRun } from './build-run.js';
import type { ProjectionPorts } from './build-writer.js';
import { Convoy } from './convoy.js';
import { later } from './pace.js';
import type { Checkpoint } from './read-store.js';
import { dumpOf, rebuildInto } from './rebuild-into.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { breakage, decodeTallies, tallyView, type Tally } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';

/** Two that fold the same events, one of them in two partitions, one that folds a few, and one that none of them concerns. */
const views = [
  tallyView(),
  tallyView(1, { name: 'twins' }),
  tallyView(1, { name: 'clears', on: { Cleared: { evolve: () => ({ sum: 0, steps: ['cleared'], from: null }) } } }),
  tallyView(1, { name: 'others', categories: ['other'] }),
];
const partitionsOf = (name: string) => (name === 'twins' ? 2 : 1);

describe('builds that have caught up', () => {
  let log: TemporaryLog;
  let temporary: TemporaryReads;
  let pace: ManualPace;
  let ports: ProjectionPorts;
  let convoy: Convoy;
  let told: Map<string, Checkpoint>;
  let troubles: string[];
  let runs: Map<string, BuildRun>;
  let failing: Map<string, number>;

  async function open(): Promise<void> {
    breakage.on = true;
    log = await temporaryLog();
    temporary = temporaryReads();
    pace = new ManualPace();
    ports = { events: log.events, reads: temporary.reads, decode: decodeTallies };
    [told, troubles, runs, failing] = [new Map(), [], new Map(), new Map()];
    const apply = temporary.reads.apply.bind(temporary.reads);
    temporary.reads.apply = async (build, ...rest) => {
      const left = failing.get(build.view.name) ?? 0;
      failing.set(build.view.name, left - 1);
      if (left > 0) throw new Error('disk on fire');
      return apply(build, ...rest);
    };
    for (const view of views) await temporary.reads.prepare(view, partitionsOf(view.name));
  }
  async function close(): Promise<void> {
    await Promise.all([...runs.values()].map((run) => run.stop()));
    await temporary.dispose();
    await log.dispose();
  }

  function start(): void {
    convoy = new Convoy(ports, pace);
    for (const { name } of views) run(name);
  }
  function run(name: string): void {
    const view = views.find((each) => each.name === name)!;
    const build = { view, number: 1, partitions: partitionsOf(name) };
    const started = new BuildRun(build, ports, convoy, {
      owner: 'here',
      pace,
      poisonRule: () => 'set-aside',
      onProgress: (_, checkpoint) => told.set(name, checkpoint),
      onCaughtUp: () => undefined,
      onStopped: () => undefined,
      onTrouble: (error) => troubles.push(`${name}: ${String(error)}`),
    });
    runs.set(name, started);
  }
  const at = (name: string) => told.get(name)?.position ?? '';
  const reached = (position: Position, names = views.map(({ name }) => name)) =>
    until(() => {
      pace.advance(50);
      return names.every((name) => at(name) >= position);
    });
  const dump = async (reads: TemporaryReads['reads']) => {
    const lines: string[] = [];
    for await (const line of dumpOf(reads)) lines.push(line);
    return lines;
  };

  describe('go on together:', () => {
    beforeEach(open);
    afterEach(close);

    it('an event is read and decoded once, and those that it does not concern move in one step', async () => {
      let decoded = 0;
      const reading = new Set<AsyncIterable<unknown>>();
      const moved: string[][] = [];
      const { subscribe, decode } = { subscribe: log.events.subscribe.bind(log.events), decode: ports.decode };
      log.events.subscribe = (options) => {
        const batches = subscribe(options);
        async function* watched() {
          reading.add(batches);
          try {
            yield* batches;
          } finally {
            reading.delete(batches);
          }
        }
        return watched();
      };
      ports = { ...ports, decode: (events) => ((decoded += events.length), decode(events)) };
      const advance = temporary.reads.advance.bind(temporary.reads);
      temporary.reads.advance = (moves, position) => {
        if (moves.length > 0) moved.push(moves.map(({ build }) => build.view.name));
        return advance(moves, position);
      };
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      await until(() => reading.size === 1);
      [decoded, moved.length] = [0, 0];
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 2 }));
      expect(reading.size).toBe(1);
      expect(decoded).toBe(1);
      expect(moved).toEqual([['clears', 'others']]);
      await Promise.all([...runs.values()].map((each) => each.stop()));
      expect(reading.size).toBe(0);
    });

    it('one that fails is left to itself, tried again, and taken along again; nobody waits for it', async () => {
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      failing.set('tallies', 2);
      const position = await log.happen({ type: 'Counted', tally: 'a', by: 2 });
      await until(() => ['twins', 'clears', 'others'].every((name) => at(name) >= position));
      expect(at('tallies') < position).toBe(true);
      await reached(position);
      expect(troubles).toEqual(Array(2).fill('tallies: Error: disk on fire'));
      expect((await temporary.reads.get<Tally>(views[0]!, 'acme', 'a'))!.doc.sum).toBe(3);
      troubles = [];
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 4 }));
      expect(troubles).toEqual([]);
    });

    it('an event that cannot be decoded keeps those that want it, and no others', async () => {
      const damage = { there: true };
      ports = {
        ...ports,
        decode: async (events) => {
          if (damage.there && events.some(({ type }) => type === 'Cleared')) throw new Error('damaged');
          return decodeTallies(events);
        },
      };
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      const position = await log.happen({ type: 'Cleared', tally: 'a' });
      await reached(position, ['others']);
      await reached(await log.happenElsewhere(), ['others']);
      expect([at('tallies') < position, at('clears') < position]).toEqual([true, true]);
      damage.there = false;
      await reached(position);
    });

    it('one stands still while work is done with it alone; the others go on', async () => {
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      let release = (): void => undefined;
      const standing = runs.get('twins')!.standStill(() => new Promise<void>((resolve) => (release = resolve)));
      const before = at('twins');
      const position = await log.happen({ type: 'Counted', tally: 'a', by: 1 }, { type: 'Cleared', tally: 'b' });
      await reached(position, ['tallies', 'clears', 'others']);
      expect(at('twins')).toBe(before);
      release();
      await standing;
      await reached(position);
    });

    it('work with one alone begins when the step under way is done', async () => {
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      let finish = (): void => undefined;
      const apply = temporary.reads.apply;
      temporary.reads.apply = async (build, ...rest) => {
        if (build.view.name === 'tallies') await new Promise<void>((resolve) => (finish = resolve));
        return apply(build, ...rest);
      };
      const idle = finish;
      const position = await log.happen({ type: 'Counted', tally: 'a', by: 2 });
      await until(() => finish !== idle);
      const standing = runs.get('tallies')!.standStill(async ([writer]) => writer!.checkpoint.position);
      await new Promise((resolve) => setImmediate(resolve));
      temporary.reads.apply = apply;
      finish();
      expect(await standing).toBe(position);
    });

    it('a build that another process has taken is given up, also where nothing happens for it', async () => {
      start();
      await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
      const other = { view: views[3]!, number: 1, partition: 0, partitions: 1 };
      const stolen = later(pace.now(), 60_000);
      expect(await temporary.reads.acquire(other, 'there', stolen, later(stolen, 60_000))).not.toBeNull();
      const before = at('others');
      const position = await log.happen({ type: 'Counted', tally: 'a', by: 1 });
      await until(() => ['tallies', 'twins', 'clears'].every((name) => at(name) >= position));
      expect(at('others')).toBe(before);
      await temporary.reads.release(other, 'there');
      await reached(position);
    });
  });

  it('hold what a rebuild gives, whatever happens in whatever order', async () => {
    const tally = fc.constantFrom('a', 'b', 'c');
    const event = fc.oneof(
      fc.record({ type: fc.constant('Counted' as const), tally, by: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ type: fc.constant('Copied' as const), tally, to: tally }),
      fc.record({ type: fc.constantFrom('Cleared' as const, 'Broken' as const, 'Unheard' as const), tally }),
    );
    const name = fc.constantFrom(...views.map((view) => view.name));
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('happen' as const), event }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'hold' as const, 'fail' as const), name }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('steal' as const), name }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'wait' as const, 'elsewhere' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        await open();
        start();
        const held: (() => void)[] = [];
        const standing: Promise<unknown>[] = [];
        const release = () => held.splice(0).forEach((each) => each());
        for (const each of actions) {
          if (each.do === 'happen') await log.happen(each.event);
          else if (each.do === 'elsewhere') await log.happenElsewhere();
          else if (each.do === 'release') release();
          else if (each.do === 'wait') await reached(held.length > 0 ? '' : await log.events.head());
          else if (each.do === 'fail') failing.set(each.name, 2);
          else if (each.do === 'steal') {
            const build = { view: views.find((view) => view.name === each.name)!, number: 1, partition: 0, partitions: 1 };
            const from = later(pace.now(), 60_000);
            await temporary.reads.acquire(build, 'there', from, later(pace.now(), 5_000));
          } else if (each.do === 'hold') {
            const gate = new Promise<void>((resolve) => held.push(resolve));
            standing.push(
              runs
                .get(each.name)!
                .standStill(() => gate)
                .catch(() => undefined),
            );
          } else if (each.do === 'restart') {
            release();
            await runs.get(each.name)!.stop();
            run(each.name);
          }
        }
        release();
        await reached(await log.events.head());
        await Promise.all(standing);
        const fresh = temporaryReads();
        await rebuildInto({ ...ports, reads: fresh.reads }, views, pace);
        expect(await dump(temporary.reads)).toEqual(await dump(fresh.reads));
        await fresh.dispose();
        await close();
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
