import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '#event-store/event-store.js';
import { Projection, type Progress, type ProjectionOptions } from './projection.js';
import type { ReadStore } from './read-store.js';
import { dumpOf } from './rebuild-into.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { breakage, decodeTallies, tallyView, type Tally } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';
import type { AnyView, View } from './view.js';

/** The next version: sums are negative. */
const negative = (version = 2): View<Tally> => {
  const { on } = tallyView();
  const evolve = on['Counted']!.evolve;
  return tallyView(version, {
    on: { ...on, Counted: { evolve: (...all) => ({ ...evolve(...all)!, sum: -Math.abs(evolve(...all)!.sum) }) } },
  });
};

describe('the views of a process', () => {
  const view = tallyView();
  let log: TemporaryLog;
  let temporary: TemporaryReads;
  let reads: ReadStore;
  let progress: Progress[];
  let troubles: string[];
  let started: Projection[];

  beforeEach(async () => {
    breakage.on = true;
    log = await temporaryLog();
    temporary = temporaryReads();
    reads = temporary.reads;
    progress = [];
    troubles = [];
    started = [];
  });
  afterEach(async () => {
    for (const projection of started) await projection.stop();
    await temporary.dispose();
    await log.dispose();
  });

  async function start(views: readonly AnyView[], options: Partial<ProjectionOptions> = {}): Promise<Projection> {
    const projection = new Projection({ events: log.events, reads, decode: decodeTallies }, views, {
      owner: 'here',
      pace: new ManualPace(),
      onProgress: (each) => progress.push(each),
      onTrouble: (_, error) => troubles.push(String(error)),
      ...options,
    });
    started.push(projection);
    await projection.start();
    return projection;
  }
  const reached = (position: Position) => until(async () => (await reads.asOf(view)) >= position);
  const states = async () => (await reads.builds()).map(({ number, version, status }) => `${number} v${version} ${status}`);
  const sumOf = async (key: string) => (await reads.get<Tally>(view, 'acme', key))?.doc.sum;
  const dump = async () => {
    const lines: string[] = [];
    for await (const line of dumpOf(reads)) lines.push(line);
    return lines;
  };
  const some = () =>
    log.happen(
      { type: 'Counted', tally: 'a', by: 1 },
      { type: 'Counted', tally: 'b', by: 2 },
      { type: 'Counted', tally: 'a', by: 4 },
    );

  it('are followed, each with its progress told after the documents are there', async () => {
    const head = await some();
    await start([view, tallyView(1, { name: 'others', categories: ['other'] })]);
    await until(() =>
      ['tallies', 'others'].every((name) => progress.some((each) => each.view === name && each.position === head)),
    );
    expect(await sumOf('a')).toBe(5);
    expect(progress.at(-1)).toMatchObject({ version: 1, build: 1 });
  });

  it('build a newer version beside the old one, which answers until the new one has caught up', async () => {
    const first = await start([view]);
    await reached(await some());
    await first.stop();
    const sums = new Set<number | undefined>();
    const later = await log.happen({ type: 'Counted', tally: 'a', by: 1 });
    await start([negative()]);
    await until(async () => {
      sums.add(await sumOf('a'));
      return (await states())[1] === '2 v2 active';
    });
    expect([...sums, await sumOf('a')].filter((sum) => sum !== 5 && sum !== -2)).toEqual([]);
    await reached(later);
    await until(async () => (await sumOf('a')) === -2);
    expect(await states()).toEqual(['1 v1 retired', '2 v2 active']);
    expect(progress.at(-1)).toMatchObject({ version: 2, build: 2 });
    expect(troubles).toEqual([]);
  });

  it('rebuild a version beside itself while it goes on, with the same documents; one build stays to go back to', async () => {
    const projection = await start([view]);
    await reached(await some());
    const before = await dump();
    expect(await projection.rebuild('tallies')).toBe(2);
    await until(async () => (await states())[1] === '2 v1 active');
    expect(await dump()).toEqual(before);
    await projection.rebuild('tallies');
    await until(async () => (await states()).join() === '2 v1 retired,3 v1 active');
    await reached(await log.happen({ type: 'Counted', tally: 'b', by: 40 }));
    expect(await projection.rollback('tallies')).toBe(2);
    expect(await states()).toEqual(['2 v1 active', '3 v1 retired']);
    expect(await sumOf('b')).toBe(42);
    await reached(await log.happen({ type: 'Counted', tally: 'b', by: 100 }));
    expect(await sumOf('b')).toBe(142);
  });

  it('in partitions are switched together', async () => {
    const projection = await start([view], { partitions: 2 });
    await reached(await some());
    const before = await dump();
    await projection.rebuild('tallies');
    await until(async () => (await states())[1] === '2 v1 active');
    expect(await dump()).toEqual(before);
    expect(await projection.verify('tallies')).toMatchObject({ documents: 2, differences: [] });
  });

  it('stop a rebuild at poison, and say so; the old build goes on answering', async () => {
    breakage.on = false;
    const projection = await start([view]);
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }, { type: 'Broken', tally: 'a' }));
    breakage.on = true;
    await projection.rebuild('tallies');
    await until(() => troubles.length > 0);
    expect(troubles[0]).toContain('Build 2 of tallies (version 1) stopped at Broken');
    const [status] = await projection.status();
    expect(
      status!.builds.map(({ number, status: is, runsHere, failure }) => ({
        number,
        is,
        runsHere,
        failure: failure?.slice(0, 31) ?? null,
      })),
    ).toEqual([
      { number: 1, is: 'active', runsHere: true, failure: null },
      { number: 2, is: 'building', runsHere: false, failure: 'Build 2 of tallies (version 1) ' },
    ]);
    await reached(await log.happen({ type: 'Counted', tally: 'b', by: 9 }));
    expect(await sumOf('b')).toBe(9);
  });

  it('remove a build that is of no use: when asked to, and with the next switch', async () => {
    breakage.on = false;
    const projection = await start([view]);
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }, { type: 'Broken', tally: 'a' }));
    breakage.on = true;
    await projection.rebuild('tallies');
    await projection.rebuild('tallies');
    await until(() => troubles.length === 2);
    await projection.drop('tallies', 2);
    expect(await states()).toEqual(['1 v1 active', '3 v1 building']);
    await expect(projection.drop('tallies', 1)).rejects.toMatchObject({ code: 'read.no-build' });
    breakage.on = false;
    await projection.rebuild('tallies');
    await until(async () => (await states()).join() === '1 v1 retired,4 v1 active');
  });

  it('set a poisoned document aside in the active build, and digest it when asked again', async () => {
    const projection = await start([view]);
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }, { type: 'Broken', tally: 'a' }));
    expect((await projection.status())[0]!.builds[0]!.quarantined).toBe(1);
    await expect(projection.retry('tallies', { tenant: 'acme', key: 'b' })).rejects.toMatchObject({ code: 'read.no-build' });
    breakage.on = false;
    expect(await projection.retry('tallies', { tenant: 'acme', key: 'a' })).toEqual({ restored: true, error: null });
    expect((await projection.status())[0]!.builds[0]!.quarantined).toBe(0);
  });

  it.each([
    ['cannot be read', '{', 'the document a of acme cannot be read'],
    ['are not canonical', '{"sum":1, "steps":[]}', 'the document a of acme is not canonical JSON'],
    ['are from the future', '{"from":null,"steps":[],"sum":1}', 'the document a of acme is from after the checkpoint'],
    ['are gone', null, 'it has no documents, the active one has 1'],
  ])('are not switched to a build whose documents %s', async (_, text, sentence) => {
    const projection = await start([view]);
    await reached(await log.happen({ type: 'Counted', tally: 'a', by: 1 }));
    const { apply } = reads;
    reads.apply = (build, epoch, batch) => {
      const position = sentence.includes('after') ? '9'.repeat(20) : batch.to.position;
      const changes =
        build.number === 1
          ? batch.changes
          : batch.changes.map((change) => ({
              ...change,
              position,
              content: text === null ? null : { ...change.content!, text },
            }));
      return apply.call(reads, build, epoch, { ...batch, changes });
    };
    await projection.rebuild('tallies');
    await until(() => troubles.length > 0);
    expect(troubles[0]).toContain(`Build 2 of tallies was not switched to: ${sentence}`);
    expect(await states()).toEqual(['1 v1 active', '2 v1 building']);
  });

  it('are verified against a fresh fold, byte for byte, and a view that is not pure is caught', async () => {
    const { on } = view;
    let calls = 0;
    const impure = tallyView(1, {
      on: { ...on, Counted: { evolve: (doc) => ({ sum: ++calls, steps: [], from: doc?.from ?? null }) } },
    });
    const pure = await start([view]);
    await reached(await some());
    const head = await log.happen({ type: 'Copied', tally: 'a', to: 'c' });
    await reached(head);
    expect(await pure.verify('tallies')).toEqual({ documents: 3, differences: [], position: head });
    expect(await states()).toEqual(['1 v1 active']);
    await pure.stop();
    const projection = await start([impure]);
    await reached(await log.happen({ type: 'Counted', tally: 'b', by: 1 }));
    expect((await projection.verify('tallies')).differences).toEqual([
      { tenant: 'acme', key: 'a', what: 'different', members: ['steps', 'sum'] },
      { tenant: 'acme', key: 'b', what: 'different', members: ['sum'] },
    ]);
  });

  it('refuse what cannot be done here, with a sentence that says what to do', async () => {
    const newer = await start([negative()]);
    await reached(await some());
    await expect(newer.rollback('tallies')).rejects.toMatchObject({ code: 'read.no-build' });
    await expect(newer.switchTo('tallies', 9)).rejects.toMatchObject({ code: 'read.no-build' });
    await expect(newer.rebuild('unknown')).rejects.toMatchObject({ code: 'read.no-build' });
    await newer.stop();
    await reads.begin(view);
    const older = await start([view]);
    expect(troubles).toEqual(['Error: version 2 of tallies is active, this code knows 1: start the newer version, or roll back']);
    await expect(older.switchTo('tallies', 1)).rejects.toThrow('start the version of the product that contains it');
    await expect(older.verify('tallies')).rejects.toMatchObject({ code: 'read.no-build' });
  });
});
