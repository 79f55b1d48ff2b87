// The file of the read models: how it is opened, its bookkeeping tables, and the tables of a build.
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { DomainError } from '#kernel/errors.js';
import { readErrors } from './read-store.js';
import type { ViewShape } from './view.js';

export const VIEWS_FILE = 'views.db';
const APPLICATION_ID = 0x4b4c5657; // "KLVW"
const FORMAT = 1;

export interface SqliteReadStoreOptions {
  /** The most pages of 4 KiB that the file may have; without it, the disk is the limit. */
  readonly maxPages?: number;
}

/** Opens the file, making it where there is none. @throws `read.damaged`, `read.newer-format`, `read.read-only`, `read.full`. */
export function openViewsFile(folder: string, options: SqliteReadStoreOptions = {}): Database.Database {
  return guarded(() => {
    const db = new Database(join(folder, VIEWS_FILE));
    try {
      setUp(db, options);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens the file for queries only. It has been made before by {@link openViewsFile}. */
export function openViewsFileForReading(folder: string): Database.Database {
  return guarded(() => {
    const db = new Database(join(folder, VIEWS_FILE), { readonly: true, fileMustExist: true });
    db.pragma('query_only = ON');
    db.pragma('mmap_size = 268435456');
    return db;
  });
}

function setUp(db: Database.Database, options: SqliteReadStoreOptions): void {
  const format = db.pragma('user_version', { simple: true }) as number;
  const application = db.pragma('application_id', { simple: true }) as number;
  if (application !== 0 && application !== APPLICATION_ID) readErrors.refuse('read.damaged', `${VIEWS_FILE} is a file of another program.`);
  if (format > FORMAT) readErrors.refuse('read.newer-format');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL'); // what a power loss takes is built again from the events
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 4000');
  if (options.maxPages) db.pragma(`max_page_count = ${Math.trunc(options.maxPages)}`);
  if (format === FORMAT) return;
  db.transaction(() => {
    db.exec(BOOKKEEPING);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${FORMAT}`);
  }).immediate();
}

const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS builds (
    name TEXT NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL,
    partitions INTEGER NOT NULL, shape TEXT NOT NULL, PRIMARY KEY (name, number)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS builds_active ON builds (name) WHERE status = 'active';
  CREATE TABLE IF NOT EXISTS partitions (
    name TEXT NOT NULL, number INTEGER NOT NULL, partition INTEGER NOT NULL,
    position TEXT NOT NULL, occurred_at TEXT,
    owner TEXT, epoch INTEGER NOT NULL DEFAULT 0, leased_until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name, number, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS quarantine (
    name TEXT NOT NULL, number INTEGER NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL,
    position TEXT NOT NULL, event_type TEXT NOT NULL, error TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (name, number, tenant, key)
  ) STRICT, WITHOUT ROWID;
`;

/** Tables of a build, quoted for SQL. Names of views and indexes are checked where a view is declared. */
export function tablesOf(name: string, number: number): { readonly documents: string; readonly values: string } {
  return { documents: `"documents ${name} ${number}"`, values: `"values ${name} ${number}"` };
}

/** The compound index of list `i` of a build's shape. */
export function listIndex(name: string, number: number, i: number): string {
  return `"list ${name} ${number} ${i}"`;
}

/** The column of a `one` index. */
export function column(index: string): string {
  return `i_${index}`;
}

/**
 * A column holds −Infinity for null: it sorts first as null does in the port, compares as every other
 * value does, and is no JSON number. So paging and ranges need no special case for null.
 */
export function toColumn(value: string | number | null): string | number {
  return value ?? -Infinity;
}

export function fromColumn(value: string | number): string | number | null {
  return value === -Infinity ? null : value;
}

export function createTables(db: Database.Database, name: string, number: number, shape: ViewShape): void {
  const { documents, values } = tablesOf(name, number);
  const columns = shape.one.map((index) => `, ${column(index)} ANY NOT NULL`).join('');
  db.exec(`CREATE TABLE ${documents} (
    tenant TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, position TEXT NOT NULL, stale INTEGER NOT NULL${columns},
    PRIMARY KEY (tenant, key)) STRICT`);
  shape.lists.forEach((list, i) => {
    const by = ['tenant', ...list.map(column), 'key'].join(', ');
    db.exec(`CREATE INDEX ${listIndex(name, number, i)} ON ${documents} (${by})`);
  });
  db.exec(`CREATE TABLE ${values} (
    tenant TEXT NOT NULL, name TEXT NOT NULL, value ANY NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (tenant, name, value, key)) STRICT, WITHOUT ROWID`);
  db.exec(`CREATE INDEX "values by key ${name} ${number}" ON ${values} (tenant, key)`);
}

export function dropTables(db: Database.Database, name: string, number: number): void {
  const { documents, values } = tablesOf(name, number);
  db.exec(`DROP TABLE IF EXISTS ${documents}; DROP TABLE IF EXISTS ${values}`);
}

/** Runs a piece of work on the file; SQLite's errors come out as refusals of the port. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Database.SqliteError)) return error;
  const code = error.code;
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return readErrors.error('read.damaged', `${VIEWS_FILE}: ${error.message}`);
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE') return readErrors.error('read.full', `${VIEWS_FILE}: ${error.message}`);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
    return readErrors.error('read.read-only', `${VIEWS_FILE}: ${error.message}`);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code.startsWith('SQLITE_IOERR')) {
    return readErrors.error('read.unavailable', `${VIEWS_FILE}: ${error.message}`);
  }
  return error;
}
