// CONTRACT of EventStore: every adapter's spec runs it, and it alone says what an adapter must do.
import { afterAll, beforeAll, describe } from '@jest/globals';
import type { EventStore } from '../event-store.js';
import { appendContract } from './append.contract.js';
import { lifeContract } from './life.contract.js';
import { readContract } from './read.contract.js';
import { retryContract } from './retry.contract.js';
import { subscribeContract } from './subscribe.contract.js';

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

/**
 * Runs the contract against an adapter. Cases share one store, as tenants do: each works in a tenant of
 * its own. `open` makes an empty one.
 */
export function eventStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the contract of EventStore`, () => {
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.dispose());

    const store: StoreUnderTest = () => opened.store;
    appendContract(store);
    retryContract(store);
    readContract(store);
    subscribeContract(store);
    lifeContract(open);
  });
}
