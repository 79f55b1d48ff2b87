// The file of the event log: its format, how it comes into being, how it is opened.
import type { Database } from 'better-sqlite3';
import { renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSqlite, sqliteDamage, type SqliteFormat } from './sqlite.file.js';
import { sync } from './sync.js';

/** The name of the event log in the data folder. */
export const EVENTS_FILE = 'events.db';

// `category` and `tenant` are computed from the name, so that they cannot disagree with it. Nothing is
// ever deleted; AUTOINCREMENT keeps a position from being given twice even if somebody does.
export const eventsFormat: SqliteFormat = {
  applicationId: 0x4b4c4556, // "KLEV"
  migrations: [
    `CREATE TABLE events (
       pos      INTEGER PRIMARY KEY AUTOINCREMENT,
       stream   TEXT    NOT NULL,
       revision INTEGER NOT NULL,
       event_id BLOB    NOT NULL UNIQUE,
       type     TEXT    NOT NULL,
       data     TEXT    NOT NULL,
       metadata TEXT    NOT NULL,
       category TEXT    AS (substr(stream, 1, instr(stream, '-') - 1)) VIRTUAL,
       tenant   TEXT    AS (substr(stream, instr(stream, '-') + 1, instr(stream, '~') - instr(stream, '-') - 1)) VIRTUAL,
       UNIQUE (stream, revision)
     ) STRICT;
     CREATE INDEX events_by_category ON events (category);
     CREATE INDEX events_by_tenant ON events (tenant);`,
  ],
};

/** Pages of the write-ahead log after which a commit folds them into the file: 16 MiB. */
const CHECKPOINT_PAGES = 4_000;

/** Pages that a connection keeps: all connections of a server together keep 56 MiB, and the system keeps the rest. */
const WRITER_CACHE_KIB = 16 * 1024;
const READER_CACHE_KIB = 8 * 1024;

/**
 * Makes the file if it is missing, under another name first, so that a crash never leaves half a file:
 * an empty one is damage then, though SQLite takes it for a new database.
 */
export function createEventsFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.size === 0) throw sqliteDamage(file, 'the file is empty');
  if (found) return;
  if (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size)
    throw sqliteDamage(file, 'the file is gone, its -wal file is there');
  const draft = `${file}.new`;
  for (const leftover of [draft, `${draft}-wal`, `${draft}-shm`]) rmSync(leftover, { force: true });
  openSqlite(draft, eventsFormat, { durable: true }).close();
  renameSync(draft, file);
  sync(dirname(file));
}

/** For the one writer. */
export function openForWriting(file: string, durable: boolean, maxPages?: number): Database {
  const db = openSqlite(file, eventsFormat, { durable });
  db.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  if (maxPages !== undefined) db.pragma(`max_page_count = ${maxPages}`);
  return db;
}

/** For one of the readers; it sees each commit as soon as that is done, and holds up nobody. */
export function openForReading(folder: string): Database {
  const db = openSqlite(join(folder, EVENTS_FILE), eventsFormat, { durable: true, readonly: true });
  db.pragma(`cache_size = -${READER_CACHE_KIB}`);
  return db;
}
