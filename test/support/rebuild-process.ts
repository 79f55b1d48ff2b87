// A process that knows the log and the keys of an installation alone: it folds all views of the catalogue into
// an empty file and prints what came out. Arguments: the data folder, an empty folder, and `planted` for one
// more view, which does what no view may do.
import { join } from 'node:path';
import { events as eventTable } from '#catalogue/events.js';
import { views } from '#catalogue/views.js';
import { Codec } from '#event-store/codec.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { KEYS_FILE } from '#installation/files.js';
import { masterKeyOf } from '#installation/master-key.js';
import { SystemClock } from '#installation/system-clock.js';
import { dumpOf, rebuildInto } from '#read-models/rebuild-into.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { clockView } from './clock-view.js';

const [, , dataFolder = '', emptyFolder = '', planted] = process.argv;
const events = SqliteEventStore.openReader(dataFolder);
const keys = SqliteRecordStore.open(join(dataFolder, KEYS_FILE), { durable: true });
const codec = new Codec(eventTable, new Keyring(keys, masterKeyOf(dataFolder)));
const reads = SqliteReadStore.open(emptyFolder);
const all = planted === 'planted' ? [...views, clockView] : views;
await rebuildInto({ events, reads, decode: (stored) => codec.decode(stored) }, all, new SystemClock());
for await (const line of dumpOf(reads)) process.stdout.write(`${line}\n`);
await Promise.all([reads.close(), keys.close(), events.close()]);
