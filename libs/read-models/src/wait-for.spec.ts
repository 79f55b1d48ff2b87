import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SqliteReadStore } from './sqlite.read-store.js';
import { ManualPace, until } from './testing/manual-pace.js';
import { at, buildOf, LATER, NOW } from './testing/plain-things.js';
import { tallyView } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';
import { temporaryReads, type TemporaryReads } from './testing/temporary-reads.js';
import { Freshness } from './wait-for.js';

describe('reading what one has written', () => {
  const view = tallyView();
  let log: TemporaryLog;
  let temporary: TemporaryReads;
  let reader: SqliteReadStore;
  let pace: ManualPace;
  let freshness: Freshness;

  beforeEach(async () => {
    log = await temporaryLog();
    temporary = temporaryReads();
    await temporary.reads.prepare(view);
    reader = SqliteReadStore.openReader(temporary.folder);
    pace = new ManualPace();
    freshness = new Freshness(reader, log.events, pace);
  });
  afterEach(async () => {
    await reader.close();
    await temporary.dispose();
    await log.dispose();
  });

  async function move(position: string): Promise<void> {
    const { reads } = temporary;
    const epoch = (await reads.acquire(buildOf(view), 'w', NOW, LATER))!;
    const { position: from } = await reads.checkpoint(buildOf(view));
    await reads.apply(buildOf(view), epoch, { from, to: { position, occurredAt: null }, changes: [] });
  }

  it('answers at once where the view is there already', async () => {
    await move(at(5));
    expect(await freshness.waitFor(view, at(5), 0)).toBe(at(5));
    expect(await freshness.waitFor(view, at(3), 0)).toBe(at(5));
  });

  it("wakes on the projector's word", async () => {
    let answer: string | undefined;
    const waiting = freshness.waitFor(view, at(5), 5000).then((asOf) => (answer = asOf));
    await until(() => pace.sleeping.length === 1);
    freshness.notify({ view: view.name, build: 1, position: at(4) });
    freshness.notify({ view: 'another', build: 1, position: at(9) });
    expect(answer).toBeUndefined();
    await move(at(6));
    freshness.notify({ view: view.name, build: 1, position: at(6) });
    await waiting;
    expect(answer).toBe(at(6));
  });

  it('finds by itself what another process has moved', async () => {
    const waiting = freshness.waitFor(view, at(5), 5000);
    await until(() => pace.sleeping.length === 1);
    await move(at(7));
    pace.advance(100);
    expect(await waiting).toBe(at(7));
  });

  it('waits no longer than it may, and tells where the view is', async () => {
    await move(at(2));
    const refused = expect(freshness.waitFor(view, at(5), 250)).rejects.toMatchObject({
      code: 'read.not-caught-up',
      facts: { asOf: at(2), position: at(5) },
    });
    for (const ms of [100, 100, 50]) {
      await until(() => pace.sleeping[0] === ms);
      pace.advance(ms);
    }
    await refused;
    await expect(freshness.waitFor(view, at(5), 0)).rejects.toMatchObject({ code: 'read.not-caught-up' });
  });

  it('takes the word of the build that answers now, also where that is behind the one before', async () => {
    freshness.notify({ view: view.name, build: 1, position: at(9) });
    expect(await freshness.waitFor(view, at(9), 0)).toBe(at(9));
    freshness.notify({ view: view.name, build: 2, position: at(4) });
    await expect(freshness.waitFor(view, at(9), 0)).rejects.toMatchObject({ code: 'read.not-caught-up' });
  });

  it('tells how far views are behind the log: the age of the oldest event that they have not seen', async () => {
    const unbuilt = tallyView(1, { name: 'unbuilt' });
    expect(await freshness.lag([view])).toEqual([{ view: 'tallies', position: at(0), seconds: 0 }]);
    const first = await log.happen({ type: 'Counted', tally: 'a', by: 1 });
    pace.advance(90_000);
    expect(await freshness.lag([view, unbuilt])).toEqual([
      { view: 'tallies', position: at(0), seconds: 90 },
      { view: 'unbuilt', position: null, seconds: 90 },
    ]);
    await move(first);
    expect(await freshness.lag([view])).toEqual([{ view: 'tallies', position: first, seconds: 0 }]);
  });
});
