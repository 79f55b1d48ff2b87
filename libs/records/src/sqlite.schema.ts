// The tables of the SQLite record store, and every statement it runs.
import type { Database } from 'better-sqlite3';
import type { SqliteFormat } from '#event-store/sqlite.file.js';

export const RECORDS_FORMAT: SqliteFormat = {
  applicationId: 0x4b4c5243, // "KLRC"
  migrations: [
    `CREATE TABLE records (
       space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL, expires_at TEXT,
       PRIMARY KEY (space, key)
     ) STRICT;
     CREATE INDEX records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
     -- ready_at: when it is due, or while somebody holds it, when his claim ends.
     CREATE TABLE work (
       queue TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, ready_at TEXT NOT NULL,
       attempt INTEGER NOT NULL DEFAULT 0, token INTEGER, error TEXT, parked_at TEXT,
       PRIMARY KEY (queue, key)
     ) STRICT;
     CREATE INDEX work_waiting ON work (queue, ready_at, key) WHERE parked_at IS NULL;
     CREATE INDEX work_parked ON work (queue, key) WHERE parked_at IS NOT NULL;
     CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT, until TEXT NOT NULL, epoch INTEGER NOT NULL) STRICT;
     CREATE TABLE tokens (last INTEGER NOT NULL) STRICT;
     INSERT INTO tokens VALUES (0);`,
  ],
};

export interface RecordRow {
  readonly key: string;
  readonly value: string;
  readonly version: number;
  readonly expiresAt: string | null;
}

export interface WorkRow {
  readonly key: string;
  readonly value: string;
  readonly attempt: number;
  readonly token: number;
}

export interface ParkedRow {
  readonly key: string;
  readonly value: string;
  readonly attempt: number;
  readonly error: string;
  readonly parkedAt: string;
}

const ENTRY = 'key, value, version, expires_at AS expiresAt';
const LIVE = '(expires_at IS NULL OR expires_at > :now)';
/** The piece of work that a token still answers for. */
const HELD = 'queue = :queue AND key = :key AND token = :token';

function recordStatements(db: Database) {
  return {
    get: db.prepare<object, RecordRow>(`SELECT ${ENTRY} FROM records WHERE space = :space AND key = :key AND ${LIVE}`),
    put: db.prepare(
      `INSERT INTO records (space, key, value, version, expires_at) VALUES (:space, :key, :value, :version, :expiresAt)
       ON CONFLICT (space, key) DO UPDATE SET value = excluded.value, version = excluded.version, expires_at = excluded.expires_at`,
    ),
    delete: db.prepare('DELETE FROM records WHERE space = :space AND key = :key AND (:version IS NULL OR version = :version)'),
    deleteNaming: db.prepare(
      `DELETE FROM records WHERE (instr(key, :text) > 0 OR instr(value, :text) > 0)
         AND space NOT IN (SELECT value FROM json_each(:keep))`,
    ),
    list: db.prepare<object, RecordRow>(
      `SELECT ${ENTRY} FROM records WHERE space = :space AND key >= :from AND ${LIVE} ORDER BY key`,
    ),
    listDescending: db.prepare<object, RecordRow>(
      `SELECT ${ENTRY} FROM records WHERE space = :space AND key >= :prefix AND key < :below AND ${LIVE} ORDER BY key DESC LIMIT :limit`,
    ),
    sweep: db.prepare(
      'DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit)',
    ),
  };
}

function workStatements(db: Database) {
  return {
    schedule: db.prepare(
      `INSERT INTO work (queue, key, value, ready_at) VALUES (:queue, :key, :value, :dueAt) ON CONFLICT (queue, key) DO NOTHING`,
    ),
    ready: db.prepare<object, { readonly key: string }>(
      `SELECT key FROM work WHERE queue = :queue AND parked_at IS NULL AND ready_at <= :now ORDER BY ready_at, key LIMIT :limit`,
    ),
    nextToken: db.prepare<[], { readonly last: number }>('UPDATE tokens SET last = last + 1 RETURNING last'),
    claim: db.prepare<object, WorkRow>(
      `UPDATE work SET ready_at = :leaseUntil, attempt = attempt + 1, token = :token WHERE queue = :queue AND key = :key
       RETURNING key, value, attempt, token`,
    ),
    complete: db.prepare(`DELETE FROM work WHERE ${HELD}`),
    retryLater: db.prepare(`UPDATE work SET ready_at = :dueAt, token = NULL, error = :error WHERE ${HELD}`),
    park: db.prepare(`UPDATE work SET parked_at = :now, token = NULL, error = :error WHERE ${HELD}`),
    parked: db.prepare<object, ParkedRow>(
      `SELECT key, value, attempt, error, parked_at AS parkedAt FROM work
       WHERE queue = :queue AND parked_at IS NOT NULL AND key > :after ORDER BY key LIMIT :limit`,
    ),
    unpark: db.prepare(
      `UPDATE work SET ready_at = :dueAt, attempt = 0, error = NULL, parked_at = NULL
       WHERE queue = :queue AND key = :key AND parked_at IS NOT NULL`,
    ),
    counts: db.prepare<object, { readonly waiting: number; readonly parked: number }>(
      `SELECT count(*) FILTER (WHERE parked_at IS NULL) AS waiting, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
       FROM work WHERE queue = :queue`,
    ),
  };
}

function leaseStatements(db: Database) {
  return {
    acquireLease: db.prepare<object, { readonly epoch: number }>(
      `INSERT INTO leases (name, owner, until, epoch) VALUES (:name, :owner, :until, 1)
       ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until,
         epoch = epoch + (leases.owner IS NOT excluded.owner OR leases.until <= :now)
       WHERE leases.owner IS NULL OR leases.owner = excluded.owner OR leases.until <= :now
       RETURNING epoch`,
    ),
    // The row stays: it remembers the epoch.
    releaseLease: db.prepare('UPDATE leases SET owner = NULL WHERE name = :name AND owner = :owner'),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(db: Database) {
  return { ...recordStatements(db), ...workStatements(db), ...leaseStatements(db) };
}
