import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore } from './sqlite.event-store.js';
import { eventStoreContract } from './testing/event-store.contract.js';
import type { OpenedStore } from './testing/opened-store.js';

async function open(): Promise<OpenedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'events-'));
  const opened = {
    store: await SqliteEventStore.open(folder),
    async reopen() {
      await opened.store.close();
      opened.store = await SqliteEventStore.open(folder);
      return opened.store;
    },
    async dispose() {
      await opened.store.close();
      rmSync(folder, { recursive: true });
    },
  };
  return opened;
}

eventStoreContract('SqliteEventStore', open);
