// CONTRACT, part: finding, sorting and paging.
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findAmong } from '../find-among.js';
import type { Query, ReadStore } from '../read-store.js';
import { at, buildOf, change, plainView, thing, write, type StoreUnderTest, type Thing } from './plain-things.js';

export function listsContract(using: () => StoreUnderTest): void {
  const view = plainView();
  const build = buildOf(view);
  let store: ReadStore;

  beforeEach(() => {
    store = using().store;
  });

  const keysOf = async (query: Query, tenant = 'acme') => (await store.find(view, tenant, query)).rows.map((row) => row.key);

  describe('lists', () => {
    const ranks: Thing['rank'][] = [null, -1, 2, 10, 'A', 'Z', 'a', '\u{FF5E}', '\u{1F511}'];

    it('sort null first, then numbers, then texts by code point; the key breaks ties', async () => {
      const changes = ranks.flatMap((rank, i) => ['x', 'y'].map((k) => change(view, 'acme', `${k}${i}`, 1, thing(k, rank))));
      await write(store, build, 1, changes);
      const ascending = ranks.flatMap((_, i) => [`x${i}`, `y${i}`]);
      expect(await keysOf({ sort: [{ index: 'rank' }], limit: 100 })).toEqual(ascending);
      expect(await keysOf({ sort: [{ index: 'rank', descending: true }], limit: 100 })).toEqual([...ascending].reverse());
      expect(await keysOf({ all: { rank: { from: 0 } }, limit: 100 })).toEqual(['x2', 'x3', 'y2', 'y3']);
      expect(await keysOf({ all: { rank: { to: 3 } }, limit: 100 })).toEqual(['x1', 'x2', 'y1', 'y2']);
      expect(await keysOf({ all: { rank: { to: 'a' } }, limit: 100 })).toEqual(['x4', 'x5', 'y4', 'y5']);
      await expect(keysOf({ all: { rank: { from: 1, to: 'a' } }, limit: 100 })).rejects.toThrow('one type');
    });

    it('give pages that join without a gap or a double, with the values for the cursor', async () => {
      await write(
        store,
        build,
        9,
        ranks.map((rank, i) => change(view, 'acme', `k${i}`, 1, thing('n', rank, i % 2 ? 'on' : 'off'))),
      );
      const sort = [{ index: 'state', descending: true }, { index: 'rank' }];
      const whole = await keysOf({ sort, limit: 100 });
      const paged: string[] = [];
      let after: { values: readonly (string | number | null)[]; key: string } | undefined;
      for (;;) {
        const page = await store.find(view, 'acme', { sort, limit: 2, after });
        expect(page.asOf).toBe(at(9));
        paged.push(...page.rows.map(({ key }) => key));
        after = page.rows.at(-1);
        if (!page.more) break;
      }
      expect(paged).toEqual(whole);
      await expect(store.find(view, 'acme', { sort, limit: 2, after: { values: ['on'], key: 'k' } })).rejects.toMatchObject({
        code: 'read.bad-cursor',
      });
    });

    it('show of each document what the view says, as it was last written, in the same pages', async () => {
      const shown = plainView(1, { name: 'shown-things', shown: ({ name, state }) => `${name}: ${state}` });
      await store.prepare(shown);
      const names = ['Ä', 'b', 'c'];
      const first = names.map((name, i) => change(shown, 'acme', `k${i}`, 1, thing(name, i)));
      await write(store, buildOf(shown), 1, first);
      await write(store, buildOf(shown), 2, [change(shown, 'acme', 'k0', 2, thing('Ä', 3, 'off'), 1)]);
      const sort = [{ index: 'rank' }];
      const page = await store.findShown(shown, 'acme', { sort, limit: 2 });
      expect(page).toMatchObject({ more: true, asOf: at(2), rows: [{ key: 'k1', shown: 'b: on', values: [1] }, { key: 'k2' }] });
      const after = page.rows[1]!;
      expect(await store.findShown(shown, 'acme', { sort, limit: 2, after })).toEqual({
        rows: [{ key: 'k0', shown: 'Ä: off', values: [3] }],
        more: false,
        asOf: at(2),
      });
      expect((await store.findShown(shown, 'globex', { limit: 2 })).rows).toEqual([]);
    });

    it('tell how many documents of a tenant have each value', async () => {
      const changes = ranks.flatMap((rank, i) => [change(view, 'acme', `k${i}`, 1, thing('n', rank, i % 3 ? 'on' : 'off'))]);
      await write(store, build, 1, [...changes, change(view, 'globex', 'k', 1, thing('n', 1))]);
      expect(await store.tally(view, 'acme', 'state')).toEqual(
        new Map([
          ['off', 3],
          ['on', 6],
        ]),
      );
      expect((await store.tally(view, 'acme', 'rank')).get(null)).toBe(1);
      expect(await store.tally(view, 'nobody', 'state')).toEqual(new Map());
      await expect(store.tally(view, 'acme', 'tags')).rejects.toThrow('several values');
    });

    it('refuse an index that the view does not declare, sorting by many values, and odd limits', async () => {
      await expect(keysOf({ all: { nope: { equal: 1 } }, limit: 1 })).rejects.toThrow('no index "nope"');
      await expect(keysOf({ sort: [{ index: 'nope' }], limit: 1 })).rejects.toThrow('no index "nope"');
      await expect(keysOf({ sort: [{ index: 'tags' }], limit: 1 })).rejects.toThrow('several values');
      for (const limit of [0, 1001, 1.5]) await expect(keysOf({ limit })).rejects.toThrow('1 to 1000');
    });

    it('answer as filtering, sorting and cutting by hand does, for any documents and query', async () => {
      const value = fc.constantFrom<Thing['rank']>(null, 0, -1.5, 7, '', 'a', 'ab', 'b', '\u{FF5E}', '\u{1F511}', '\u0000erased');
      const tag = fc.constantFrom('a', 'ab', 'b', 'ba');
      const doc = fc.record({
        name: fc.constantFrom('a', 'b'),
        rank: value,
        state: fc.constantFrom('on', 'off'),
        tags: fc.array(tag, { maxLength: 3 }),
      });
      const text = fc.constantFrom('', 'a', 'ab', 'b', '\u{10FFFF}');
      const condition = fc.oneof(
        value.map((equal) => ({ equal })),
        fc.array(value, { maxLength: 3 }).map((list) => ({ in: list })),
        fc.array(value, { maxLength: 3 }).map((notIn) => ({ notIn })),
        fc.record({ from: text, to: text }, { requiredKeys: [] }),
        fc.record({ from: fc.constant(0), to: fc.constant(7) }, { requiredKeys: [] }),
        text.map((prefix) => ({ prefix })),
      );
      const group = fc.dictionary(fc.constantFrom('name', 'rank', 'tags'), condition, { maxKeys: 2 });
      const sort = fc.uniqueArray(fc.record({ index: fc.constantFrom('name', 'rank', 'state'), descending: fc.boolean() }), {
        selector: (s) => s.index,
        maxLength: 3,
      });
      const query = fc.record({ all: group, any: fc.array(fc.array(group, { maxLength: 2 }), { maxLength: 2 }), sort });
      let position = 0;
      let before: string[] = [];
      await fc.assert(
        fc.asyncProperty(
          fc.array(doc, { maxLength: 12 }),
          fc.array(query, { minLength: 4, maxLength: 8 }),
          fc.integer({ min: 1, max: 5 }),
          async (docs, queries, limit) => {
            const documents = Object.fromEntries(docs.map((each, i) => [`k${i}`, each]));
            position++;
            const gone = before
              .filter((key) => !(key in documents))
              .map((key) => change(view, 'acme', key, position, null, position - 1));
            const written = Object.entries(documents).map(([key, each]) =>
              change(view, 'acme', key, position, each, position - 1),
            );
            await write(store, build, position, [...gone, ...written]);
            before = Object.keys(documents);
            const plainly = (asked: Query) => findAmong(view, Object.entries(documents), asked).map(({ key }) => key);
            for (const each of queries) {
              const expected = plainly({ ...each, limit });
              const page = await store.find(view, 'acme', { ...each, limit });
              expect(page.rows.map(({ key }) => key)).toEqual(expected.slice(0, limit));
              expect(page.more).toBe(expected.length > limit);
              if (!page.more) continue;
              const next = { ...each, limit: 100, after: page.rows.at(-1)! };
              expect(await keysOf(next)).toEqual(plainly(next));
              expect(await keysOf(next)).toEqual(expected.slice(limit));
            }
          },
        ),
        { numRuns: 60 },
      );
    });
  });
}
