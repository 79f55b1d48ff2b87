// Expected states, atomicity, order, limits and races of appends.
import { describe, expect, it } from '@jest/globals';
import { MAX_APPEND_BYTES, MAX_EVENT_BYTES, START, type ExpectedState } from '../event-store.js';
import type { StoreUnderTest } from './opened-store.js';
import { freshStream, freshTenant, readAll, refusalOf, sampleEvent, write } from './samples.js';

const expectations: { expected: ExpectedState; missing: boolean; atOne: boolean }[] = [
  { expected: 'no-stream', missing: true, atOne: false },
  { expected: 'exists', missing: false, atOne: true },
  { expected: 'any', missing: true, atOne: true },
  { expected: 0, missing: false, atOne: false },
  { expected: 1, missing: false, atOne: true },
  { expected: 2, missing: false, atOne: false },
];

export function appendContract(store: StoreUnderTest): void {
  describe('an append', () => {
    it.each(expectations)(
      'that expects $expected: stream missing → $missing, at revision 1 → $atOne',
      async ({ expected, missing, atOne }) => {
        for (const { before, holds, actual } of [
          { before: 0, holds: missing, actual: 'no-stream' as const },
          { before: 2, holds: atOne, actual: 1 },
        ]) {
          const stream = freshStream();
          if (before > 0) await store().append([write(stream, 'no-stream', before)]);
          const appended = store().append([write(stream, expected, 2)]);
          if (holds) {
            expect((await appended).revisions).toEqual({ [stream]: before + 1 });
          } else {
            expect(await refusalOf(appended)).toEqual({
              code: 'store.wrong-expected-state',
              facts: { stream, expected, actual },
            });
          }
          expect(await store().readStream(stream)).toHaveLength(holds ? before + 2 : before);
        }
      },
    );

    it('answers the position of its last event, and the last revision of each stream', async () => {
      const [a, b] = [freshStream(), freshStream()];
      const result = await store().append([write(a, 'no-stream', 3), write(b, 'no-stream', 2)]);
      expect(result.revisions).toEqual({ [a]: 2, [b]: 1 });
      expect((await store().readStream(b)).at(-1)!.position).toBe(result.position);
      expect(result.position).toMatch(/^\d{20}$/);
      expect(result.position > START).toBe(true);
    });

    it('keeps the given order over its streams, contiguous in the log', async () => {
      const tenant = freshTenant();
      const [a, b, c] = [freshStream(tenant), freshStream(tenant, 'order'), freshStream(tenant)];
      await store().append([write(b, 'no-stream', 2), write(a, 'any', 1), write(c, 'no-stream', 2)]);
      const events = await readAll(store(), { tenant });
      expect(events.map(({ stream, revision }) => [stream, revision])).toEqual([
        [b, 0],
        [b, 1],
        [a, 0],
        [c, 0],
        [c, 1],
      ]);
      expect(events.map((event) => event.position)).toEqual(events.map((event) => event.position).toSorted());
      expect(new Set(events.map((event) => event.position)).size).toBe(5);
    });

    it.each(['first', 'second', 'last'] as const)(
      'writes nothing where the expectation of its %s stream fails, and names it',
      async (which) => {
        const streams = [freshStream(), freshStream(), freshStream()];
        const failing = streams[{ first: 0, second: 1, last: 2 }[which]]!;
        await store().append([write(failing, 'no-stream', 1)]);
        const refused = store().append(streams.map((stream) => write(stream, 'no-stream')));
        expect(await refusalOf(refused)).toEqual({
          code: 'store.wrong-expected-state',
          facts: { stream: failing, expected: 'no-stream', actual: 0 },
        });
        for (const stream of streams) expect(await store().readStream(stream)).toHaveLength(stream === failing ? 1 : 0);
      },
    );

    it('gives back the bytes of payload and metadata unchanged', async () => {
      const stream = freshStream();
      const data = '{"a":"Zürich 日本 🔑 \\u0000 \\ud800 \\"\\\\/","b":[1,2.5,-0.1,1e+21,null,true,{"c":""}]}';
      const metadata = { tenant: 'acme', $correlationId: 'c', actor: 'user:ö "🔑" \u0007', empty: '' };
      const event = { ...sampleEvent(data, metadata), type: 'KeyActivated' };
      await store().append([write(stream, 'no-stream', [event])]);
      const [stored] = await store().readStream(stream);
      expect(stored).toEqual({ ...event, stream, revision: 0, position: expect.stringMatching(/^\d{20}$/) });
    });

    it('takes an event of almost 64 KiB and refuses a larger one', async () => {
      const stream = freshStream();
      const sized = (bytes: number) => sampleEvent(`{"t":"${'x'.repeat(bytes)}"}`);
      await store().append([write(stream, 'no-stream', [sized(MAX_EVENT_BYTES - 1_000)])]);
      expect(await refusalOf(store().append([write(stream, 0, [sized(MAX_EVENT_BYTES)])]))).toMatchObject({
        code: 'store.append-too-large',
      });
      // Bytes of UTF-8 count, not characters.
      const wide = sampleEvent(`{"t":"${'é'.repeat(MAX_EVENT_BYTES / 2)}"}`);
      expect(await refusalOf(store().append([write(stream, 0, [wide])]))).toMatchObject({ code: 'store.append-too-large' });
      expect(await store().readStream(stream)).toHaveLength(1);
    });

    it('takes almost 1 MiB and refuses more, over all its streams', async () => {
      const [a, b] = [freshStream(), freshStream()];
      const big = (count: number) => Array.from({ length: count }, () => sampleEvent(`{"t":"${'x'.repeat(60_000)}"}`));
      const fits = Math.floor(MAX_APPEND_BYTES / 60_100);
      expect(await refusalOf(store().append([write(a, 'no-stream', big(fits)), write(b, 'no-stream', big(1))]))).toMatchObject({
        code: 'store.append-too-large',
      });
      expect(await store().readStream(a)).toEqual([]);
      await store().append([write(a, 'no-stream', big(fits - 1)), write(b, 'no-stream', big(1))]);
    });

    it('takes mistakes of the caller for what they are', async () => {
      const stream = freshStream();
      const event = sampleEvent();
      const mistakes = [
        [],
        [write(stream, 'any', [])],
        [write(stream, 'any'), write(stream, 'any')],
        [write(stream, 'any', [event, event])],
        [write(stream, 'any', [{ ...event, eventId: 'not-a-uuid' }])],
        [write(stream, 'any', [{ ...event, metadata: { n: 1 as unknown as string } }])],
        [write(stream, 'any', [{ ...event, metadata: { '$schema.name': 'x' } }])],
        [write(stream, -1)],
        [write('', 'any')],
        [write('license-without-tilde', 'any')],
        [write(`license-acme~${'x'.repeat(200)}`, 'any')],
      ];
      for (const writes of mistakes) {
        const error: unknown = await store()
          .append(writes)
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: 'Error', message: expect.any(String) });
      }
      expect(await store().readStream(stream)).toEqual([]);
    });

    it('is won by exactly one of 64 that race for a new stream', async () => {
      const stream = freshStream();
      const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => store().append([write(stream, 'no-stream')])));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'store.wrong-expected-state' });
      }
      expect(await store().readStream(stream)).toHaveLength(1);
    });

    it('is won by exactly one of 32 that reserve the same name, and the others leave no trace', async () => {
      const tenant = freshTenant();
      const reservation = freshStream(tenant, 'unique');
      const own = Array.from({ length: 32 }, () => freshStream(tenant));
      const outcomes = await Promise.allSettled(
        own.map((stream) => store().append([write(stream, 'no-stream', 2), write(reservation, 'no-stream')])),
      );
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const events = await readAll(store(), { tenant });
      expect(events.map(({ stream }) => stream)).toEqual([own[winner], own[winner], reservation]);
    });

    it('counts revisions without gaps while many callers write', async () => {
      const tenant = freshTenant();
      const streams = Array.from({ length: 4 }, () => freshStream(tenant));
      const sizes = Array.from({ length: 80 }, (_, n) => 1 + (n % 3));
      await Promise.all(sizes.map((size, n) => store().append([write(streams[n % 4]!, 'any', size)])));
      for (const stream of streams) {
        const revisions = (await store().readStream(stream)).map(({ revision }) => revision);
        expect(revisions).toEqual(revisions.map((_, index) => index));
      }
      expect(await readAll(store(), { tenant })).toHaveLength(sizes.reduce((sum, size) => sum + size));
    });
  });
}
