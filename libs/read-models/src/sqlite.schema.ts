// The file of the read models: how it is opened, its bookkeeping tables, and the tables of a build.
import type { Database } from 'better-sqlite3';
import { join } from 'node:path';
import { openSqlite, sqliteRefusal, type SqliteFormat } from '#event-store/sqlite.file.js';
import type { ViewShape } from './view.js';

export const VIEWS_FILE = 'views.db';

export interface SqliteReadStoreOptions {
  /** The most pages of 4 KiB that the file may have; without it, the disk is the limit. */
  readonly maxPages?: number;
  /** Who empties the write-ahead log: the commits themselves (default), or a thread beside them, for a store that serves. */
  readonly checkpoints?: 'in-commits' | 'beside';
}

/**
 * Pages that a connection keeps; the system keeps the rest, from where a page takes 2 µs. The reader's are the upper levels
 * of a million licenses: which of the others is asked for next, nobody knows.
 */
const WRITER_CACHE_KIB = 16 * 1024;
const READER_CACHE_KIB = 8 * 1024;
/** Pages in the write-ahead log after which a commit empties it: 16 MiB. */
const CHECKPOINT_PAGES = 4_000;
/** The same where a thread does it, should that one fall behind: 160 MiB. */
const CHECKPOINT_PAGES_AT_LAST = 40_000;

const BOOKKEEPING = `
  CREATE TABLE builds (
    name TEXT NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL, status TEXT NOT NULL,
    partitions INTEGER NOT NULL, shape TEXT NOT NULL, PRIMARY KEY (name, number)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX builds_active ON builds (name) WHERE status = 'active';
  CREATE TABLE partitions (
    name TEXT NOT NULL, number INTEGER NOT NULL, partition INTEGER NOT NULL,
    position TEXT NOT NULL, occurred_at TEXT,
    owner TEXT, epoch INTEGER NOT NULL DEFAULT 0, leased_until TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name, number, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE quarantine (
    name TEXT NOT NULL, number INTEGER NOT NULL, tenant TEXT NOT NULL, key TEXT NOT NULL,
    position TEXT NOT NULL, event_type TEXT NOT NULL, error TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (name, number, tenant, key)
  ) STRICT, WITHOUT ROWID;
`;

export const viewsFormat: SqliteFormat = { applicationId: 0x4b4c5657 /* "KLVW" */, migrations: [BOOKKEEPING] };

/** Opens the file for writing, making it where there is none. What a power loss takes is built again from the events. */
export function openViewsFile(folder: string, options: SqliteReadStoreOptions = {}): Database {
  const db = openSqlite(join(folder, VIEWS_FILE), viewsFormat, { durable: false });
  db.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${options.checkpoints === 'beside' ? CHECKPOINT_PAGES_AT_LAST : CHECKPOINT_PAGES}`);
  if (options.maxPages !== undefined) db.pragma(`max_page_count = ${options.maxPages}`);
  return db;
}

/** Opens the file for queries only; it is there. */
export function openViewsFileForReading(folder: string): Database {
  const db = openSqlite(join(folder, VIEWS_FILE), viewsFormat, { durable: false, readonly: true });
  db.pragma(`cache_size = -${READER_CACHE_KIB}`);
  return db;
}

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

/** Without the indexes of its lists: filling a build takes a third of the time where they are made at its end. */
export function createTables(db: Database, name: string, number: number, shape: ViewShape): void {
  const { documents, values } = tablesOf(name, number);
  const columns = shape.one.map((index) => `, ${column(index)} ANY NOT NULL`).join('');
  db.exec(`CREATE TABLE ${documents} (
    tenant TEXT NOT NULL, key TEXT NOT NULL, ${shape.shown ? 'shown TEXT NOT NULL, ' : ''}text TEXT NOT NULL, position TEXT NOT NULL,
    stale INTEGER NOT NULL${columns},
    PRIMARY KEY (tenant, key)) STRICT`);
  db.exec(`CREATE TABLE ${values} (
    tenant TEXT NOT NULL, name TEXT NOT NULL, value ANY NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (tenant, name, value, key)) STRICT, WITHOUT ROWID`);
  db.exec(`CREATE INDEX "values by key ${name} ${number}" ON ${values} (tenant, key)`);
}

/** Numbers of the lists that have no index yet. */
export function missingLists(db: Database, name: string, number: number, { lists }: ViewShape): number[] {
  const exists = db.prepare<[string], number>("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?").pluck();
  return lists.map((_, i) => i).filter((i) => exists.get(listIndex(name, number, i).slice(1, -1)) === undefined);
}

export function createList(db: Database, name: string, number: number, { lists }: ViewShape, i: number): void {
  const by = ['tenant', ...lists[i]!.map(column), 'key'].join(', ');
  db.exec(`CREATE INDEX ${listIndex(name, number, i)} ON ${tablesOf(name, number).documents} (${by})`);
}

export function dropTables(db: Database, name: string, number: number): void {
  const { documents, values } = tablesOf(name, number);
  db.exec(`DROP TABLE IF EXISTS ${documents}; DROP TABLE IF EXISTS ${values}`);
}

/** Runs a piece of work on the file; SQLite's errors come out as refusals. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteRefusal(error, VIEWS_FILE);
  }
}
