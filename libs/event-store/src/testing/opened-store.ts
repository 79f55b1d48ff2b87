import type { EventStore } from '../event-store.js';

/** An opened store, and what a test may do with the place where it keeps its events. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Closes the store and opens it again on the same events. */
  reopen(): Promise<EventStore>;
  /** Closes the store if it is open, and removes its events. */
  dispose(): Promise<void>;
}

/** Gives the store under test to a case. */
export type StoreUnderTest = () => EventStore;
