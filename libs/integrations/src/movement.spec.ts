import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '#event-store/event-store.js';
import type { Journal } from '#read-models/journal.js';
import { readErrors } from '#read-models/read-store.js';
import { at } from '#read-models/testing/plain-things.js';
import type { Freshness } from '#read-models/wait-for.js';
import { Movement } from './movement.js';

/** Where the index is. */
let index: Position;
/** What is waited for, and how that ends. */
let waits: { readonly position: Position; readonly end: (outcome: 'moved' | 'too late') => void }[];
let movement: Movement;

beforeEach(() => {
  index = at(5);
  waits = [];
  const journal = { view: { name: 'journal' }, asOf: () => Promise.resolve(index) } as unknown as Journal;
  const freshness = {
    waitFor: (_view: unknown, position: Position) =>
      new Promise<Position>((resolve, reject) => {
        const end = (outcome: string) =>
          outcome === 'moved' ? resolve(index) : reject(readErrors.error('read.not-caught-up', undefined, {}));
        waits.push({ position, end });
      }),
  } as unknown as Freshness;
  movement = new Movement(journal, freshness);
});

/** Whether it has resolved once everything that can happen has happened. */
async function settled(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe('who waits at the end of the feed', () => {
  it('goes on at once where the index is further already', async () => {
    expect(await settled(movement.beyond(at(4)))).toBe(true);
    expect(waits).toEqual([]);
  });

  it('waits together with all others until the index moves', async () => {
    const waiting = [movement.beyond(at(5)), movement.beyond(at(5))];
    expect(await settled(Promise.race(waiting))).toBe(false);
    expect(waits).toHaveLength(1);
    expect(at(5) < waits[0]!.position && waits[0]!.position < at(6)).toBe(true);
    index = at(6);
    waits[0]!.end('moved');
    await Promise.all(waiting);
  });

  it('looks again after a while, moved or not', async () => {
    const waiting = movement.beyond(at(5));
    await settled(waiting);
    waits[0]!.end('too late');
    await waiting;
  });

  it('does not go round in circles because somebody else is ahead of the index', async () => {
    const ahead = movement.beyond(at(9));
    const behind = movement.beyond(at(5));
    expect(await settled(Promise.race([ahead, behind]))).toBe(false);
    expect(await settled(movement.beyond(at(5)))).toBe(false);
    index = at(6);
    waits[0]!.end('moved');
    await behind;
    expect(await settled(movement.beyond(at(6)))).toBe(false);
    expect(await settled(movement.beyond(at(5)))).toBe(true);
  });

  it('does not go round in circles where the index is another one, and further back', async () => {
    index = at(8);
    await settled(movement.beyond(at(7)));
    index = at(6);
    expect(await settled(movement.beyond(at(6)))).toBe(false);
  });
});
