// PORT: where documents of views are kept and found. Two adapters sign `testing/read-store.contract.ts`:
// SQLite, MongoDB. The tenant is a required argument of every read: there is no other way to a document.
import type { Position } from '#event-store/event-store.js';
import { defineErrors } from '#kernel/errors.js';
import type { JsonObject } from '#kernel/json.js';
import type { IndexValue, View } from './view.js';

export const readErrors = defineErrors({
  'read.not-caught-up': {
    kind: 'conflict',
    title: 'The read model has not reached the asked position in time; try again, or accept a stale answer.',
    retryable: true,
  },
  'read.bad-cursor': { kind: 'invalid', title: 'The cursor is not one of this list, or the list was rebuilt since.' },
  'read.unavailable': { kind: 'unavailable', title: 'The read model is not built yet.', retryable: true },
});

/** A document as it is found. */
export interface Found<Doc extends JsonObject = JsonObject> {
  readonly key: string;
  readonly doc: Doc;
  /** Of the last event that changed it. */
  readonly position: Position;
}

/** Conditions on one index; members are combined by "and". Ranges compare as SQLite and MongoDB both do: null < numbers < text by code point. */
export interface Condition {
  readonly equal?: IndexValue;
  readonly in?: readonly IndexValue[];
  readonly notIn?: readonly IndexValue[];
  readonly from?: IndexValue; // inclusive
  readonly to?: IndexValue; // exclusive
  readonly prefix?: string;
}

/** All conditions of a group hold. */
export type Conditions = Readonly<Record<string, Condition>>;

export interface Query {
  /** All of these hold, … */
  readonly all?: Conditions;
  /** … and at least one of each of these lists (a list of lists of groups: "and" of "or" of "and"). */
  readonly any?: readonly (readonly Conditions[])[];
  /** `one` indexes; the document's key is the last tie-break, in the direction of the last entry. Default: by key. */
  readonly sort?: readonly { readonly index: string; readonly descending?: boolean }[];
  /** The sort values and key of the last row of the page before. */
  readonly after?: { readonly values: readonly IndexValue[]; readonly key: string };
  readonly limit: number;
}

export interface FoundPage<Doc extends JsonObject = JsonObject> {
  readonly rows: readonly (Found<Doc> & { readonly values: readonly IndexValue[] })[];
  readonly more: boolean;
  /** The checkpoint under which the page was read. */
  readonly asOf: Position;
}

/** A change of one document by a batch. `doc` null removes it. */
export interface DocumentChange {
  readonly tenant: string;
  readonly key: string;
  /** What was loaded; an adapter that guards per document refuses the write where another position stands. */
  readonly loaded: Position | null;
  readonly position: Position;
  readonly doc: JsonObject | null;
}

export interface Checkpoint {
  readonly position: Position;
  /** When the last applied event occurred, for the lag in seconds; null before the first. */
  readonly occurredAt: string | null;
}

/** One version of a view, and one partition of it: what one projector works on. */
export interface Build {
  readonly view: View;
  readonly partition: number;
}

export interface BuildState {
  readonly name: string;
  readonly version: number;
  readonly status: 'building' | 'active' | 'retired';
  readonly checkpoint: Position;
  readonly documents: number;
}

/** An event that a view could not digest, and the documents that wait with it. */
export interface Quarantined {
  readonly tenant: string;
  readonly key: string;
  readonly position: Position;
  readonly eventType: string;
  readonly error: string;
  readonly since: string;
}

export abstract class ReadStore {
  /** Makes room for a version of a view (tables, indexes). Idempotent. `building` until switched, unless it is the first: then `active`. */
  abstract prepare(view: View): Promise<void>;

  /** The document of the active version. */
  abstract get<Doc extends JsonObject>(view: View<Doc>, tenant: string, key: string): Promise<Found<Doc> | null>;

  /** Those that exist, in any order; at most 1,000 keys. */
  abstract getMany<Doc extends JsonObject>(view: View<Doc>, tenant: string, keys: readonly string[]): Promise<readonly Found<Doc>[]>;

  /** A page of the active version. @throws Error for an index that the view does not declare. */
  abstract find<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<FoundPage<Doc>>;

  /** Up to which position the active version of a view answers, over all its partitions. */
  abstract asOf(view: View): Promise<Position>;

  /** What a projector loads to fold a batch: documents of this very version, whether active or not. */
  abstract load(build: Build, documents: readonly { readonly tenant: string; readonly key: string }[]): Promise<readonly (Found & { readonly tenant: string })[]>;

  abstract checkpoint(build: Build): Promise<Checkpoint>;

  /**
   * Documents and checkpoint of a batch. Documents may be ahead of the checkpoint, never behind, and the
   * same batch again is a no-op. False, with nothing changed that counts, where the lease has a newer
   * epoch or the checkpoint is not `from` any more: this projector has lost the view and must stop.
   */
  abstract apply(build: Build, epoch: number, from: Position, to: Checkpoint, changes: readonly DocumentChange[]): Promise<boolean>;

  /** Takes or renews the lease on a build; answers its epoch, or null while another owner holds it. */
  abstract acquire(build: Build, owner: string, now: string, until: string): Promise<number | null>;

  abstract release(build: Build, owner: string): Promise<void>;

  /** All versions of all views that the store has. */
  abstract builds(): Promise<readonly BuildState[]>;

  /** Makes this version the one that queries see; the one before stays for a rollback as `retired`. */
  abstract activate(name: string, version: number): Promise<void>;

  /** Removes a version that is not active, or empties a building one so that it starts over. */
  abstract drop(name: string, version: number): Promise<void>;

  /** All documents of a version in the order of tenant and key, for comparing and counting. */
  abstract scan(name: string, version: number, after: { readonly tenant: string; readonly key: string } | null, limit: number): Promise<readonly { readonly tenant: string; readonly key: string; readonly text: string; readonly position: Position }[]>;

  /** Puts a document aside: it keeps its last good state and is flagged until it is retried. */
  abstract quarantine(build: Build, entry: Quarantined): Promise<void>;

  abstract quarantined(name: string, version: number): Promise<readonly Quarantined[]>;

  abstract endQuarantine(build: Build, tenant: string, key: string): Promise<void>;

  abstract close(): Promise<void>;
}
