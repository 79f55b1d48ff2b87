// PORT: where events are kept. Two adapters sign `testing/event-store.contract.ts`: SQLite, KurrentDB.
// It promises nothing that one of them could not keep (DESIGN §6, event-sourcing.md §2, §3).
import { defineErrors, type DomainError } from '#kernel/errors.js';

/** A place in the log of all events: 20 decimal digits, sortable as text, otherwise opaque. */
export type Position = string;

/** Before every event. */
export const START: Position = '0'.repeat(20);

/** What a stream must look like for an append to happen. A number is the revision of its last event. */
export type ExpectedState = number | 'no-stream' | 'exists' | 'any';

/** An event to be appended: bytes as they will be stored, for ever. */
export interface NewEvent {
  /** UUID; derived from the command id, so that a retry carries the same. */
  readonly eventId: string;
  readonly type: string;
  /** Canonical JSON (RFC 8785) of an object. */
  readonly data: string;
  /** Flat: one store takes nothing else. Keys that begin with `$schema.` are the stores' own. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StreamWrite {
  readonly stream: string;
  readonly expected: ExpectedState;
  /** At least one. */
  readonly events: readonly NewEvent[];
}

export interface AppendResult {
  /** Of the last event of the append. */
  readonly position: Position;
  /** The revision of the last appended event, by stream. */
  readonly revisions: Readonly<Record<string, number>>;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
}

/** Which events a reader of the whole log wants. Members are combined by "and". */
export interface LogFilter {
  readonly categories?: readonly string[];
  readonly tenant?: string;
}

export interface LogPage {
  readonly events: readonly StoredEvent[];
  /**
   * Everything up to here was seen, also what the filter left out: read on from here. Reading
   * backwards: everything from here on was seen.
   */
  readonly position: Position;
  /** Nothing more in this direction at the time of the read. */
  readonly end: boolean;
}

export interface SubscriptionBatch {
  readonly events: readonly StoredEvent[];
  /** As {@link LogPage.position}; advances over filtered-out events too, with `events` then empty. */
  readonly position: Position;
  /** The reader had reached the head of the log when this batch was made. */
  readonly caughtUp: boolean;
}

/** Limits of every adapter (DESIGN §6), in bytes of UTF-8. */
export const MAX_EVENT_BYTES = 64 * 1024;
export const MAX_APPEND_BYTES = 1024 * 1024;

export const storeErrors = defineErrors({
  'store.wrong-expected-state': {
    kind: 'conflict',
    title: 'The stream is not in the state that the append expects.',
    retryable: true,
  },
  'store.append-too-large': { kind: 'too-large', title: 'An event is larger than 64 KiB, or an append larger than 1 MiB.' },
  'store.busy': { kind: 'unavailable', title: 'More writes are waiting than the store can take now.', retryable: true },
  'store.full': {
    kind: 'unavailable',
    title: 'The disk is full, or the store has reached its size limit; nothing was written.',
    retryable: true,
  },
  'store.failed': {
    kind: 'unavailable',
    title: 'The store could not write; nothing of this append was acknowledged.',
    retryable: true,
  },
  'store.unreachable': {
    kind: 'unavailable',
    title:
      'The database does not answer. What was asked for may have happened or not; the same call again, with the same ids, finds out.',
    retryable: true,
  },
  'store.read-only': { kind: 'unavailable', title: 'The data folder or a file in it cannot be written.' },
  'store.locked': { kind: 'unavailable', title: 'Another process owns the data folder.' },
  'store.newer-format': { kind: 'unavailable', title: 'The file was written by a newer version of the product.' },
  'store.damaged': { kind: 'unavailable', title: 'The database file is damaged.' },
  'store.closed': { kind: 'unavailable', title: 'The store is closed.', retryable: true },
});

/** The one error of a failed expectation. `facts` = `{ stream, expected, actual }`; actual is a revision or `no-stream`. */
export function wrongExpectedState(stream: string, expected: ExpectedState, actual: number | 'no-stream'): DomainError {
  return storeErrors.error('store.wrong-expected-state', `${stream}: expected ${expected}, is ${actual}`, {
    stream,
    expected,
    actual,
  });
}

/**
 * The log of all events. Order contract, for every adapter: total order; a reader that has seen
 * position p never later sees a new event ≤ p; the events of one append are contiguous; positions may
 * have holes, holes never fill; revisions are gapless from 0 within a stream.
 */
export abstract class EventStore {
  /**
   * Appends to all streams or to none, in the given order, each stream once; durable when it answers.
   * A retried append (the same event ids, under an exact revision or `no-stream` on every stream)
   * answers what the first one answered. Under `exists` and `any` no store promises that. With fewer
   * events than the first one, a store may answer the place of those or refuse; it writes nothing.
   *
   * @throws `store.wrong-expected-state` for the first write whose expectation fails; nothing is written.
   * @throws `store.append-too-large`, `store.busy`, `store.full`, `store.failed`, `store.closed`.
   * @throws Error for a mistake of the caller: an empty list, a write without events, a stream or an event
   *   id twice, a name that is not `<category>-<tenant>~<id>` in ASCII or is longer than 200 characters,
   *   metadata that is not flat text, a payload that is no JSON object.
   */
  abstract append(writes: readonly StreamWrite[]): Promise<AppendResult>;

  /**
   * The events of one stream. Forward from `from` (inclusive, default 0), or backward from `from`
   * (inclusive, default the last). A stream that does not exist, and one that ends before `from`, is empty.
   */
  abstract readStream(
    stream: string,
    options?: { readonly from?: number; readonly direction?: 'forward' | 'backward'; readonly limit?: number },
  ): Promise<readonly StoredEvent[]>;

  /**
   * A page of the log. Forward: after `after` (exclusive, default the start). Backward: before `before`
   * (exclusive, default the end), newest first. `limit` defaults to 500 and is the most events returned.
   */
  abstract readLog(
    options?: LogFilter & {
      readonly after?: Position;
      readonly before?: Position;
      readonly direction?: 'forward' | 'backward';
      readonly limit?: number;
    },
  ): Promise<LogPage>;

  /**
   * Everything after `after`, then what is appended from then on, in order, without end. The first batch
   * comes at once, empty where there is nothing yet. Ends by
   * `signal` (or by leaving the loop); then it returns, it does not throw. The next batch is read
   * only when the reader asks: a slow reader holds nobody up and loses nothing. Where the store is closed
   * meanwhile it throws `store.closed`.
   */
  abstract subscribe(
    options: LogFilter & { readonly after: Position; readonly batchSize?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<SubscriptionBatch>;

  /** The position of the last event, or {@link START}. */
  abstract head(): Promise<Position>;

  /** Waits for appends under way, then lets go of everything. Later calls throw `store.closed`. */
  abstract close(): Promise<void>;
}

/** What reads the log without ever appending: projectors, reactors, the operator's tools. */
export type EventReader = Omit<EventStore, 'append'>;
