// PORT: where documents of views are kept and found. Two adapters sign `testing/read-store.contract.ts`:
// SQLite, MongoDB. The tenant is a required argument of every read: there is no other way to a document.
import type { Position } from '#event-store/event-store.js';
import { defineErrors } from '#kernel/errors.js';
import type { JsonObject } from '#kernel/json.js';
import type { Content, Found } from './document.js';
import type { AnyView, IndexValue, View } from './view.js';

export const readErrors = defineErrors({
  'work.not-parked': { kind: 'missing', title: 'No such work of a reactor is parked.' },
  'read.not-caught-up': {
    kind: 'conflict',
    title: 'The read model has not reached the asked position in time; try again, or accept a stale answer.',
    retryable: true,
  },
  'read.bad-cursor': {
    kind: 'invalid',
    title: 'The cursor is not one of this list, or the list was rebuilt since; leave it out to begin at the first page.',
  },
  'read.build-stopped': {
    kind: 'internal',
    title: 'A build met an event that its view cannot digest, and stopped; the build before it goes on answering.',
  },
  'read.no-build': { kind: 'conflict', title: 'There is no view, build or document of a view with which this can be done here.' },
  'as-of.in-the-future': {
    kind: 'invalid',
    title: 'The instant lies in the future; leave `at` out to ask for the present.',
  },
  'as-of.before-the-first-event': {
    kind: 'missing',
    title: 'Nothing had been recorded then: the moment lies before the first event of the installation.',
  },
  'as-of.too-much': {
    kind: 'invalid',
    title: 'More events would have to be folded for this than one request may ask for; ask for a single thing instead of a list.',
  },
  'read.unavailable': { kind: 'unavailable', title: 'The read model is not built yet.', retryable: true },
});

/**
 * Conditions on one index; members are combined by "and". On a `many` index one and the same value of the
 * document must meet them (`notIn`: none may). Bounds of a range are of one type and find values of that
 * type only. An empty `in` finds nothing. `notIn` finds null too, unless it names it.
 */
export interface Condition {
  readonly equal?: IndexValue;
  readonly in?: readonly IndexValue[];
  readonly notIn?: readonly IndexValue[];
  readonly from?: string | number; // inclusive
  readonly to?: string | number; // exclusive
  readonly prefix?: string;
}

/** All conditions of a group hold; an empty group always holds. */
export type Conditions = Readonly<Record<string, Condition>>;

export interface Query {
  /** All of these hold, … */
  readonly all?: Conditions;
  /** … and at least one of each of these lists (a list of lists of groups: "and" of "or" of "and"). */
  readonly any?: readonly (readonly Conditions[])[];
  /** `one` indexes; null, numbers, texts by code point. The document's key is the last tie-break, in the direction of the last entry. Default: by key. */
  readonly sort?: readonly { readonly index: string; readonly descending?: boolean }[];
  /** The sort values and key of the last row of the page before. */
  readonly after?: { readonly values: readonly IndexValue[]; readonly key: string };
  /** From 1 to {@link MAX_PAGE}. */
  readonly limit: number;
}

/** The most rows of a page, keys of a `getMany`, and values of an `in`. */
export const MAX_PAGE = 1000;

export interface FoundPage<Doc extends JsonObject = JsonObject> {
  readonly rows: readonly Found<Doc>[];
  readonly more: boolean;
  /** The checkpoint under which the page was read. */
  readonly asOf: Position;
}

/** A document as lists show it. */
export interface ShownRow {
  readonly key: string;
  /** What the view's `shown` makes of the document. */
  readonly shown: string;
  /** The values that the list was sorted by; a cursor carries them. */
  readonly values: readonly IndexValue[];
}

export interface ShownPage {
  readonly rows: readonly ShownRow[];
  readonly more: boolean;
  readonly asOf: Position;
}

/** Names a document among those of all tenants. */
export interface DocumentKey {
  readonly tenant: string;
  readonly key: string;
}

/** A document as a projector loads it. An adapter that keeps tombstones answers them with `text` null. */
export interface Loaded extends DocumentKey {
  readonly text: string | null;
  readonly position: Position;
}

/** A change of one document by a batch. `content` null removes it. */
export interface DocumentChange extends DocumentKey {
  /** What was loaded; an adapter that guards per document writes only where an older position stands. */
  readonly loaded: Position | null;
  readonly position: Position;
  readonly content: Content | null;
}

export interface Checkpoint {
  readonly position: Position;
  /** When the last event of the view that was applied occurred, for the lag in seconds; null before the first. */
  readonly occurredAt: string | null;
}

/** An event that a view could not digest; later events of its document wait with it. */
export interface Quarantined extends DocumentKey {
  readonly position: Position;
  readonly eventType: string;
  readonly error: string;
  readonly since: string;
}

/** What one projector hands over at a time. */
export interface Batch {
  /** The checkpoint that it started from. */
  readonly from: Position;
  readonly to: Checkpoint;
  readonly changes: readonly DocumentChange[];
  /** Documents that are set aside from now on: they keep their last good state and are found as `stale`. */
  readonly setAside?: readonly Quarantined[];
  /** Documents whose quarantine ends. */
  readonly restored?: readonly DocumentKey[];
}

