// CONTRACT of RecordStore: every adapter's spec runs it, and it alone says what an adapter must do.
import { afterEach, beforeEach, describe } from '@jest/globals';
import type { RecordStore } from '../record-store.js';
import { leaseContract } from './lease.contract.js';
import { recordsContract } from './records.contract.js';
import { workContract } from './work.contract.js';

/**
 * Runs the contract against an adapter. `open` makes an empty store for each case; the suite closes it.
 */
export function recordStoreContract(name: string, open: () => RecordStore | Promise<RecordStore>): void {
  describe(`${name} keeps the contract of RecordStore`, () => {
    let store: RecordStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    recordsContract(() => store);
    workContract(() => store, open);
    leaseContract(() => store, open);
  });
}
