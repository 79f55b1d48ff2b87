import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Position } from '#event-store/event-store.js';
import { Past } from './past.js';
import { decodeTallies, tallyView } from './testing/tallies.js';
import { temporaryLog, type TemporaryLog } from './testing/temporary-log.js';

let log: TemporaryLog;
let early: Position;
let late: Position;
beforeAll(async () => {
  log = await temporaryLog();
  early = await log.happen(
    { type: 'Counted', tally: 'a', by: 1 },
    { type: 'Counted', tally: 'b', by: 5 },
    { type: 'Counted', tally: 'a', by: 2 },
  );
  await log.happen({ type: 'Counted', tally: 'a', by: 4 }, { type: 'Cleared', tally: 'b' });
  late = await log.happen({ type: 'Counted', tally: 'c', by: 9, tenant: 'beta' });
});
afterAll(() => log.dispose());

const view = tallyView();
const past = (position: Position, mostEvents = 100, tenant = 'acme') =>
  new Past(log.events, { decode: decodeTallies }, { tenant, position, mostEvents, lookUp: () => Promise.resolve([]) });
const streams = ['a', 'b', 'c'].map((id) => ({ category: 'tally', id }));
const byNumber = { sort: [{ index: 'sum', descending: true }], limit: 10 };

describe('the past', () => {
  it('has a document as its events up to the position made it, and none before or after its life', async () => {
    expect((await past(early).get(view, 'a'))?.doc.sum).toBe(3);
    expect((await past(late).get(view, 'a'))?.doc.sum).toBe(7);
    expect([await past(late).get(view, 'b'), await past(early).get(view, 'c')]).toEqual([null, null]);
  });

  it('has a document that several streams made, folded in the order of the log', async () => {
    await log.happen({ type: 'Counted', tally: 'e', by: 1 }, { type: 'Copied', tally: 'd', to: 'e' });
    const position = await log.happen({ type: 'Counted', tally: 'e', by: 10 });
    const both = { ...view, streamsOf: () => ['e', 'd'].map((id) => ({ category: 'tally', id })) };
    expect((await past(position).get(both, 'e'))?.doc).toMatchObject({ sum: 12, from: 'd' });
  });

  it('lists what the streams of its scope made, as a store would', async () => {
    const then = await past(early).within(streams).find(view, byNumber);
    expect(then.rows.map(({ key, values }) => [key, ...values])).toEqual([
      ['b', 5],
      ['a', 3],
    ]);
    expect(then).toMatchObject({ more: false, asOf: early });
    const now = await past(late)
      .within(streams)
      .find(view, { ...byNumber, all: { sum: { from: 4 } }, limit: 1 });
    expect(now.rows.map(({ key }) => key)).toEqual(['a']);
    await expect(past(early).find(view, byNumber)).rejects.toThrow('without a scope');
  });

  it('is of one tenant', async () => {
    expect(await past(late).get(view, 'c')).toBeNull();
    expect((await past(late, 100, 'beta').get(view, 'c'))?.doc.sum).toBe(9);
  });

  it('is not told where too many events would have to be folded', async () => {
    await expect(past(late, 2).get(view, 'a')).rejects.toMatchObject({ code: 'as-of.too-much', facts: { events: 2 } });
    await expect(past(late, 4).within(streams).find(view, byNumber)).rejects.toMatchObject({ code: 'as-of.too-much' });
  });
});
