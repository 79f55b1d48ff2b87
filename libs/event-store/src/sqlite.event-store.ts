// ADAPTER: the event log in one SQLite file, for one process. Writes go through a thread of their own,
// reads come from the caller's.
import { checkAppend } from './append-check.js';
import { commitChannel } from './commit-signal.js';
import {
  EventStore,
  storeErrors,
  type AppendResult,
  type LogFilter,
  type LogPage,
  type Position,
  type StoredEvent,
  type StreamWrite,
  type SubscriptionBatch,
} from './event-store.js';
import { SqliteEventReader } from './sqlite.event-reader.js';
import type { LogRead, StreamRead } from './sqlite.reader.js';
import { posOf } from './sqlite.rows.js';
import { checkAtStart } from './sqlite.start.js';
import {
  SqliteWriter,
  startThread,
  type OnBroken,
  type StartThread,
  type WriterLimits,
  type WriterObserver,
} from './sqlite.writer.js';

export interface SqliteEventStoreOptions extends Partial<WriterLimits> {
  /** Default true: an answered append survives a power loss. False is for benchmarks and tests. */
  readonly durable?: boolean;
  /** The most pages of 4 KiB that the file may have; beyond that `store.full`. */
  readonly maxPages?: number;
  readonly observer?: WriterObserver;
  /** How the writer thread is started; tests take hold of it here. */
  readonly startThread?: StartThread;
  /** The disk could not sync: from now on every append is refused. Whoever opens the store again may go on. */
  readonly onBroken?: OnBroken;
}

export class SqliteEventStore extends EventStore {
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly writer: SqliteWriter,
    private readonly reader: SqliteEventReader,
  ) {
    super();
  }

  /**
   * Opens the log in `folder` and makes it if there is none. The folder exists, and the process owns it
   * (`FolderLock`): two writers on one file would keep each other out.
   *
   * @throws `store.damaged`, `store.newer-format`, `store.read-only`, `store.full`, `store.failed`.
   */
  static async open(folder: string, options: SqliteEventStoreOptions = {}): Promise<SqliteEventStore> {
    const data = {
      file: checkAtStart(folder),
      channel: commitChannel(folder),
      durable: options.durable ?? true,
      maxPages: options.maxPages,
    };
    const limits = { maxWaiting: options.maxWaiting ?? 4_096, maxWaitingBytes: options.maxWaitingBytes ?? 16 * 1024 * 1024 };
    const writer = new SqliteWriter(data, limits, options.startThread ?? startThread, options);
    await writer.open();
    try {
      return new SqliteEventStore(writer, new SqliteEventReader(folder));
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Reads the log of `folder` beside the process, or the thread, that writes it. The log exists. */
  static openReader(folder: string): SqliteEventReader {
    return new SqliteEventReader(folder);
  }

  async append(writes: readonly StreamWrite[]): Promise<AppendResult> {
    if (this.#closing) throw storeErrors.error('store.closed');
    return this.writer.append(writes, checkAppend(writes));
  }

  readStream(stream: string, options?: StreamRead): Promise<readonly StoredEvent[]> {
    return this.reader.readStream(stream, options);
  }

  readLog(options?: LogRead): Promise<LogPage> {
    return this.reader.readLog(options);
  }

  subscribe(
    options: LogFilter & { readonly after: Position; readonly batchSize?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<SubscriptionBatch> {
    return this.reader.subscribe(options);
  }

  head(): Promise<Position> {
    return this.reader.head();
  }

  /** How many events stand after a position, up to another one: this adapter numbers them one by one. */
  eventsBetween(after: Position, until: Position): number {
    return Math.max(0, posOf(until) - posOf(after));
  }

  close(): Promise<void> {
    // Readers go last: only the last connection to close folds the write-ahead log into the file.
    this.#closing ??= this.reader.close().then(() => this.writer.close());
    return this.#closing;
  }
}
