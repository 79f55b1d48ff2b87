// Reads and subscriptions on the embedded log: for the store itself, and alone for other threads and
// processes that only read.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { CommitSignal } from './commit-signal.js';
import {
  storeErrors,
  type EventReader,
  type LogFilter,
  type LogPage,
  type Position,
  type StoredEvent,
  type SubscriptionBatch,
} from './event-store.js';
import { EVENTS_FILE, openForReading } from './sqlite.events-file.js';
import { LogReader, type LogRead, type StreamRead } from './sqlite.reader.js';
import { LogTail } from './sqlite.tail.js';

export class SqliteEventReader implements EventReader {
  readonly #reader: LogReader;
  readonly #commits: CommitSignal;
  readonly #tail: LogTail;
  #closed = false;

  /** @throws `store.damaged`, `store.newer-format`, `store.read-only` (there is no file). */
  constructor(folder: string) {
    this.#reader = new LogReader(openForReading(folder), join(realpathSync(folder), EVENTS_FILE));
    this.#tail = new LogTail(this.#reader);
    this.#commits = new CommitSignal(folder, () => this.#reader.dataVersion());
  }

  async readStream(stream: string, options: StreamRead = {}): Promise<readonly StoredEvent[]> {
    return this.#open().stream(stream, options);
  }

  /** The event with this id (a UUID), if there is one; for the operator's tools, not part of the port. */
  async readEvent(eventId: string): Promise<StoredEvent | undefined> {
    return this.#open().event(eventId);
  }

  async readLog(options: LogRead = {}): Promise<LogPage> {
    return this.#open().log(options);
  }

  async *subscribe(
    options: LogFilter & { readonly after: Position; readonly batchSize?: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<SubscriptionBatch, void, void> {
    const { batchSize: limit = 500, signal, ...read } = options;
    let position: Position | undefined;
    while (!signal?.aborted) {
      const count = this.#commits.count;
      this.#open();
      const page = this.#tail.next(count, { ...read, after: position ?? options.after, limit });
      if (page.position === position) {
        await this.#commits.changedSince(count, signal);
      } else {
        position = page.position;
        yield { events: page.events, position, caughtUp: page.end };
      }
    }
  }

  async head(): Promise<Position> {
    return this.#open().head();
  }

  /** Ends waiting subscriptions with `store.closed`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#commits.close();
    this.#reader.close();
  }

  #open(): LogReader {
    if (this.#closed) throw storeErrors.error('store.closed');
    return this.#reader;
  }
}
