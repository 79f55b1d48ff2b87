// What the store and its writer thread say to each other. Plain data: it is copied between threads.
import type { AppendResult, ExpectedState, storeErrors } from './event-store.js';

/** A refusal of {@link storeErrors}, as data. */
export interface StoreRefusal {
  readonly code: keyof typeof storeErrors.table;
  readonly detail: string;
}

export interface WriterData {
  readonly file: string;
  /** The BroadcastChannel on which each commit is announced. */
  readonly channel: string;
  /** Each commit is on the disk before it is answered. */
  readonly durable: boolean;
  readonly maxPages: number | undefined;
}

export interface EventMessage {
  readonly eventId: string;
  readonly type: string;
  readonly data: string;
  /** JSON of the flat metadata. */
  readonly metadata: string;
}

export interface WriteMessage {
  readonly stream: string;
  readonly expected: ExpectedState;
  readonly events: readonly EventMessage[];
}

export interface AppendMessage {
  readonly id: number;
  readonly writes: readonly WriteMessage[];
}

/** To the thread: the appends of one turn of the event loop, or the wish that it ends. */
export type ToWriter = readonly AppendMessage[] | 'close';

export type Outcome =
  | { readonly kind: 'appended'; readonly result: AppendResult }
  | {
      readonly kind: 'conflict';
      readonly stream: string;
      readonly expected: ExpectedState;
      readonly actual: number | 'no-stream';
    }
  | { readonly kind: 'mistake'; readonly message: string }
  | { readonly kind: 'refused'; readonly refusal: StoreRefusal };

export interface Answer {
  readonly id: number;
  readonly outcome: Outcome;
}

/** From the thread: it serves, it cannot, the outcomes of a commit, or that nothing can be appended any more. */
export type FromWriter = 'ready' | { readonly cannotOpen: StoreRefusal } | readonly Answer[] | { readonly broken: StoreRefusal };
