// CONTRACT: what every adapter of `ReadStore` keeps. An adapter's spec calls it and adds its own.
import { afterEach, beforeEach, describe } from '@jest/globals';
import { buildsContract } from './builds.contract.js';
import { documentsContract } from './documents.contract.js';
import { listsContract } from './lists.contract.js';
import { plainView, type StoreUnderTest } from './plain-things.js';

/** `open` gives a store over empty data each time. */
export function readStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`ReadStore: ${name}`, () => {
    let opened: StoreUnderTest;

    beforeEach(async () => {
      opened = await open();
      await opened.store.prepare(plainView());
    });
    afterEach(() => opened.dispose());

    documentsContract(() => opened);
    listsContract(() => opened);
    buildsContract(() => opened);
  });
}
