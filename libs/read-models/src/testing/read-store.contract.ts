// CONTRACT: what every adapter of `ReadStore` keeps. An adapter's spec calls `readStoreContract` and adds its own.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { START } from '#event-store/event-store.js';
import type { ReadStore } from '../read-store.js';
import { at, buildOf, change, LATER, MUCH_LATER, NOW, plainView, thing, write, type Thing } from './plain-things.js';
import { referenceFind } from './reference-find.js';

/** An adapter over empty data, and what it takes to look at the same data a second time. */
export interface StoreUnderTest {
  readonly store: ReadStore;
  /** Another handle on the same data, as another process would have. */
  another(): Promise<ReadStore>;
  dispose(): Promise<void>;
}

export function readStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`ReadStore: ${name}`, () => {
    let opened: StoreUnderTest;
    let store: ReadStore;
    const view = plainView();
    const build = buildOf(view);

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
      await store.prepare(view);
    });
    afterEach(() => opened.dispose());

    const keysOf = async (query: Parameters<ReadStore['find']>[2], tenant = 'acme') => (await store.find(view, tenant, query)).rows.map((row) => row.key);

    describe('documents', () => {
      it('are found by tenant and key, as they were written', async () => {
        await write(store, build, 7, [change(view, 'acme', 'a', 5, { ...thing('Ä\u0000\u{1F511}', 1.5), z: 1, a: [null, { b: true }] })]);
        const found = (await store.get(view, 'acme', 'a'))!;
        expect({ text: found.text, position: found.position, stale: found.stale }).toEqual({
          text: '{"a":[null,{"b":true}],"name":"Ä\\u0000\u{1F511}","rank":1.5,"state":"on","tags":[],"z":1}',
          position: at(5),
          stale: false,
        });
        expect(found.doc).toEqual(JSON.parse(found.text));
        expect(await store.get(view, 'acme', 'b')).toBeNull();
        expect(await store.asOf(view)).toBe(at(7));
      });

      it('are invisible to every other tenant', async () => {
        await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('A', 1, 'on', ['x']))]);
        expect(await store.get(view, 'acm', 'a')).toBeNull();
        expect(await store.getMany(view, 'acme2', ['a'])).toEqual([]);
        expect(await keysOf({ limit: 10 }, 'acme2')).toEqual([]);
        expect(await keysOf({ all: { tags: { equal: 'x' } }, limit: 10 }, 'acme2')).toEqual([]);
      });

      it('are replaced and removed, with all their index values', async () => {
        await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('A', 1, 'on', ['x', 'y'])), change(view, 'acme', 'b', 1, thing('B', 1, 'on', ['x']))]);
        await write(store, build, 2, [change(view, 'acme', 'a', 2, thing('A', 2, 'off', ['z']), 1), change(view, 'acme', 'b', 2, null, 1)]);
        expect(await keysOf({ all: { tags: { equal: 'x' } }, limit: 10 })).toEqual([]);
        expect(await keysOf({ all: { tags: { equal: 'z' }, state: { equal: 'off' } }, limit: 10 })).toEqual(['a']);
        expect(await store.get(view, 'acme', 'b')).toBeNull();
      });

      it('come many at a time, absent ones left out', async () => {
        await write(store, build, 1, ['a', 'b', 'c'].map((key) => change(view, 'acme', key, 1, thing(key))));
        expect((await store.getMany(view, 'acme', ['c', 'x', 'a'])).map(({ key }) => key).sort()).toEqual(['a', 'c']);
        await expect(store.getMany(view, 'acme', Array.from({ length: 1001 }, String))).rejects.toThrow('1000');
      });

      it('are loaded over all tenants and scanned in the order of tenant and key', async () => {
        await write(store, build, 3, [change(view, 'b', '1', 1, thing('x')), change(view, 'a', '2', 2, thing('y')), change(view, 'a', '1', 3, thing('z'))]);
        const loaded = await store.load(build, [{ tenant: 'a', key: '1' }, { tenant: 'b', key: '2' }, { tenant: 'b', key: '1' }]);
        expect(loaded.map(({ tenant, key, position }) => `${tenant}${key}@${Number(position)}`).sort()).toEqual(['a1@3', 'b1@1']);
        const first = await store.scan(view.name, 1, null, 2);
        const second = await store.scan(view.name, 1, first.at(-1)!, 2);
        expect([...first, ...second].map(({ tenant, key }) => tenant + key)).toEqual(['a1', 'a2', 'b1']);
      });
    });

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
        await write(store, build, 9, ranks.map((rank, i) => change(view, 'acme', `k${i}`, 1, thing('n', rank, i % 2 ? 'on' : 'off'))));
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
        await expect(store.find(view, 'acme', { sort, limit: 2, after: { values: ['on'], key: 'k' } })).rejects.toMatchObject({ code: 'read.bad-cursor' });
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
        const doc = fc.record({ name: fc.constantFrom('a', 'b'), rank: value, state: fc.constantFrom('on', 'off'), tags: fc.array(tag, { maxLength: 3 }) });
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
        const sort = fc.uniqueArray(fc.record({ index: fc.constantFrom('name', 'rank', 'state'), descending: fc.boolean() }), { selector: (s) => s.index, maxLength: 3 });
        const query = fc.record({ all: group, any: fc.array(fc.array(group, { maxLength: 2 }), { maxLength: 2 }), sort });
        let position = 0;
        let before: string[] = [];
        await fc.assert(
          fc.asyncProperty(fc.array(doc, { maxLength: 12 }), fc.array(query, { minLength: 4, maxLength: 8 }), fc.integer({ min: 1, max: 5 }), async (docs, queries, limit) => {
            const documents = Object.fromEntries(docs.map((each, i) => [`k${i}`, each]));
            position++;
            const gone = before.filter((key) => !(key in documents)).map((key) => change(view, 'acme', key, position, null, position - 1));
            const written = Object.entries(documents).map(([key, each]) => change(view, 'acme', key, position, each, position - 1));
            await write(store, build, position, [...gone, ...written]);
            before = Object.keys(documents);
            for (const each of queries) {
              const expected = referenceFind(view, documents, { ...each, limit });
              const page = await store.find(view, 'acme', { ...each, limit });
              expect(page.rows.map(({ key }) => key)).toEqual(expected.slice(0, limit));
              expect(page.more).toBe(expected.length > limit);
              if (!page.more) continue;
              const next = { ...each, limit: 100, after: page.rows.at(-1)! };
              expect(await keysOf(next)).toEqual(referenceFind(view, documents, next));
              expect(await keysOf(next)).toEqual(expected.slice(limit));
            }
          }),
          { numRuns: 60 },
        );
      });
    });

    describe('a batch', () => {
      it('applied again changes nothing', async () => {
        const epoch = await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('one'))]);
        const batch = { from: START, to: { position: at(1), occurredAt: NOW }, changes: [change(view, 'acme', 'a', 1, thing('another'))] };
        expect(await store.apply(build, epoch, batch)).toBe(false);
        expect((await store.get(view, 'acme', 'a'))!.doc.name).toBe('one');
      });

      it('of a projector that lost the lease is refused', async () => {
        const old = (await store.acquire(build, 'first', NOW, LATER))!;
        const other = await opened.another();
        expect(await other.acquire(build, 'second', NOW, LATER)).toBeNull();
        const epoch = (await other.acquire(build, 'second', LATER, MUCH_LATER))!;
        expect(epoch).toBeGreaterThan(old);
        const batch = { from: START, to: { position: at(1), occurredAt: NOW }, changes: [change(view, 'acme', 'a', 1, thing('A'))] };
        expect(await store.apply(build, old, batch)).toBe(false);
        expect((await store.checkpoint(build)).position).toBe(START);
        expect(await other.apply(build, epoch, batch)).toBe(true);
        expect((await store.checkpoint(build)).position).toBe(at(1));
        await other.close();
      });

      it('without events of the view moves the checkpoint and keeps the instant of the last one', async () => {
        expect(await store.checkpoint(build)).toEqual({ position: START, occurredAt: null });
        const epoch = await write(store, build, 1, []);
        expect(await store.apply(build, epoch, { from: at(1), to: { position: at(4), occurredAt: null }, changes: [] })).toBe(true);
        expect(await store.checkpoint(build)).toEqual({ position: at(4), occurredAt: NOW });
      });
    });

    describe('leases', () => {
      it('are renewed by their owner under the same epoch, and pass on when given back or run out', async () => {
        const first = (await store.acquire(build, 'a', NOW, LATER))!;
        expect(await store.acquire(build, 'a', NOW, LATER)).toBe(first);
        expect(await store.acquire(build, 'b', NOW, LATER)).toBeNull();
        await store.release(build, 'b');
        expect(await store.acquire(build, 'b', NOW, LATER)).toBeNull();
        await store.release(build, 'a');
        const second = (await store.acquire(build, 'b', NOW, LATER))!;
        expect(second).toBeGreaterThan(first);
        const third = (await store.acquire(build, 'b', MUCH_LATER, MUCH_LATER))!;
        expect(third).toBeGreaterThan(second);
      });

      it('are held for each partition by itself', async () => {
        const number = await store.begin(view, 2);
        expect(await store.acquire(buildOf(view, number, 0, 2), 'a', NOW, LATER)).not.toBeNull();
        expect(await store.acquire(buildOf(view, number, 1, 2), 'b', NOW, LATER)).not.toBeNull();
      });
    });

    describe('builds', () => {
      it('are prepared once; a newer version is built beside, invisible to queries until it is activated', async () => {
        const next = plainView(2);
        await store.prepare(view);
        await write(store, build, 5, [change(view, 'acme', 'a', 5, thing('old'))]);
        await store.prepare(next);
        await store.prepare(next);
        await write(store, buildOf(next, 2), 3, [change(next, 'acme', 'a', 3, thing('new'))]);
        expect((await store.get(next, 'acme', 'a'))!.doc.name).toBe('old');
        expect(await store.asOf(next)).toBe(at(5));
        await store.activate(view.name, 2);
        expect((await store.get(next, 'acme', 'a'))!.doc.name).toBe('new');
        expect(await store.asOf(next)).toBe(at(3));
        expect((await store.builds()).map(({ number, version, status, documents, checkpoint }) => ({ number, version, status, documents, at: Number(checkpoint.position) }))).toEqual([
          { number: 1, version: 1, status: 'retired', documents: 1, at: 5 },
          { number: 2, version: 2, status: 'active', documents: 1, at: 3 },
        ]);
        await store.activate(view.name, 1);
        expect((await store.get(view, 'acme', 'a'))!.doc.name).toBe('old');
        await store.prepare(next);
        await store.prepare(view);
        expect(await store.builds()).toHaveLength(2);
      });

      it('begin anew for a changed set of indexes; the new index is unavailable until then', async () => {
        const wider = plainView(1, { indexes: { ...view.indexes, upper: { one: (doc) => doc.name.toUpperCase() } } });
        await store.prepare(wider);
        await write(store, build, 1, [change(wider, 'acme', 'a', 1, thing('a'))]);
        await expect(store.find(wider, 'acme', { all: { upper: { equal: 'A' } }, limit: 1 })).rejects.toMatchObject({ code: 'read.unavailable' });
        await write(store, buildOf(wider, 2), 1, [change(wider, 'acme', 'a', 1, thing('a'))]);
        await store.activate(view.name, 2);
        expect((await store.find(wider, 'acme', { all: { upper: { equal: 'A' } }, limit: 1 })).rows).toHaveLength(1);
      });

      it('can be dropped, except the active one', async () => {
        const number = await store.begin(view);
        await write(store, buildOf(view, number), 1, [change(view, 'acme', 'a', 1, thing('a', 1, 'on', ['x']))]);
        await store.drop(view.name, number);
        expect(await store.builds()).toHaveLength(1);
        await expect(store.drop(view.name, 1)).rejects.toThrow('active');
        const again = await store.begin(view);
        expect(await store.scan(view.name, again, null, 10)).toEqual([]);
        expect(await store.checkpoint(buildOf(view, again))).toEqual({ position: START, occurredAt: null });
      });

      it('answer as of the partition that is furthest behind', async () => {
        const number = await store.begin(view, 2);
        await store.activate(view.name, number);
        await write(store, buildOf(view, number, 0, 2), 9, []);
        expect(await store.asOf(view)).toBe(START);
        await write(store, buildOf(view, number, 1, 2), 4, []);
        expect(await store.asOf(view)).toBe(at(4));
      });

      it('that were never prepared are refused', async () => {
        const unknown = plainView(1, { name: 'unknown' });
        await expect(store.get(unknown, 'acme', 'a')).rejects.toMatchObject({ code: 'read.unavailable' });
        await expect(store.find(unknown, 'acme', { limit: 1 })).rejects.toMatchObject({ code: 'read.unavailable' });
        await expect(store.asOf(unknown)).rejects.toMatchObject({ code: 'read.unavailable' });
      });
    });

    describe('a quarantine', () => {
      it('keeps the last good state and flags it, until the document is restored', async () => {
        const epoch = await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('good')), change(view, 'acme', 'b', 1, thing('b'))]);
        const entry = { tenant: 'acme', key: 'a', position: at(2), eventType: 'ThingBroken', error: 'no', since: NOW };
        expect(await store.apply(build, epoch, { from: at(1), to: { position: at(3), occurredAt: NOW }, changes: [], setAside: [entry] })).toBe(true);
        expect(await store.quarantined(view.name, 1)).toEqual([entry]);
        expect(await store.get(view, 'acme', 'a')).toMatchObject({ stale: true, position: at(1) });
        expect((await store.find(view, 'acme', { limit: 9 })).rows.map(({ stale }) => stale)).toEqual([true, false]);
        const restored = { from: at(3), to: { position: at(3), occurredAt: null }, changes: [change(view, 'acme', 'a', 3, thing('better'), 1)], restored: [entry] };
        expect(await store.apply(build, epoch, restored)).toBe(true);
        expect(await store.quarantined(view.name, 1)).toEqual([]);
        expect(await store.get(view, 'acme', 'a')).toMatchObject({ stale: false, position: at(3) });
      });
    });
  });
}
