// Server-sent events (WHATWG HTML §9.2) of a feed: what a reader is sent, and when it is let go.
import { Readable } from 'node:stream';
import type { Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import { later, type Pace } from '#read-models/pace.js';
import type { Feed, FeedQuestion } from './feed.js';

/** How many events are read at a time; no more than these wait in memory for a reader. */
const BATCH = 50;
/** How many bytes wait beside them before nothing more is asked for. */
const BUFFER_BYTES = 64 * 1024;

export interface StreamOptions {
  readonly question: FeedQuestion;
  readonly after: Position;
  /** Between two signs of life, in milliseconds; rights are looked at as often. */
  readonly heartbeatMs: number;
  /** How long a reader may take nothing while something waits for it, in milliseconds. */
  readonly patienceMs: number;
  /** Whether the caller still may, and asks the same question. @throws DomainError where not */
  readonly renew: () => Promise<boolean>;
  /** Resolves once the index has moved beyond a position; now and then also without. */
  readonly moved: (position: Position) => Promise<void>;
  readonly pace: Pace;
  /** Ends the stream after the event under way. */
  readonly signal: AbortSignal;
  /** Called when the stream ends, whoever ends it; makes `signal` abort. */
  readonly onEnd: () => void;
}

/** An event as it is sent. Its id is its position: what `Last-Event-ID` brings back. */
function messageOf(position: Position, json: string): string {
  return `id: ${position}\ndata: ${json}\n\n`;
}

/** A sign of life. The `id` without data moves a reader's place over what its question leaves out, and tells it nothing else. */
function heartbeatOf(position: Position): string {
  return `: ${position}\nid: ${position}\n\n`;
}

/** All events after a position, then those to come, with signs of life. Ends, always between two events, by `signal` or lost rights. */
async function* follow(feed: Feed, options: StreamOptions): AsyncGenerator<string> {
  const { question, heartbeatMs, renew, moved, pace, signal } = options;
  let at = options.after;
  let due = '';
  while (!signal.aborted) {
    const page = await feed.page(question, at, BATCH);
    for (const event of page.events) {
      if (signal.aborted) return;
      yield messageOf(event.position, JSON.stringify(event));
    }
    at = page.next;
    if (pace.now() >= due) {
      const refusal = await refusalOf(renew);
      if (refusal !== null) {
        yield `: ${refusal}\n\n`;
        return;
      }
      yield heartbeatOf(at);
      due = later(pace.now(), heartbeatMs);
    }
    if (!page.more) await awakened(moved(at), due, pace, signal);
  }
}

async function refusalOf(renew: StreamOptions['renew']): Promise<string | null> {
  try {
    return (await renew()) ? null : 'auth.forbidden';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/** Until something moved, the next sign of life is due, or the end. */
async function awakened(moved: Promise<void>, due: string, pace: Pace, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  signal.addEventListener('abort', end);
  try {
    await Promise.race([moved, pace.sleep(Date.parse(due) - Date.parse(pace.now()), over.signal)]);
  } finally {
    signal.removeEventListener('abort', end);
    over.abort();
  }
}

/**
 * What {@link follow} makes, as a stream that is asked for the next piece only when the reader has taken the
 * ones before. A reader that takes nothing for too long is cut off: it comes back with the last id that it saw.
 */
export function streamOf(feed: Feed, options: StreamOptions): Readable {
  const cut = () => stream.destroy(new Error('the reader is too slow'));
  const stream = Readable.from(watched(follow(feed, options), options, cut), {
    objectMode: false,
    highWaterMark: BUFFER_BYTES,
  });
  // Told before the generator is: it may be waiting for something to happen, and would be closed only after that.
  const close = stream._destroy.bind(stream);
  stream._destroy = (error, closed) => {
    options.onEnd();
    close(error, closed);
  };
  return stream;
}

async function* watched(
  pieces: AsyncGenerator<string>,
  { patienceMs, pace }: Pick<StreamOptions, 'patienceMs' | 'pace'>,
  cut: () => void,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const taken = new AbortController();
    void pace.sleep(patienceMs, taken.signal).then(() => taken.signal.aborted || cut());
    try {
      yield piece;
    } finally {
      taken.abort();
    }
  }
}
