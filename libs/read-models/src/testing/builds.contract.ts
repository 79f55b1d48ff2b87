// CONTRACT, part: builds of a view side by side.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '#event-store/event-store.js';
import type { ReadStore } from '../read-store.js';
import { at, buildOf, change, plainView, thing, write, type StoreUnderTest } from './plain-things.js';

export function buildsContract(using: () => StoreUnderTest): void {
  const view = plainView();
  const build = buildOf(view);
  let store: ReadStore;

  beforeEach(() => {
    store = using().store;
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
      expect(
        (await store.builds()).map(({ number, version, status, checkpoint }) => ({
          number,
          version,
          status,
          at: Number(checkpoint.position),
        })),
      ).toEqual([
        { number: 1, version: 1, status: 'retired', at: 5 },
        { number: 2, version: 2, status: 'active', at: 3 },
      ]);
      await store.activate(view.name, 1);
      expect((await store.get(view, 'acme', 'a'))!.doc.name).toBe('old');
      await store.prepare(next);
      await store.prepare(view);
      expect(await store.builds()).toHaveLength(2);
    });

    it('answer every list once they are complete, also for what came after that, and tell how much they hold', async () => {
      const number = await store.begin(view);
      const named = (name: string, at: number) => change(view, 'acme', name, at, thing(name, 9 - at));
      await write(store, buildOf(view, number), 1, [named('a', 1)]);
      await store.complete(view.name, number);
      await store.complete(view.name, number);
      await write(store, buildOf(view, number), 2, [named('b', 2)]);
      await store.activate(view.name, number);
      const page = await store.find(view, 'acme', { all: { state: { equal: 'on' } }, sort: [{ index: 'rank' }], limit: 9 });
      expect(page.rows.map(({ key }) => key)).toEqual(['b', 'a']);
      expect(await Promise.all([1, number].map((each) => store.count(view.name, each)))).toEqual([0, 2]);
    });

    it('begin anew for a changed set of indexes; the new index is unavailable until then', async () => {
      const wider = plainView(1, { indexes: { ...view.indexes, upper: { one: (doc) => doc.name.toUpperCase() } } });
      await store.prepare(wider);
      await write(store, build, 1, [change(wider, 'acme', 'a', 1, thing('a'))]);
      await expect(store.find(wider, 'acme', { all: { upper: { equal: 'A' } }, limit: 1 })).rejects.toMatchObject({
        code: 'read.unavailable',
      });
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
}
