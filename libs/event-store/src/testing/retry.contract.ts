// An append that is repeated with the same event ids, because nobody knows whether the first one arrived.
import { describe, expect, it } from '@jest/globals';
import type { StoreUnderTest } from './opened-store.js';
import { freshStream, freshTenant, readAll, refusalOf, sampleEvent, sampleEvents, write } from './samples.js';

const conflict = { code: 'store.wrong-expected-state' };

export function retryContract(store: StoreUnderTest): void {
  describe('a repeated append', () => {
    it('under `no-stream` answers what the first one answered, also when the stream has gone on', async () => {
      const stream = freshStream();
      const first = [write(stream, 'no-stream', 2)];
      const result = await store().append(first);
      expect(await store().append(first)).toEqual(result);
      await store().append([write(stream, 1, 3)]);
      expect(await store().append(first)).toEqual(result);
      expect(await store().readStream(stream)).toHaveLength(5);
    });

    it('under an exact revision answers what the first one answered', async () => {
      const stream = freshStream();
      await store().append([write(stream, 'no-stream', 2)]);
      const second = [write(stream, 1, 2)];
      const result = await store().append(second);
      expect(await store().append(second)).toEqual(result);
      expect(await store().readStream(stream)).toHaveLength(4);
    });

    it('over several streams answers what the first one answered', async () => {
      const tenant = freshTenant();
      const [a, b] = [freshStream(tenant), freshStream(tenant, 'unique')];
      await store().append([write(b, 'no-stream')]);
      const both = [write(a, 'no-stream', 2), write(b, 0, 1)];
      const result = await store().append(both);
      await store().append([write(a, 1, 1)]);
      expect(await store().append(both)).toEqual(result);
      expect(await readAll(store(), { tenant })).toHaveLength(5);
    });

    it('sent twice at the same moment is written once', async () => {
      const stream = freshStream();
      const writes = [write(stream, 'no-stream', 2)];
      const results = await Promise.all(Array.from({ length: 8 }, () => store().append(writes)));
      expect(results).toEqual(results.map(() => results[0]));
      expect(await store().readStream(stream)).toHaveLength(2);
    });

    it('with one event more is a conflict', async () => {
      const stream = freshStream();
      const events = sampleEvents(2);
      await store().append([write(stream, 'no-stream', events)]);
      expect(await refusalOf(store().append([write(stream, 'no-stream', [...events, sampleEvent()])]))).toMatchObject(conflict);
      expect(await store().readStream(stream)).toHaveLength(2);
    });

    it('with another id among its events, or in another order, is a conflict', async () => {
      const stream = freshStream();
      const [one, two] = sampleEvents(2) as [ReturnType<typeof sampleEvent>, ReturnType<typeof sampleEvent>];
      await store().append([write(stream, 'no-stream', [one, two])]);
      for (const events of [
        [one, sampleEvent()],
        [sampleEvent(), two],
        [two, one],
      ]) {
        expect(await refusalOf(store().append([write(stream, 'no-stream', events)]))).toMatchObject(conflict);
      }
      expect(await store().readStream(stream)).toHaveLength(2);
    });

    it('with fewer events writes nothing: one store answers their place, another refuses', async () => {
      const stream = freshStream();
      const events = sampleEvents(3);
      await store().append([write(stream, 'no-stream', events)]);
      const [first] = await store().readStream(stream);
      const answer = await store()
        .append([write(stream, 'no-stream', events.slice(0, 1))])
        .catch((error: unknown) => error);
      const place = { position: first!.position, revisions: { [stream]: 0 } };
      expect([place, expect.objectContaining(conflict)]).toContainEqual(answer);
      expect(await store().readStream(stream)).toHaveLength(3);
    });

    it('with one stream of old events and one of new ones is a conflict of the old one', async () => {
      const [a, b] = [freshStream(), freshStream()];
      const old = write(a, 'no-stream');
      await store().append([old]);
      const mixed = store().append([write(b, 'no-stream'), old]);
      expect(await refusalOf(mixed)).toEqual({ ...conflict, facts: { stream: a, expected: 'no-stream', actual: 0 } });
      expect(await store().readStream(b)).toEqual([]);
    });

    it('under another revision than the first time is a conflict', async () => {
      const stream = freshStream();
      await store().append([write(stream, 'no-stream')]);
      const events = sampleEvents(1);
      await store().append([write(stream, 0, events)]);
      expect(await refusalOf(store().append([write(stream, 'no-stream', events)]))).toMatchObject(conflict);
      expect(await refusalOf(store().append([write(stream, 7, events)]))).toMatchObject(conflict);
    });
  });
}
