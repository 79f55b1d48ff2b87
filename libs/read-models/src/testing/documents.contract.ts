// CONTRACT, part: documents by key, and the batches that write them.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '#event-store/event-store.js';
import { later } from '../pace.js';
import type { Query, ReadStore } from '../read-store.js';
import { at, buildOf, change, LATER, MUCH_LATER, NOW, plainView, thing, write, type StoreUnderTest } from './plain-things.js';

export function documentsContract(using: () => StoreUnderTest): void {
  const view = plainView();
  const build = buildOf(view);
  let store: ReadStore;

  beforeEach(() => {
    store = using().store;
  });

  const keysOf = async (query: Query, tenant = 'acme') => (await store.find(view, tenant, query)).rows.map((row) => row.key);

  describe('documents', () => {
    it('are found by tenant and key, as they were written', async () => {
      await write(store, build, 7, [
        change(view, 'acme', 'a', 5, { ...thing('Ä\u0000\u{1F511}', 1.5), z: 1, a: [null, { b: true }] }),
      ]);
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
      await write(store, build, 1, [
        change(view, 'acme', 'a', 1, thing('A', 1, 'on', ['x', 'y'])),
        change(view, 'acme', 'b', 1, thing('B', 1, 'on', ['x'])),
      ]);
      await write(store, build, 2, [
        change(view, 'acme', 'a', 2, thing('A', 2, 'off', ['z']), 1),
        change(view, 'acme', 'b', 2, null, 1),
      ]);
      expect(await keysOf({ all: { tags: { equal: 'x' } }, limit: 10 })).toEqual([]);
      expect(await keysOf({ all: { tags: { equal: 'z' }, state: { equal: 'off' } }, limit: 10 })).toEqual(['a']);
      expect(await store.get(view, 'acme', 'b')).toBeNull();
    });

    it('come many at a time, absent ones left out', async () => {
      await write(
        store,
        build,
        1,
        ['a', 'b', 'c'].map((key) => change(view, 'acme', key, 1, thing(key))),
      );
      expect((await store.getMany(view, 'acme', ['c', 'x', 'a'])).map(({ key }) => key).sort()).toEqual(['a', 'c']);
      await expect(store.getMany(view, 'acme', Array.from({ length: 1001 }, String))).rejects.toThrow('1000');
    });

    it('are loaded over all tenants and scanned in the order of tenant and key', async () => {
      await write(store, build, 3, [
        change(view, 'b', '1', 1, thing('x')),
        change(view, 'a', '2', 2, thing('y')),
        change(view, 'a', '1', 3, thing('z')),
      ]);
      const loaded = await store.load(build, [
        { tenant: 'a', key: '1' },
        { tenant: 'b', key: '2' },
        { tenant: 'b', key: '1' },
      ]);
      expect(loaded.map(({ tenant, key, position }) => `${tenant}${key}@${Number(position)}`).sort()).toEqual(['a1@3', 'b1@1']);
      const first = await store.scan(view.name, 1, null, 2);
      const second = await store.scan(view.name, 1, first.at(-1)!, 2);
      expect([...first, ...second].map(({ tenant, key }) => tenant + key)).toEqual(['a1', 'a2', 'b1']);
    });
  });

  describe('a batch', () => {
    it('applied again changes nothing', async () => {
      const epoch = await write(store, build, 1, [change(view, 'acme', 'a', 1, thing('one'))]);
      const batch = {
        from: START,
        to: { position: at(1), occurredAt: NOW },
        changes: [change(view, 'acme', 'a', 1, thing('another'))],
      };
      expect(await store.apply(build, epoch, batch)).toBe(false);
      expect((await store.get(view, 'acme', 'a'))!.doc.name).toBe('one');
    });

    it('of a projector that lost the lease is refused', async () => {
      const old = (await store.acquire(build, 'first', NOW, LATER))!;
      const other = await using().another();
      expect(await other.acquire(build, 'second', NOW, LATER)).toBeNull();
      const epoch = (await other.acquire(build, 'second', LATER, MUCH_LATER))!;
      expect(epoch).toBeGreaterThan(old);
      const batch = {
        from: START,
        to: { position: at(1), occurredAt: NOW },
        changes: [change(view, 'acme', 'a', 1, thing('A'))],
      };
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

  describe('checkpoints of builds that have nothing to write', () => {
    it("move together; one that is not where it was, or another's, stays and holds up no other", async () => {
      const builds = [build];
      for (let i = 0; i < 3; i++) builds.push(buildOf(view, await store.begin(view)));
      const epochs: number[] = [];
      for (const each of builds) epochs.push(await write(store, each, 2, []));
      await write(store, builds[1]!, 3, []);
      await store.acquire(builds[2]!, 'another', MUCH_LATER, later(MUCH_LATER, 1));
      const moves = builds.map((each, i) => ({ build: each, epoch: epochs[i]!, from: at(2) }));
      expect(await store.advance(moves, at(5))).toEqual([true, false, false, true]);
      const checkpoints = await Promise.all(builds.map((each) => store.checkpoint(each)));
      expect(checkpoints.map(({ position }) => Number(position))).toEqual([5, 3, 2, 5]);
      expect(checkpoints[0]!.occurredAt).toBe(NOW);
      expect(await store.advance([], at(6))).toEqual([]);
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

  describe('a quarantine', () => {
    it('keeps the last good state and flags it, until the document is restored', async () => {
      const epoch = await write(store, build, 1, [
        change(view, 'acme', 'a', 1, thing('good')),
        change(view, 'acme', 'b', 1, thing('b')),
      ]);
      const entry = { tenant: 'acme', key: 'a', position: at(2), eventType: 'ThingBroken', error: 'no', since: NOW };
      expect(
        await store.apply(build, epoch, {
          from: at(1),
          to: { position: at(3), occurredAt: NOW },
          changes: [],
          setAside: [entry],
        }),
      ).toBe(true);
      expect(await store.quarantined(view.name, 1)).toEqual([entry]);
      expect(await store.get(view, 'acme', 'a')).toMatchObject({ stale: true, position: at(1) });
      expect((await store.find(view, 'acme', { limit: 9 })).rows.map(({ stale }) => stale)).toEqual([true, false]);
      const restored = {
        from: at(3),
        to: { position: at(3), occurredAt: null },
        changes: [change(view, 'acme', 'a', 3, thing('better'), 1)],
        restored: [entry],
      };
      expect(await store.apply(build, epoch, restored)).toBe(true);
      expect(await store.quarantined(view.name, 1)).toEqual([]);
      expect(await store.get(view, 'acme', 'a')).toMatchObject({ stale: false, position: at(3) });
    });
  });
}
