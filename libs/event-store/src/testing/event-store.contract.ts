// CONTRACT of EventStore: every adapter's spec runs it, and it alone says what an adapter must do.
import { afterAll, beforeAll, describe } from '@jest/globals';
import { appendContract } from './append.contract.js';
import { lifeContract } from './life.contract.js';
import type { OpenedStore, StoreUnderTest } from './opened-store.js';
import { readContract } from './read.contract.js';
import { retryContract } from './retry.contract.js';
import { subscribeContract } from './subscribe.contract.js';

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
