// Subscriptions: catch up, go live, filter, end, and the order contract while many write.
import { describe, expect, it } from '@jest/globals';
import { START, type LogFilter, type Position, type StoredEvent, type SubscriptionBatch } from '../event-store.js';
import type { StoreUnderTest } from './opened-store.js';
import { freshStream, freshTenant, readAll, sampleEvents, write } from './samples.js';

type Options = LogFilter & { after: Position; batchSize?: number };

export function subscribeContract(store: StoreUnderTest): void {
  /** Collects batches until `done` says that it has seen enough. */
  async function collect(
    options: Options,
    done: (batches: readonly SubscriptionBatch[]) => boolean,
  ): Promise<SubscriptionBatch[]> {
    const batches: SubscriptionBatch[] = [];
    for await (const batch of store().subscribe(options)) {
      batches.push(batch);
      if (done(batches)) break;
    }
    return batches;
  }

  const eventsOf = (batches: readonly SubscriptionBatch[]): StoredEvent[] => batches.flatMap(({ events }) => events);

  describe('a subscription', () => {
    it('catches up from a position, then gives what comes', async () => {
      const tenant = freshTenant();
      const stream = freshStream(tenant);
      const { position } = await store().append([write(stream, 'no-stream', 2)]);
      await store().append([write(stream, 1, 3)]);
      let appended: Promise<unknown> | undefined;
      const batches = await collect({ after: position, tenant }, (seen) => {
        if (seen.at(-1)!.caughtUp) appended ??= store().append([write(stream, 4, 2)]);
        return eventsOf(seen).length === 5;
      });
      await appended;
      expect(eventsOf(batches).map(({ revision }) => revision)).toEqual([2, 3, 4, 5, 6]);
    });

    it('says at once that it has caught up where nothing is to be caught up with', async () => {
      const head = await store().head();
      const [batch] = await collect({ after: head }, () => true);
      expect(batch).toEqual({ events: [], position: head, caughtUp: true });
    });

    it('gives at most `batchSize` events at a time, and says when it has caught up', async () => {
      const tenant = freshTenant();
      await store().append([write(freshStream(tenant), 'no-stream', 5)]);
      const batches = await collect({ after: START, tenant, batchSize: 2 }, (seen) => seen.at(-1)!.caughtUp);
      expect(eventsOf(batches)).toHaveLength(5);
      expect(Math.max(...batches.map(({ events }) => events.length))).toBe(2);
      for (const { events, position } of batches) if (events.length > 0) expect(position >= events.at(-1)!.position).toBe(true);
      expect(batches.slice(0, -1).map(({ caughtUp }) => caughtUp)).not.toContain(true);
    });

    it('gives the tenant and the categories that were asked for, not those whose names begin alike', async () => {
      const tenant = freshTenant();
      for (const name of [tenant, `${tenant}0`]) {
        for (const category of ['license', 'licenses', 'order'])
          await store().append([write(freshStream(name, category), 'any')]);
      }
      const batches = await collect({ after: START, tenant, categories: ['license', 'order'] }, (seen) => seen.at(-1)!.caughtUp);
      expect(eventsOf(batches).map(({ stream }) => stream.split('~')[0])).toEqual([`license-${tenant}`, `order-${tenant}`]);
    });

    it('advances over events that the filter leaves out, with empty batches', async () => {
      let wanted: Promise<Position> | undefined;
      const batches = await collect({ after: await store().head(), tenant: freshTenant() }, (seen) => {
        wanted ??= store()
          .append([write(freshStream(), 'any')])
          .then(({ position }) => position);
        return seen.length > 1;
      });
      const last = batches.at(-1)!;
      expect(last.events).toEqual([]);
      expect(last.position >= (await wanted!)).toBe(true);
    });

    it('holds nobody up and loses nothing while its reader is slow', async () => {
      const tenant = freshTenant();
      const stream = freshStream(tenant);
      const batches = store()
        .subscribe({ after: await store().head(), tenant, batchSize: 3 })
        [Symbol.asyncIterator]();
      await batches.next();
      await store().append([write(stream, 'no-stream', 2)]);
      for (let revision = 1; revision < 20; revision++) await store().append([write(stream, revision)]);
      const seen: number[] = [];
      while (seen.length < 21) {
        const { value } = (await batches.next()) as { value: SubscriptionBatch };
        seen.push(...value.events.map(({ revision }) => revision));
      }
      await batches.return?.();
      expect(seen).toEqual(seen.map((_, index) => index));
    });

    it('ends by its signal, while it waits and before it begins, without an error', async () => {
      const ending = new AbortController();
      const batches: SubscriptionBatch[] = [];
      for await (const batch of store().subscribe({ after: await store().head(), signal: ending.signal })) {
        batches.push(batch);
        setImmediate(() => ending.abort());
      }
      expect(batches.length).toBeGreaterThan(0);
      for await (const batch of store().subscribe({ after: START, signal: ending.signal })) batches.push(batch);
      expect(eventsOf(batches)).toEqual([]);
    });

    it('keeps the order contract while many write: nothing appears at or before what was seen', async () => {
      const tenant = freshTenant();
      const after = await store().head();
      const shared = freshStream(tenant, 'shared');
      const writers = Array.from({ length: 16 }, async (_, writer) => {
        for (let n = 0; n < 12; n++) {
          const own = freshStream(tenant, writer % 2 ? 'license' : 'order');
          await store().append([write(own, 'no-stream', sampleEvents(2)), write(shared, 'any', 1)]);
        }
      });
      const total = 16 * 12 * 3;
      const [all, licenses] = await Promise.all([
        collect({ after, tenant, batchSize: 7 }, (seen) => eventsOf(seen).length >= total),
        collect({ after, tenant, categories: ['license'] }, (seen) => eventsOf(seen).length >= total / 3),
        ...writers,
      ]);
      const seen = eventsOf(all);
      expect(seen).toEqual(await readAll(store(), { tenant }));
      expect(eventsOf(licenses)).toEqual(seen.filter(({ stream }) => stream.startsWith('license-')));
      let last = after;
      for (const { events, position } of all) {
        for (const event of events) {
          expect(event.position > last).toBe(true);
          last = event.position;
        }
        expect(position >= last).toBe(true);
        last = position;
      }
      // Each append is two events of its own stream and one of the shared one, side by side.
      for (let i = 0; i < seen.length; i += 3) {
        expect(seen[i]!.stream).toBe(seen[i + 1]!.stream);
        expect(seen[i + 2]).toMatchObject({ stream: shared, revision: i / 3 });
      }
    });
  });
}
