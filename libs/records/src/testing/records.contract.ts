// CONTRACT: records as maps from key to value, with versions and expiry.
import { describe, expect, it } from '@jest/globals';
import { MAX_KEYS, type RecordStore } from '../record-store.js';
import { at } from './instants.js';

export function recordsContract(store: () => RecordStore): void {
  describe('records', () => {
    it('gives back the value that was put, of any JSON type', async () => {
      for (const value of [null, true, 0.5, 'ü\u0000💥', [1, [2]], { a: { b: [] } }]) {
        await store().put('s', 'k', value, at(0));
        expect((await store().get('s', 'k', at(0)))?.value).toEqual(value);
      }
    });

    it('knows nothing of a key that was never put, and keeps spaces apart', async () => {
      await store().put('s', 'k', 1, at(0));
      expect(await store().get('s', 'other', at(0))).toBeNull();
      expect(await store().get('t', 'k', at(0))).toBeNull();
    });

    it('counts versions from 1', async () => {
      expect(await store().put('s', 'k', 'a', at(0))).toBe(1);
      expect(await store().put('s', 'k', 'b', at(0))).toBe(2);
      expect(await store().get('s', 'k', at(0))).toEqual({ key: 'k', value: 'b', version: 2 });
    });

    it('writes under an expected version only if it holds', async () => {
      expect(await store().put('s', 'k', 'a', at(0), { expectedVersion: 1 })).toBeNull();
      expect(await store().put('s', 'k', 'a', at(0), { expectedVersion: 0 })).toBe(1);
      expect(await store().put('s', 'k', 'b', at(0), { expectedVersion: 0 })).toBeNull();
      expect(await store().put('s', 'k', 'c', at(0), { expectedVersion: 1 })).toBe(2);
      expect((await store().get('s', 'k', at(0)))?.value).toBe('c');
    });

    it('lets exactly one of many writers create a record', async () => {
      const answers = await Promise.all([1, 2, 3, 4].map((value) => store().put('s', 'k', value, at(0), { expectedVersion: 0 })));
      expect(answers.filter((version) => version !== null)).toEqual([1]);
    });

    it('deletes once, and under an expected version only if it holds', async () => {
      await store().put('s', 'k', 'a', at(0));
      expect(await store().delete('s', 'k', { expectedVersion: 2 })).toBe(false);
      expect(await store().delete('s', 'k', { expectedVersion: 1 })).toBe(true);
      expect(await store().delete('s', 'k')).toBe(false);
      expect(await store().get('s', 'k', at(0))).toBeNull();
    });

    it('gets many at once, those that are there', async () => {
      await store().put('s', 'a', 1, at(0));
      await store().put('s', 'b', 2, at(0), { expiresAt: at(5) });
      const found = await store().getMany('s', ['b', 'missing', 'a', 'a'], at(4));
      expect(found.map((entry) => entry.key).sort()).toEqual(['a', 'b']);
      expect(await store().getMany('s', ['b'], at(5))).toEqual([]);
      const tooMany = Array.from({ length: MAX_KEYS + 1 }, (_, i) => String(i));
      await expect(store().getMany('s', tooMany, at(0))).rejects.toThrow('at most');
    });
  });

  expiryContract(store);
  listContract(store);
  counterContract(store);

  it('forgets every record that names somebody, in its key or its value, but not of the spaces that are kept', async () => {
    await store().put('a', 'x/ann/1', 1, at(0));
    await store().put('b', 'k', { list: ['bob', 'ann'] }, at(0));
    await store().put('b', 'other', { list: ['bob'] }, at(0));
    await store().put('kept', 'ann', 1, at(0));
    expect(await store().deleteNaming('ann', ['kept'])).toBe(2);
    expect(await store().deleteNaming('ann', ['kept'])).toBe(0);
    await store().compact();
    expect((await store().list('b', at(0))).map(({ key }) => key)).toEqual(['other']);
    expect(await store().get('kept', 'ann', at(0))).not.toBeNull();
  });

  it('refuses everything once it is closed', async () => {
    await store().close();
    await expect(store().get('s', 'k', at(0))).rejects.toMatchObject({ code: 'store.closed' });
    await expect(store().put('s', 'k', 1, at(0))).rejects.toMatchObject({ code: 'store.closed' });
    await store().close();
  });
}

