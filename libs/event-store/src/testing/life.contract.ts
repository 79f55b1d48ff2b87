// A store that is empty, closed, opened again.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { START } from '../event-store.js';
import type { OpenedStore } from './opened-store.js';
import { freshStream, readAll, refusalOf, write } from './samples.js';

export function lifeContract(open: () => Promise<OpenedStore>): void {
  describe('the life of a store', () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.dispose());

    it('begins empty', async () => {
      expect(await opened.store.head()).toBe(START);
      expect(await opened.store.readLog()).toEqual({ events: [], position: START, end: true });
      expect((await opened.store.readLog({ direction: 'backward' })).events).toEqual([]);
    });

    it('goes on after it was closed and opened again: events, order, retries', async () => {
      const stream = freshStream();
      const writes = [write(stream, 'no-stream', 2)];
      const result = await opened.store.append(writes);
      const before = await readAll(opened.store);
      const again = await opened.reopen();
      expect(await readAll(again)).toEqual(before);
      expect(await again.append(writes)).toEqual(result);
      const next = await again.append([write(stream, 1)]);
      expect(next.position > result.position).toBe(true);
      expect(await again.readStream(stream)).toHaveLength(3);
    });

    it('ends with the appends under way, and then refuses everything', async () => {
      const { store } = opened;
      const streams = Array.from({ length: 20 }, () => freshStream());
      const appends = streams.map((stream) => store.append([write(stream, 'no-stream')]));
      const closed = store.close();
      const late = refusalOf(store.append([write(freshStream(), 'any')]));
      await Promise.all(appends);
      await closed;
      expect(await late).toMatchObject({ code: 'store.closed' });
      for (const call of [
        () => store.append([write(freshStream(), 'any')]),
        () => store.readStream(freshStream()),
        () => store.readLog(),
        () => store.head(),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ code: 'store.closed' });
      }
      await store.close();
      expect((await readAll(await opened.reopen())).map(({ stream }) => stream).toSorted()).toEqual(streams.toSorted());
    });

    it('ends its subscriptions with `store.closed`', async () => {
      const { store } = opened;
      const batches = store.subscribe({ after: START })[Symbol.asyncIterator]();
      await batches.next();
      const waiting = refusalOf(batches.next());
      await store.close();
      expect(await waiting).toMatchObject({ code: 'store.closed' });
    });
  });
}
