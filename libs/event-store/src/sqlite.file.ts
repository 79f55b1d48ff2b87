// Opens a SQLite file of the product, for all three adapters: settings, format check, and what its errors mean.
import { closeSync, existsSync, openSync } from 'node:fs';
import type { Database as SqliteDatabase } from 'better-sqlite3';
import { DomainError } from '#kernel/errors.js';
import { storeErrors } from './event-store.js';
import { Database } from './sqlite.driver.js';

export interface SqliteFormat {
  /** Stands in the file's header, so that one kind of file is never taken for another. 32 bits. */
  readonly applicationId: number;
  /** What makes a file of each version out of one of the version before; the first makes a new file. */
  readonly migrations: readonly string[];
}

export interface SqliteOptions {
  /** Each commit is on the disk before it is answered; otherwise the last ones may be lost with the power. */
  readonly durable: boolean;
  /** Opens an existing file for reading; never creates or migrates. */
  readonly readonly?: boolean;
}

/**
 * Opens or creates the file (mode 0600), in WAL mode, and brings it to the newest format.
 *
 * @throws `store.newer-format`, `store.damaged` (also for a file that is not of this kind),
 * `store.read-only`, `store.full`, `store.locked`, `store.failed`.
 */
export function openSqlite(file: string, format: SqliteFormat, options: SqliteOptions): SqliteDatabase {
  let db: SqliteDatabase | undefined;
  try {
    // SQLite would create it readable by everybody; its -wal and -shm take over the mode of the file. An
    // existing file is not opened here: closing it again would drop the locks that other connections of
    // this process hold on it (https://www.sqlite.org/howtocorrupt.html §2.2).
    if (!options.readonly && !existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    db = new Database(file, { fileMustExist: true, readonly: options.readonly ?? false, timeout: BUSY_MS });
    checkFormat(db, file, format);
    if (!options.readonly) {
      configure(db, options.durable);
      // SQLite opens a file that it may not write for reading, and says so at the first write only.
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      migrate(db, format);
    }
    return db;
  } catch (error) {
    db?.close();
    throw sqliteRefusal(error, file);
  }
}

/**
 * A limit that is bound to a statement. As a bare parameter it is looked at by the planner, so that SQLite
 * prepares the statement again each time it is bound: 10 µs where the read itself takes 3.
 */
export const LIMIT = 'LIMIT ? + 0';

/** How long a statement waits for a lock of another connection. */
const BUSY_MS = 5_000;
/** How often, and how far apart, emptying the log is tried while others read it or carry it over. */
const EMPTYINGS = 600;
const BETWEEN_MS = 50;

/**
 * Leaves nothing of what was deleted in the file or its write-ahead log. Deleting overwrites what it frees, but a page
 * that was rebalanced can hold a copy: the file is written anew, and the log emptied.
 * @throws Error where others hold the log for half a minute.
 */
export async function compactSqlite(db: SqliteDatabase): Promise<void> {
  // In a file, not in memory: it takes as much room as the database itself. SQLite has unlinked it before it writes.
  db.pragma('temp_store = FILE');
  db.exec('VACUUM');
  db.pragma('temp_store = MEMORY');
  for (let tries = 1; ; tries++) {
    if (emptied(db)) return;
    if (tries === EMPTYINGS) throw new Error('the write-ahead log is held by others, so that it could not be emptied');
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
}

/** Whether the log could be emptied; this does not wait for others, which would hold up the whole thread. */
function emptied(db: SqliteDatabase): boolean {
  db.pragma('busy_timeout = 0');
  try {
    const [{ busy }] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ readonly busy: number }];
    return busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${BUSY_MS}`);
  }
}

/** Opens an existing file of any of our formats for reading, for as long as `work` takes. */
export function openForCheck<T>(file: string, work: (db: SqliteDatabase) => T): T {
  const db = new Database(file, { fileMustExist: true, readonly: true, timeout: 5_000 });
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Opens a file for the sake of its lock, and holds that until the connection is closed or the process ends. */
export function openLockFile(file: string): SqliteDatabase {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkFormat(db: SqliteDatabase, file: string, format: SqliteFormat): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  const applicationId = db.pragma('application_id', { simple: true }) as number;
  const isNew = version === 0 && applicationId === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (!isNew && applicationId !== format.applicationId) {
    storeErrors.refuse('store.damaged', `${file} is not the file that its name says; put the right one in its place`);
  }
  if (version > format.migrations.length) {
    storeErrors.refuse(
      'store.newer-format',
      `${file} has format ${version}, this version of the product knows up to ${format.migrations.length}; start the newer version`,
    );
  }
}

function configure(db: SqliteDatabase, durable: boolean): void {
  db.pragma('journal_mode = WAL');
  db.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
  // macOS: without it a sync may stop at the drive's own cache. No effect elsewhere.
  if (durable) db.pragma('fullfsync = ON');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('temp_store = MEMORY');
  // What is deleted (a key, a person's data) is overwritten, not left in a free page.
  db.pragma('secure_delete = ON');
}

function migrate(db: SqliteDatabase, format: SqliteFormat): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version === format.migrations.length) return;
  db.transaction(() => {
    for (const migration of format.migrations.slice(version)) db.exec(migration);
    db.pragma(`application_id = ${format.applicationId}`);
    db.pragma(`user_version = ${format.migrations.length}`);
  }).immediate();
}

const CODES: Readonly<Record<string, keyof typeof storeErrors.table>> = {
  SQLITE_FULL: 'store.full',
  ENOSPC: 'store.full',
  EDQUOT: 'store.full',
  SQLITE_READONLY: 'store.read-only',
  SQLITE_CANTOPEN: 'store.read-only',
  SQLITE_PERM: 'store.read-only',
  EACCES: 'store.read-only',
  EPERM: 'store.read-only',
  EROFS: 'store.read-only',
  SQLITE_CORRUPT: 'store.damaged',
  SQLITE_NOTADB: 'store.damaged',
  SQLITE_BUSY: 'store.locked',
  SQLITE_IOERR: 'store.failed',
  ENOENT: 'store.failed',
  ENOTDIR: 'store.read-only',
  EEXIST: 'store.read-only',
  EISDIR: 'store.read-only',
  EMFILE: 'store.failed',
};

const RESTORE = 'Stop the server, copy the folder away, and restore the last backup';
const ADVICE: Partial<Record<keyof typeof storeErrors.table, string>> = {
  'store.full': 'Free some space; the server goes on by itself',
  'store.read-only': 'The user of the server must own the folder and be able to write in it',
  'store.damaged': RESTORE,
  'store.locked': 'Close the other program that holds the file',
};

/** What an error of SQLite or of the file system means, in the words of the product. Others pass through unchanged. */
export function sqliteRefusal(error: unknown, file: string): unknown {
  // Not by `instanceof`: an error of Node's own comes from another realm where code runs in a VM context.
  const { code: raw, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (error instanceof DomainError || typeof raw !== 'string') return error;
  // Extended codes add to the primary one: SQLITE_IOERR_WRITE, SQLITE_CORRUPT_INDEX …
  const code = CODES[raw] ?? CODES[raw.split('_').slice(0, 2).join('_')];
  if (code === undefined) return error;
  const advice = ADVICE[code];
  return storeErrors.error(code, `${file}: ${String(message)} (${raw})${advice ? `. ${advice}` : ''}`, { cause: raw });
}

/** `store.damaged` for what SQLite itself takes for sound. `what` completes "<file>: …". */
export function sqliteDamage(file: string, what: string): DomainError {
  return storeErrors.error('store.damaged', `${file}: ${what}. ${RESTORE}`);
}