function expiryContract(store: () => RecordStore): void {
  describe('expiry', () => {
    it('holds a record until its instant, exclusive, swept or not', async () => {
      await store().put('s', 'k', 'a', at(0), { expiresAt: at(10) });
      expect(await store().get('s', 'k', at(9.999))).toEqual({ key: 'k', value: 'a', version: 1, expiresAt: at(10) });
      expect(await store().get('s', 'k', at(10))).toBeNull();
      expect(await store().list('s', at(10))).toEqual([]);
    });

    it('takes an expired record for none when writing', async () => {
      await store().put('s', 'k', 'a', at(0), { expiresAt: at(10) });
      expect(await store().put('s', 'k', 'b', at(10), { expectedVersion: 1 })).toBeNull();
      expect(await store().put('s', 'k', 'b', at(10), { expectedVersion: 0 })).toBe(1);
      expect(await store().get('s', 'k', at(99))).toEqual({ key: 'k', value: 'b', version: 1 });
    });

    it('sweeps expired records and nothing else, at most as many as asked', async () => {
      for (const key of ['a', 'b', 'c']) await store().put('s', key, key, at(0), { expiresAt: at(10) });
      await store().put('s', 'later', 1, at(0), { expiresAt: at(11) });
      await store().put('s', 'ever', 1, at(0));
      expect(await store().sweep(at(9))).toBe(0);
      expect(await store().sweep(at(10), 2)).toBe(2);
      expect(await store().sweep(at(10))).toBe(1);
      expect((await store().list('s', at(0))).map((entry) => entry.key)).toEqual(['ever', 'later']);
    });
  });
}

function listContract(store: () => RecordStore): void {
  describe('lists', () => {
    it('are in the order of the bytes of keys', async () => {
      const keys = ['b', 'a', 'B', 'aa', 'ä', '\u{1f4a5}', '\uff5e', 'a!'];
      for (const key of keys) await store().put('s', key, 1, at(0));
      const byBytes = [...keys].sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect((await store().list('s', at(0))).map((entry) => entry.key)).toEqual(byBytes);
    });

    it('hold the keys with a prefix, also one with wildcards, and only those', async () => {
      for (const key of ['a', 'a%', 'a%b', 'a_b', 'ab', 'a&']) await store().put('s', key, 1, at(0));
      const listed = await store().list('s', at(0), { prefix: 'a%' });
      expect(listed.map((entry) => entry.key)).toEqual(['a%', 'a%b']);
    });

    it('run from the last key to the first where that is asked for', async () => {
      for (const key of ['o', 'p', 'p1', 'p2', 'p\u{1f4a5}', 'q']) await store().put('s', key, 1, at(0));
      await store().put('s', 'p3', 1, at(0), { expiresAt: at(1) });
      const page = async (limit: number, after?: string) =>
        (await store().list('s', at(2), { prefix: 'p', descending: true, limit, after })).map((entry) => entry.key);
      expect(await page(2)).toEqual(['p\u{1f4a5}', 'p2']);
      expect(await page(9, 'p2')).toEqual(['p1', 'p']);
      expect(await page(9, 'p')).toEqual([]);
    });

    it('go on after a key, a page at a time', async () => {
      for (const key of ['p1', 'p2', 'p3', 'q']) await store().put('s', key, 1, at(0));
      const page = async (after?: string) =>
        (await store().list('s', at(0), { prefix: 'p', limit: 2, ...(after === undefined ? {} : { after }) })).map((e) => e.key);
      expect(await page()).toEqual(['p1', 'p2']);
      expect(await page('p2')).toEqual(['p3']);
      expect(await page('p3')).toEqual([]);
      expect(await page('a')).toEqual(['p1', 'p2']);
      expect(await page('z')).toEqual([]);
    });

    it('hold 100 entries unless asked otherwise', async () => {
      for (let i = 0; i < 101; i++) await store().put('s', `k${i}`, i, at(0));
      expect(await store().list('s', at(0))).toHaveLength(100);
      expect(await store().list('s', at(0), { limit: 200 })).toHaveLength(101);
    });
  });
}

function counterContract(store: () => RecordStore): void {
  describe('counters', () => {
    it('add up, also with many writers at once, and read as a number', async () => {
      const sums = await Promise.all([1, 2, 3, 4].map((by) => store().increment('s', 'n', by, at(0))));
      expect(Math.max(...sums)).toBe(10);
      expect(await store().get('s', 'n', at(0))).toEqual({ key: 'n', value: 10, version: 4 });
      expect(await store().increment('s', 'n', -3, at(0))).toBe(7);
    });

    it('keep the expiry that they were made with, and start again after it', async () => {
      expect(await store().increment('s', 'n', 1, at(0), at(10))).toBe(1);
      expect(await store().increment('s', 'n', 1, at(9), at(20))).toBe(2);
      expect(await store().increment('s', 'n', 1, at(10), at(20))).toBe(1);
      expect((await store().get('s', 'n', at(10)))?.expiresAt).toBe(at(20));
    });

    it('are not made out of other values', async () => {
      await store().put('s', 'k', 'text', at(0));
      await expect(store().increment('s', 'k', 1, at(0))).rejects.toThrow('not a counter');
      expect((await store().get('s', 'k', at(0)))?.value).toBe('text');
    });
  });
}