/**
 * One partition of one build of a view: what one projector works on. Builds of a view are numbered;
 * several can be of the same version (a rebuild beside itself). A document belongs to the partition
 * that `partitionOf` names.
 */
export interface Build {
  readonly view: AnyView;
  readonly number: number;
  readonly partition: number;
  readonly partitions: number;
}

/** The next stretch of a build in which nothing happened for it. */
export interface Move {
  readonly build: Build;
  readonly epoch: number;
  /** The checkpoint that it starts from. */
  readonly from: Position;
}

export interface BuildState {
  readonly name: string;
  readonly number: number;
  readonly version: number;
  readonly status: 'building' | 'active' | 'retired';
  readonly partitions: number;
  /** The lowest over its partitions. */
  readonly checkpoint: Checkpoint;
}

export abstract class ReadStore {
  /**
   * Makes room for a view. The first build of a view is active at once. Where the newest build is of an
   * older version, or has other indexes, a new one is begun beside it. Otherwise nothing. Idempotent.
   */
  abstract prepare(view: AnyView, partitions?: number): Promise<void>;

  /**
   * Begins another build of a view beside the ones there are; answers its number. What only queries need may be left out
   * until {@link complete}.
   */
  abstract begin(view: AnyView, partitions?: number): Promise<number>;

  /** The document of the active build. @throws `read.unavailable` where there is none. */
  abstract get<Doc extends JsonObject>(view: View<Doc>, tenant: string, key: string): Promise<Found<Doc> | null>;

  /** Those that exist, in any order; at most {@link MAX_PAGE} keys. */
  abstract getMany<Doc extends JsonObject>(
    view: View<Doc>,
    tenant: string,
    keys: readonly string[],
  ): Promise<readonly Found<Doc>[]>;

  /**
   * A page of the active build.
   * @throws Error for an index that the view does not declare; `read.unavailable` for one that the active build has not got yet.
   */
  abstract find<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<FoundPage<Doc>>;

  /** As {@link find}, with what the view's `shown` makes of each document instead of the document. */
  abstract findShown<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<ShownPage>;

  /** How many documents of the active build have each value of a `one` index; it reads that index alone. */
  abstract tally(view: AnyView, tenant: string, index: string): Promise<ReadonlyMap<IndexValue, number>>;

  /** Up to which position the active build of a view answers, over all its partitions. */
  abstract asOf(view: AnyView): Promise<Position>;

  /** Leaves nothing of what was deleted or replaced in any file of the store; takes as long as copying the store. */
  abstract compact(): Promise<void>;

  /** What a projector loads to fold a batch: documents of this very build, whether active or not. Absent ones are left out. */
  abstract load(build: Build, documents: readonly DocumentKey[]): Promise<readonly Loaded[]>;

  abstract checkpoint(build: Build): Promise<Checkpoint>;

  /**
   * Documents and checkpoint of a batch. Documents may be ahead of the checkpoint, never behind, and the
   * same batch again is a no-op. False, with nothing changed that counts, where the lease has another
   * epoch, or the checkpoint is not `from` any more: this projector has lost the build and must stop.
   */
  abstract apply(build: Build, epoch: number, batch: Batch): Promise<boolean>;

  /**
   * Moves the checkpoints of builds that have nothing to write, as {@link apply} does each, in as few steps as the store can.
   * Answers for each, in order, what `apply` would.
   */
  advance(moves: readonly Move[], position: Position): Promise<readonly boolean[]> {
    const to = { position, occurredAt: null };
    return Promise.all(moves.map(({ build, epoch, from }) => this.apply(build, epoch, { from, to, changes: [] })));
  }

  /**
   * Takes or renews the lease on a partition of a build; answers its epoch, or null while another owner
   * holds it. The epoch grows whenever the owner changes or the lease had run out.
   */
  abstract acquire(build: Build, owner: string, now: string, until: string): Promise<number | null>;

  /** Gives the lease back early; only the owner's own. */
  abstract release(build: Build, owner: string): Promise<void>;

  /** All builds of all views that the store has, by name and number. */
  abstract builds(): Promise<readonly BuildState[]>;

  /** How many documents a build has; it may take a moment to count them. */
  abstract count(name: string, number: number): Promise<number>;

  /**
   * Adds what queries need and filling the build was quicker without, such as indexes. The build may move on meanwhile.
   * Idempotent; called before a build that has caught up is activated, so that activating takes no time.
   */
  abstract complete(name: string, number: number): Promise<void>;

  /** Makes this build the one that queries see; the one before becomes `retired` and stays for a rollback. */
  abstract activate(name: string, number: number): Promise<void>;

  /** Removes a build. @throws Error for the active one. */
  abstract drop(name: string, number: number): Promise<void>;

  /** All documents of a build by tenant and key, for comparing and counting. */
  abstract scan(
    name: string,
    number: number,
    after: DocumentKey | null,
    limit: number,
  ): Promise<readonly (Loaded & { readonly text: string })[]>;

  /** By tenant and key. */
  abstract quarantined(name: string, number: number): Promise<readonly Quarantined[]>;

  abstract close(): Promise<void>;
}
