// Events found by the index of the log and read, payload and all, from the streams in which they stand.
import type { Codec } from '#event-store/codec.js';
import type { EventStore, Position } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import type { JournalEntry } from './journal.view.js';
import type { Query, ReadStore } from './read-store.js';
import type { View } from './view.js';

/** Where events stand that a query found. */
export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  readonly more: boolean;
  /** Everything up to here was seen. */
  readonly asOf: Position;
}

export class Journal {
  constructor(
    readonly view: View<JournalEntry>,
    private readonly reads: ReadStore,
    private readonly log: EventStore,
    private readonly codec: Codec,
  ) {}

  /** Up to which position the index answers. */
  asOf(): Promise<Position> {
    return this.reads.asOf(this.view);
  }

  /** Where the events of a tenant stand that meet a query. */
  async find(tenant: string, query: Query): Promise<JournalPage> {
    const { rows, more, asOf } = await this.reads.find(this.view, tenant, query);
    return { entries: rows.map(({ doc }) => doc), more, asOf };
  }

  /** These events as rules and views see them, in the same order. */
  async read(entries: readonly JournalEntry[]): Promise<RecordedEvent[]> {
    const stored = await Promise.all(
      entries.map(({ stream, revision }) => this.log.readStream(stream, { from: revision, limit: 1 })),
    );
    return this.codec.decode(stored.flat());
  }
}
