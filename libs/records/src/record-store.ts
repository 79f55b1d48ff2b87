// PORT: operational state that is neither an event nor a view: idempotency results, one-time tokens,
// leases, due work, rate limits, wrapped keys. Two adapters sign `testing/record-store.contract.ts`.
import type { Json } from '#kernel/json.js';

/** A record. `version` starts at 1 and grows by one with each write. */
export interface Entry<T = Json> {
  readonly key: string;
  readonly value: T;
  readonly version: number;
  /** ISO 8601, UTC, milliseconds. From then on the record is as good as gone, whether swept or not. */
  readonly expiresAt?: string;
}

export interface PutOptions {
  readonly expiresAt?: string;
  /** Write only if the record has this version; 0 = only if there is none (an expired one counts as none). */
  readonly expectedVersion?: number;
  /** Durable when answered, however the adapter was opened: for what an event will refer to. */
  readonly durable?: boolean;
}

export interface ListOptions {
  readonly prefix?: string;
  /** A key with the prefix; the list goes on behind it in its own direction. */
  readonly after?: string;
  /** Default 100. */
  readonly limit?: number;
  /** From the last key to the first. */
  readonly descending?: boolean;
}

/** The most keys that `getMany` takes. */
export const MAX_KEYS = 1_000;

/** A piece of due work as a claimer gets it. */
export interface ClaimedWork<T = Json> {
  readonly key: string;
  readonly value: T;
  /** How often it was claimed, this time included. */
  readonly attempt: number;
  /**
   * Grows with each claim, also over the lives of a key that is completed and scheduled again. Good for
   * one answer; an answer under an older or a spent token changes nothing.
   */
  readonly token: number;
}

export interface ParkedWork<T = Json> {
  readonly key: string;
  readonly value: T;
  readonly attempt: number;
  readonly error: string;
  readonly parkedAt: string;
}

/**
 * Records live in spaces (`idempotency`, `setup`, …), each a map from key to JSON value. Instants come
 * in as arguments; the store reads no clock. Every write is atomic by itself, and durable when answered
 * where the adapter was opened as durable.
 */
export abstract class RecordStore {
  abstract get<T extends Json = Json>(space: string, key: string, now: string): Promise<Entry<T> | null>;

  /** Those that exist and are not expired, in any order. @throws Error for more than {@link MAX_KEYS} keys. */
  abstract getMany<T extends Json = Json>(space: string, keys: readonly string[], now: string): Promise<readonly Entry<T>[]>;

  /** The new version, or null where `expectedVersion` did not hold (nothing written then). */
  abstract put(space: string, key: string, value: Json, now: string, options?: PutOptions): Promise<number | null>;

  /**
   * Whether a record was there (and had the expected version). One that is expired and not yet swept may
   * count as there: whoever takes something that expires, gets it first and deletes that version.
   */
  abstract delete(space: string, key: string, options?: { readonly expectedVersion?: number }): Promise<boolean>;

  /** In the order of the bytes of the keys, those that begin with `prefix`, after `after` (exclusive); see {@link ListOptions}. */
  abstract list<T extends Json = Json>(space: string, now: string, options?: ListOptions): Promise<readonly Entry<T>[]>;

  /**
   * Adds to a counter (made with 0 where absent or expired; `expiresAt` is then set) and answers the sum.
   * A counter is a record whose value is a number. @throws Error where the value is something else.
   */
  abstract increment(space: string, key: string, by: number, now: string, expiresAt?: string): Promise<number>;

  /**
   * Deletes every record, of all spaces but those named, whose key or value holds this text; answers how many. For the
   * id of a person who is to be forgotten: it reads the whole store.
   */
  abstract deleteNaming(text: string, keep: readonly string[]): Promise<number>;

  /** Leaves nothing of what was deleted or replaced in any file of the store; takes as long as copying the store. */
  abstract compact(): Promise<void>;

  /** Removes up to `limit` expired records; answers how many. */
  abstract sweep(now: string, limit?: number): Promise<number>;

  /** Schedules work; the same key again moves nothing while it is waiting, claimed or parked. Whether it was new. */
  abstract schedule(queue: string, key: string, value: Json, dueAt: string): Promise<boolean>;

  /**
   * Claims, until `leaseUntil`, up to `limit` pieces of work that are due and that nobody holds at `now`;
   * those that have been ready for longest come first.
   */
  abstract claim<T extends Json = Json>(
    queue: string,
    now: string,
    leaseUntil: string,
    limit: number,
  ): Promise<readonly ClaimedWork<T>[]>;

  /** The work is done and forgotten. False where the token is not the newest or is spent, here and below. */
  abstract complete(queue: string, key: string, token: number): Promise<boolean>;

  /** Try again at `dueAt`. */
  abstract retryLater(queue: string, key: string, token: number, dueAt: string, error: string): Promise<boolean>;

  /** Given up until somebody asks for it again. */
  abstract park(queue: string, key: string, token: number, error: string, now: string): Promise<boolean>;

  /** Parked work in the order of the bytes of the keys. Default limit 100. */
  abstract parked<T extends Json = Json>(
    queue: string,
    options?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly ParkedWork<T>[]>;

  /** Makes parked work due again with its attempts forgotten. Whether it was parked. */
  abstract unpark(queue: string, key: string, dueAt: string): Promise<boolean>;

  /** How much work is waiting (claimed or not) and parked. */
  abstract workCounts(queue: string): Promise<{ readonly waiting: number; readonly parked: number }>;

  /**
   * Takes or renews a lease; answers its epoch, or null while somebody else holds it. The epoch grows
   * whenever the owner changes, or the lease had run out or was given back; it never falls.
   */
  abstract acquireLease(name: string, owner: string, now: string, until: string): Promise<number | null>;

  /** Gives a lease back early; only the owner's own. */
  abstract releaseLease(name: string, owner: string): Promise<void>;

  /** Lets go of everything. Later calls throw `store.closed`. */
  abstract close(): Promise<void>;
}
