// A subscriber that stops reading is cut, over a real connection, and goes on where its last whole event was.
import { afterEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import type { Position } from '#event-store/event-store.js';
import type { CloudEvent } from '#integrations/cloud-event.js';
import { streamOf } from '#integrations/feed-stream.js';
import type { Feed, FeedPage } from '#integrations/feed.js';
import { ManualPace } from '#read-models/testing/manual-pace.js';
import { readFeed } from '../support/feed-reader.js';
import { until } from '../support/until.js';

const PATIENCE_MS = 30_000;
const EVENTS = 3_000;
const place = (n: number): Position => String(n).padStart(20, '0');
/** Together more than what the buffers of both ends of a connection take. */
const eventAt = (n: number) => ({ position: place(n), data: { text: 'x'.repeat(20_000) } }) as unknown as CloudEvent;

const feed = {
  page: (_question: unknown, after: Position, limit: number): Promise<FeedPage> => {
    const from = Number(after);
    const events = Array.from({ length: Math.min(limit, EVENTS - from) }, (_, i) => eventAt(from + 1 + i));
    const next = place(from + events.length);
    return Promise.resolve({ events, next, more: from + events.length < EVENTS, asOf: place(EVENTS) });
  },
} as unknown as Feed;

let server: FastifyInstance;
afterEach(() => server.close());

async function serve(pace: ManualPace): Promise<{ url: string; taken: () => number }> {
  let open: ReturnType<typeof streamOf> | undefined;
  server = fastify();
  server.get('/v1/events', (request, reply) => {
    const end = new AbortController();
    open = streamOf(feed, {
      question: { tenant: 'acme', personal: true },
      after: (request.headers['last-event-id'] as Position | undefined) ?? place(0),
      heartbeatMs: 15_000,
      patienceMs: PATIENCE_MS,
      renew: () => Promise.resolve(true),
      moved: () => new Promise(() => undefined),
      pace,
      signal: end.signal,
      onEnd: () => end.abort(),
    });
    return reply.type('text/event-stream').send(open);
  });
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), taken: () => open?.readableLength ?? 0 };
}

describe('a reader that takes nothing for too long', () => {
  it('is cut, and misses nothing when it comes back with its last id', async () => {
    const pace = new ManualPace();
    const { url, taken } = await serve(pace);
    const slow = await readFeed(url, {});
    await slow.until(() => slow.events.length > 0);
    slow.pause();
    await until(() => Promise.resolve(taken() >= 64 * 1024));
    pace.advance(PATIENCE_MS);
    slow.resume();
    await slow.over;
    expect(slow.events.length).toBeGreaterThan(0);
    expect(slow.events.length).toBeLessThan(EVENTS);
    const again = await readFeed(url, { 'last-event-id': slow.lastId! });
    await again.until(() => slow.events.length + again.events.length >= EVENTS);
    again.leave();
    const all = [...slow.events, ...again.events].map((event) => JSON.parse(event) as CloudEvent);
    expect(all.map(({ position }) => position)).toEqual(Array.from({ length: EVENTS }, (_, i) => place(i + 1)));
  });
});
