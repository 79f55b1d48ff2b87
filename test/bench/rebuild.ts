// Builds the views of a folder from its log alone, and measures it for the list of licenses.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { events as eventTable } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { KEYS_FILE } from '#installation/files.js';
import { masterKeyOf } from '#installation/master-key.js';
import { SystemClock } from '#installation/system-clock.js';
import { licenseView } from '#licensing/license.view.js';
import { rebuildInto } from '#read-models/rebuild-into.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { VIEWS_FILE } from '#read-models/sqlite.schema.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';

export interface Rebuilt {
  /** That the list of licenses was folded from, in so many milliseconds, from reading the log to its last index. */
  readonly events: number;
  readonly ms: number;
}

/** Throws the views of a folder away and builds them anew, one after the other. Nobody else has the folder open. */
export async function rebuildViews(folder: string, progress: (view: string, ms: number) => void): Promise<Rebuilt> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, VIEWS_FILE + suffix), { force: true });
  const events = SqliteEventStore.openReader(folder);
  const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true });
  const codec = new Codec(eventTable, new Keyring(keys, masterKeyOf(folder)));
  const reads = SqliteReadStore.open(folder);
  const licenses = { events: 0, ms: 0 };
  try {
    for (const view of views) {
      let count = 0;
      const decode: typeof codec.decode = async (stored) => {
        count += stored.length;
        return codec.decode(stored);
      };
      const start = performance.now();
      await rebuildInto({ events, reads, decode }, [view], new SystemClock());
      const ms = performance.now() - start;
      progress(view.name, ms);
      if (view.name === licenseView.name) Object.assign(licenses, { events: count, ms });
    }
    return licenses;
  } finally {
    await Promise.all([reads.close(), keys.close(), events.close()]);
  }
}
