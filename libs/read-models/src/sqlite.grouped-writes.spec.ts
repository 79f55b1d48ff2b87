import { describe, expect, it } from '@jest/globals';
import { GroupedWrites } from './sqlite.grouped-writes.js';

describe('writes of one turn', () => {
  /** Keeps what was committed; a transaction that throws leaves nothing. */
  function database() {
    const committed: string[][] = [];
    let open: string[] = [];
    const transaction = <T>(work: () => T): T => {
      open = [];
      const result = work();
      committed.push(open);
      return result;
    };
    return { committed, writes: new GroupedWrites(transaction), put: (name: string) => open.push(name) };
  }

  it('are committed together, and each gets its own answer', async () => {
    const { committed, writes, put } = database();
    expect(await Promise.all(['a', 'b'].map((name) => writes.run(() => (put(name), name))))).toEqual(['a', 'b']);
    expect(await writes.run(() => put('c'))).toBe(1);
    expect(committed).toEqual([['a', 'b'], ['c']]);
  });

  it('are committed each by itself where one of them fails; that one alone is refused', async () => {
    const { committed, writes, put } = database();
    const failing = () => {
      put('half');
      throw new Error('cannot be written');
    };
    const ends = await Promise.allSettled([writes.run(() => put('a')), writes.run(failing), writes.run(() => put('b'))]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(committed).toEqual([['a'], ['b']]);
    await expect(writes.run(failing)).rejects.toThrow('cannot be written');
  });
});
