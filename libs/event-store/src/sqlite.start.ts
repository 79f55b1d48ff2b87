// What is checked before the event log is opened for writing: that the file is ours and whole as far as
// that can be seen in a moment. The rest is found on reading, or by `checkEventsFile`.
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { createEventsFile, EVENTS_FILE, openForWriting } from './sqlite.events-file.js';
import { sqliteDamage, sqliteRefusal } from './sqlite.file.js';
import { eventDamage } from './sqlite.check-file.js';
import { COLUMNS, type Row } from './sqlite.rows.js';
import { walDamage } from './sqlite.wal-check.js';
import { sync } from './sync.js';

/** Where a crash or a truncated file shows first. */
const TAIL = 100;
/** How long a start waits for readers of other processes, such as a backup. */
const RENEWAL_MS = 500;

/**
 * Makes or checks the log of `folder`, and answers its path.
 * @throws `store.damaged`, `store.newer-format`, `store.read-only`, `store.full`, `store.failed`.
 */
export function checkAtStart(folder: string): string {
  let file = join(folder, EVENTS_FILE);
  try {
    file = join(realpathSync(folder), EVENTS_FILE);
    createEventsFile(file);
    // Before SQLite opens the file: it would drop what it cannot read.
    const wal = walDamage(`${file}-wal`);
    if (wal) throw sqliteDamage(`${file}-wal`, `${wal}. To go on without the last events, move this file away`);
    syncIfThere(`${file}-wal`);
    const db = openForWriting(file, true);
    try {
      checkTail(db, file);
      renew(db);
    } finally {
      db.close();
    }
    return file;
  } catch (error) {
    throw sqliteRefusal(error, file);
  }
}

/**
 * A writer that was killed may have written a commit and not synced it. From now on it is seen, and a retry is told
 * that it has been done: so it is made durable first.
 */
function syncIfThere(file: string): void {
  if (existsSync(file)) sync(file);
}

/**
 * After a sync that failed, the system takes for clean what may never have reached the disk. Written anew, into the
 * file, it does; and the write-ahead log begins afresh. A reader of another process may be in the way of that.
 */
function renew(db: Database): void {
  db.pragma(`busy_timeout = ${RENEWAL_MS}`);
  db.pragma('wal_checkpoint(TRUNCATE)');
}

function checkTail(db: Database, file: string): void {
  const rows = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM events ORDER BY pos DESC LIMIT ?`).raw().all(TAIL);
  const at = db.prepare<[string, number], number>('SELECT pos FROM events WHERE stream = ? AND revision = ?').pluck();
  const last = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'events'").pluck().get() ?? 0;
  const pos = rows[0]?.[0] ?? 0;
  if (last !== pos) throw sqliteDamage(file, `the last event is ${pos}, but ${last} was given out`);
  for (const row of rows) {
    const [, stream, revision] = row;
    const wrong = eventDamage(row);
    if (wrong) throw sqliteDamage(file, wrong);
    const before = revision === 0 ? 0 : at.get(stream, revision - 1);
    if (before === undefined || before >= row[0]) {
      throw sqliteDamage(file, `${stream} has revision ${revision} at ${row[0]}, but not the one before it`);
    }
  }
}
