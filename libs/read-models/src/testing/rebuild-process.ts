// A process that knows the log alone: it folds it into an empty file and prints what came out.
// Arguments: the folder of the log, an empty folder, and `clock` for a view that reads the clock.
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { dumpOf, rebuildInto } from '../rebuild-into.js';
import { SqliteReadStore } from '../sqlite.read-store.js';
import { decodeTallies, tallyView } from './tallies.js';
import { clockView } from './clock-view.js';

const [, , logFolder = '', emptyFolder = '', planted] = process.argv;
const events = SqliteEventStore.openReader(logFolder);
const reads = SqliteReadStore.open(emptyFolder);
const view = planted === 'clock' ? clockView : tallyView();
await rebuildInto({ events, reads, decode: decodeTallies }, [view], { now: () => new Date().toISOString() });
for await (const line of dumpOf(reads)) process.stdout.write(`${line}\n`);
await reads.close();
await events.close();
