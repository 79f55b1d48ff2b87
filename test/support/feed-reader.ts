// A subscriber as outsiders write one: it reads server-sent events, remembers the last id, and comes back with it.
import { request, type ClientRequest } from 'node:http';

export interface FeedReader {
  /** Status of the answer, and its media type. */
  readonly status: number;
  readonly type: string;
  /** The data of each event, as it came. */
  readonly events: readonly string[];
  readonly comments: readonly string[];
  /** The last `id`, which a browser would send as `Last-Event-ID`. */
  readonly lastId: string | undefined;
  /** Resolves when the stream is over, whoever ended it. */
  readonly over: Promise<void>;
  /** Resolves once something holds that changes with what is read; or the stream is over. */
  until(holds: () => boolean): Promise<void>;
  /** Hangs up. */
  leave(): void;
  /** Stops and goes on taking what comes. */
  pause(): void;
  resume(): void;
}

/** Opens a stream of events. */
export function readFeed(url: string, headers: Readonly<Record<string, string>>, path = '/v1/events'): Promise<FeedReader> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { agent: false, headers: { accept: 'text/event-stream', ...headers } }, (answer) => {
      const reader = new Reader(
        sent,
        () => answer.pause(),
        () => answer.resume(),
      );
      reader.status = answer.statusCode!;
      reader.type = answer.headers['content-type'] ?? '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => reader.take(chunk));
      answer.on('error', () => undefined);
      answer.once('close', () => reader.finish());
      resolve(reader);
    });
    sent.once('error', reject);
    sent.end();
  });
}

class Reader implements FeedReader {
  status = 0;
  type = '';
  readonly events: string[] = [];
  readonly comments: string[] = [];
  lastId: string | undefined;
  readonly over: Promise<void>;
  finish: () => void = () => undefined;
  private rest = '';
  private finished = false;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly sent: ClientRequest,
    readonly pause: () => void,
    readonly resume: () => void,
  ) {
    this.over = new Promise((resolve) => {
      this.finish = () => {
        this.finished = true;
        resolve();
        this.wake();
      };
    });
    sent.on('error', () => this.finish());
  }

  /** What is not followed by an empty line is not complete, and does not count. */
  take(chunk: string): void {
    const blocks = (this.rest + chunk).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) this.see(block.split('\n'));
    this.wake();
  }

  private see(lines: readonly string[]): void {
    for (const line of lines) {
      if (line.startsWith(': ')) this.comments.push(line.slice(2));
      if (line.startsWith('id: ')) this.lastId = line.slice(4);
    }
    const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
    if (data.length > 0) this.events.push(data.join('\n'));
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.finished) throw new Error('the stream is over');
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  leave(): void {
    this.sent.destroy();
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
