// Reading a stream and the log, in both directions, filtered, page by page.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { START, type LogFilter, type StoredEvent } from '../event-store.js';
import type { StoreUnderTest } from './opened-store.js';
import { freshStream, freshTenant, readAll, write } from './samples.js';

const revisions = (events: readonly StoredEvent[]) => events.map(({ revision }) => revision);

export function readContract(store: StoreUnderTest): void {
  describe('reading a stream', () => {
    let stream: string;
    beforeAll(async () => {
      stream = freshStream();
      await store().append([write(stream, 'no-stream', 3)]);
      await store().append([write(freshStream(), 'no-stream', 1)]);
      await store().append([write(stream, 2, 2)]);
    });

    it.each([
      [{}, [0, 1, 2, 3, 4]],
      [{ from: 2 }, [2, 3, 4]],
      [{ from: 4 }, [4]],
      [{ from: 5 }, []],
      [{ limit: 2 }, [0, 1]],
      [{ from: 1, limit: 2 }, [1, 2]],
      [{ direction: 'backward' as const }, [4, 3, 2, 1, 0]],
      [{ direction: 'backward' as const, limit: 1 }, [4]],
      [{ direction: 'backward' as const, from: 2 }, [2, 1, 0]],
      [{ direction: 'backward' as const, from: 3, limit: 2 }, [3, 2]],
      [{ direction: 'backward' as const, from: 99, limit: 2 }, [4, 3]],
    ])('%j gives revisions %j', async (options, wanted) => {
      expect(revisions(await store().readStream(stream, options))).toEqual(wanted);
    });

    it('that does not exist gives nothing, in both directions', async () => {
      for (const direction of ['forward', 'backward'] as const) {
        expect(await store().readStream(freshStream(), { direction })).toEqual([]);
      }
    });
  });

  describe('reading the log', () => {
    // Tenants of which one name begins with the other; streams of three categories, interleaved.
    const short = freshTenant();
    const long = `${short}0`;
    const events: StoredEvent[] = [];
    beforeAll(async () => {
      for (let n = 0; n < 4; n++) {
        for (const tenant of [short, long]) {
          for (const category of ['license', 'licenses', 'order']) {
            await store().append([write(freshStream(tenant, category), 'no-stream', 2)]);
          }
        }
      }
      for (const event of await readAll(store())) if (event.stream.includes(`-${short}`)) events.push(event);
    });

    const matching = (tenant: string | undefined, categories: readonly string[] | undefined) =>
      events.filter(
        ({ stream }) =>
          (!tenant || stream.includes(`-${tenant}~`)) &&
          (!categories || categories.some((category) => stream.startsWith(`${category}-`))),
      );

    it('gives every event once, in order of position', () => {
      expect(events).toHaveLength(48);
      expect(events.map(({ position }) => position)).toEqual([...new Set(events.map(({ position }) => position))].toSorted());
    });

    it.each<[LogFilter & { tenant: string }, number]>([
      [{ tenant: short }, 24],
      [{ tenant: long }, 24],
      [{ tenant: short, categories: ['license'] }, 8],
      [{ tenant: long, categories: ['order', 'license'] }, 16],
    ])('with filter %j gives its %i events and no other, by any page size, in both directions', async (filter, count) => {
      const wanted = matching(filter.tenant, filter.categories);
      expect(wanted).toHaveLength(count);
      for (const limit of [1, 3, count, 500]) expect(await readAll(store(), filter, limit)).toEqual(wanted);
      const page = await store().readLog({ ...filter, direction: 'backward', limit: 3 });
      expect(page.events).toEqual(wanted.toReversed().slice(0, 3));
      const next = await store().readLog({ ...filter, direction: 'backward', limit: 3, before: page.position });
      expect(next.events).toEqual(wanted.toReversed().slice(3, 6));
    });

    it('with categories alone gives those of all tenants, in order of position', async () => {
      const categories = ['order', 'license'];
      const found = (await readAll(store(), { categories }, 7)).filter(({ stream }) => stream.includes(`-${short}`));
      expect(found).toEqual(matching(undefined, categories));
    });

    it('advances over what the filter leaves out', async () => {
      const last = events.at(-1)!.position;
      const page = await store().readLog({ tenant: freshTenant() });
      expect(page).toEqual({ events: [], position: expect.any(String), end: true });
      expect(page.position >= last).toBe(true);
    });

    it('after the head gives nothing, and goes on from there later', async () => {
      const tenant = freshTenant();
      const head = await store().head();
      const page = await store().readLog({ tenant, after: head });
      expect(page).toEqual({ events: [], position: head, end: true });
      await store().append([write(freshStream(tenant), 'no-stream', 2)]);
      expect((await store().readLog({ tenant, after: page.position })).events).toHaveLength(2);
    });

    it('backward to its start says that this was the end', async () => {
      let before: string | undefined;
      let seen = 0;
      for (let end = false; !end;) {
        const page = await store().readLog({ tenant: short, direction: 'backward', limit: 5, before });
        seen += page.events.length;
        ({ position: before, end } = page);
      }
      expect(seen).toBe(24);
      expect((await store().readLog({ direction: 'backward', before: START })).events).toEqual([]);
    });

    it('knows its head', async () => {
      const { position } = await store().append([write(freshStream(), 'no-stream', 2)]);
      expect(await store().head()).toBe(position);
      expect((await store().readLog({ direction: 'backward', limit: 1 })).events[0]!.position).toBe(position);
    });
  });
}
