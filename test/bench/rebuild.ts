// How fast the list of licenses is built from the log of a folder, in an empty file beside it.
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { events as eventTable } from '#catalogue/events.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { KEYS_FILE } from '#installation/files.js';
import { masterKeyOf } from '#installation/master-key.js';
import { SystemClock } from '#installation/system-clock.js';
import { licenseView } from '#licensing/license.view.js';
import { rebuildInto } from '#read-models/rebuild-into.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';

/** Events of the view's categories per second, from reading the log to documents in the file. */
export async function measureRebuild(dataFolder: string): Promise<{ events: number; perSecond: number }> {
  const empty = mkdtempSync(join(dirname(dataFolder), 'kl-rebuild-'));
  const events = SqliteEventStore.openReader(dataFolder);
  const keys = SqliteRecordStore.open(join(dataFolder, KEYS_FILE), { durable: true });
  const codec = new Codec(eventTable, new Keyring(keys, masterKeyOf(dataFolder)));
  const reads = SqliteReadStore.open(empty);
  let count = 0;
  try {
    const decode: typeof codec.decode = async (stored) => {
      count += stored.length;
      return codec.decode(stored);
    };
    const start = performance.now();
    await rebuildInto({ events, reads, decode }, [licenseView], new SystemClock());
    return { events: count, perSecond: (count / (performance.now() - start)) * 1000 };
  } finally {
    await Promise.all([reads.close(), keys.close(), events.close()]);
    rmSync(empty, { recursive: true, force: true });
  }
}
