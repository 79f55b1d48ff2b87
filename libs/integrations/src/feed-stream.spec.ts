import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Position } from '#event-store/event-store.js';
import { httpErrors } from '#http/http-errors.js';
import { ManualPace, until } from '#read-models/testing/manual-pace.js';
import type { CloudEvent } from './cloud-event.js';
import { streamOf, type StreamOptions } from './feed-stream.js';
import type { Feed, FeedPage } from './feed.js';

const place = (n: number): Position => String(n).padStart(20, '0');
const told = (n: number): string => `id: ${place(n)}\ndata: ${JSON.stringify(event(n))}\n\n`;
const beat = (n: number): string => `: ${place(n)}\nid: ${place(n)}\n\n`;

/** How many bytes an event's data has. */
let size: number;
const event = (n: number) => ({ position: place(n), data: { text: 'x'.repeat(size) } }) as unknown as CloudEvent;

/** A log of events at even positions; odd ones are left out by the question. */
let head: number;
let wake: () => void;
let pace: ManualPace;
let stop: AbortController;
let mayStill: () => Promise<boolean>;

const feed = {
  page: (_question: unknown, after: Position, limit: number): Promise<FeedPage> => {
    const from = Number(after);
    const all = Array.from({ length: Math.max(0, head - from) }, (_, i) => from + 1 + i).filter((n) => n % 2 === 0);
    const taken = all.slice(0, limit);
    const more = all.length > limit;
    const next = more ? place(taken.at(-1)!) : place(Math.max(head, from));
    return Promise.resolve({ events: taken.map(event), next, more, asOf: place(head) });
  },
} as unknown as Feed;

function opened(after = 0) {
  const own = stop;
  const options: StreamOptions = {
    question: { tenant: 'acme', personal: true },
    after: place(after),
    heartbeatMs: 15_000,
    patienceMs: 30_000,
    renew: () => mayStill(),
    moved: () => new Promise((resolve) => (wake = resolve)),
    pace,
    signal: own.signal,
    onEnd: () => own.abort(),
  };
  return streamOf(feed, options);
}

/** Reads without end; what came so far, and whether it is over. */
function reading(stream: ReturnType<typeof opened>) {
  const read = { text: '', over: false, error: undefined as Error | undefined };
  stream.on('data', (chunk: Buffer) => (read.text += chunk.toString()));
  stream.on('error', (error) => (read.error = error));
  stream.on('close', () => (read.over = true));
  return read;
}

beforeEach(() => {
  size = 1;
  head = 5;
  pace = new ManualPace();
  stop = new AbortController();
  mayStill = () => Promise.resolve(true);
});

describe('a stream of events', () => {
  it('sends what is there and says how far it is, then sends what comes', async () => {
    const read = reading(opened());
    await until(() => read.text === told(2) + told(4) + beat(5));
    head = 6;
    wake();
    await until(() => read.text.endsWith(told(6)));
    stop.abort();
  });

  it('goes on after a position, over many pages', async () => {
    head = 400;
    const read = reading(opened(200));
    const expected = Array.from({ length: 100 }, (_, i) => told(202 + 2 * i)).join('');
    await until(() => read.text.replaceAll(/: .*\nid: .*\n\n/g, '') === expected);
    stop.abort();
  });

  it('gives a sign of life each interval, with the position that it has reached over what is left out', async () => {
    const read = reading(opened());
    await until(() => read.text.endsWith(beat(5)) && pace.sleeping.length > 0);
    head = 7;
    wake();
    await until(() => read.text.endsWith(told(6)) && pace.sleeping.includes(15_000));
    head = 9;
    pace.advance(14_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(read.text.endsWith(told(6))).toBe(true);
    pace.advance(1);
    await until(() => read.text.endsWith(told(8) + beat(9)));
    stop.abort();
  });

  it.each([
    ['is revoked', () => Promise.reject(httpErrors.error('auth.revoked')), 'auth.revoked'],
    ['may see something else now', () => Promise.resolve(false), 'auth.forbidden'],
  ])('ends with the next sign of life once the credential %s', async (_what, denied, code) => {
    const read = reading(opened());
    await until(() => read.text.endsWith(beat(5)) && pace.sleeping.includes(15_000));
    mayStill = denied;
    head = 6;
    pace.advance(15_000);
    await until(() => read.over);
    expect(read.text.endsWith(`: ${code}\n\n`)).toBe(true);
    expect(read.error).toBeUndefined();
  });

  it('ends between two events when the server stops', async () => {
    const read = reading(opened());
    await until(() => read.text.endsWith(beat(5)));
    stop.abort();
    await until(() => read.over);
    expect(read.text).toBe(told(2) + told(4) + beat(5));
    expect(read.error).toBeUndefined();
  });

  it('is over at once when the reader hangs up, whatever it waits for', async () => {
    const stream = opened();
    const read = reading(stream);
    await until(() => read.text.endsWith(beat(5)) && pace.sleeping.includes(15_000));
    stream.destroy();
    await until(() => read.over);
    expect(stop.signal.aborted).toBe(true);
    expect(pace.sleeping).not.toContain(15_000);
  });

  it('cuts a reader that takes nothing for too long; nothing is sent past it', async () => {
    [size, head] = [10_000, 1_000];
    const stream = opened();
    stream.on('error', () => undefined);
    const first = await new Promise<Buffer>((resolve) => stream.once('readable', () => resolve(stream.read(100) as Buffer)));
    expect(first.toString()).toBe(told(2).slice(0, 100));
    await until(() => stream.readableLength >= 64 * 1024);
    expect(stream.readableLength).toBeLessThan(128 * 1024);
    pace.advance(29_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.destroyed).toBe(false);
    pace.advance(1);
    await until(() => stream.destroyed);
  });

  it('holds on to a reader that is slow and takes something now and then', async () => {
    [size, head] = [70_000, 60];
    const stream = opened();
    let text = '';
    const taken = () => {
      const piece = stream.read() as Buffer | null;
      text += piece?.toString() ?? '';
      return piece !== null;
    };
    let times = 0;
    for (; !text.includes(told(60)); times++) {
      await until(taken);
      pace.advance(20_000);
    }
    expect(times).toBeGreaterThan(5);
    expect(stream.destroyed).toBe(false);
    expect(text.startsWith(told(2))).toBe(true);
    stop.abort();
    stream.destroy();
  });
});
