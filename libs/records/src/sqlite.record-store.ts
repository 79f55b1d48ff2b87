// Records in one SQLite file: synchronous inside, so that each call is atomic by itself; promises outside.
import type { Database } from 'better-sqlite3';
import { storeErrors } from '#event-store/event-store.js';
import { compactSqlite, openSqlite, sqliteRefusal, type SqliteOptions } from '#event-store/sqlite.file.js';
import type { Json } from '#kernel/json.js';
import {
  MAX_KEYS,
  RecordStore,
  type ClaimedWork,
  type Entry,
  type ListOptions,
  type ParkedWork,
  type PutOptions,
} from './record-store.js';
import { prepareStatements, RECORDS_FORMAT, type RecordRow, type Statements } from './sqlite.schema.js';

const DEFAULT_LIMIT = 100;
const DEFAULT_SWEEP = 1_000;
/** No character sorts behind it, and no text holds it. */
const LAST_CHARACTER = '\u{10ffff}';

export class SqliteRecordStore extends RecordStore {
  private readonly statements: Statements;

  private constructor(
    private readonly db: Database,
    private readonly file: string,
  ) {
    super();
    this.statements = prepareStatements(db);
  }

  /** Opens or creates the file. @throws the errors of `openSqlite`. */
  static open(file: string, options: SqliteOptions): SqliteRecordStore {
    return new SqliteRecordStore(openSqlite(file, RECORDS_FORMAT, options), file);
  }

  async get<T extends Json = Json>(space: string, key: string, now: string): Promise<Entry<T> | null> {
    return this.run((sql) => {
      const row = sql.get.get({ space, key, now });
      return row === undefined ? null : entryOf<T>(row);
    });
  }

  async getMany<T extends Json = Json>(space: string, keys: readonly string[], now: string): Promise<readonly Entry<T>[]> {
    if (keys.length > MAX_KEYS) throw new Error(`at most ${MAX_KEYS} keys at once`);
    return this.atomic((sql) =>
      [...new Set(keys)].flatMap((key) => {
        const row = sql.get.get({ space, key, now });
        return row === undefined ? [] : [entryOf<T>(row)];
      }),
    );
  }

  async put(space: string, key: string, value: Json, now: string, options: PutOptions = {}): Promise<number | null> {
    const write = (sql: Statements) => {
      const current = sql.get.get({ space, key, now })?.version ?? 0;
      if (options.expectedVersion !== undefined && options.expectedVersion !== current) return null;
      sql.put.run({ space, key, value: JSON.stringify(value), version: current + 1, expiresAt: options.expiresAt ?? null });
      return current + 1;
    };
    return options.durable ? this.durably(() => this.atomic(write)) : this.atomic(write);
  }

  async delete(space: string, key: string, options: { readonly expectedVersion?: number } = {}): Promise<boolean> {
    return this.run((sql) => sql.delete.run({ space, key, version: options.expectedVersion ?? null }).changes === 1);
  }

  async list<T extends Json = Json>(space: string, now: string, options: ListOptions = {}): Promise<readonly Entry<T>[]> {
    const { prefix = '', after, limit = DEFAULT_LIMIT, descending } = options;
    return this.run((sql) => {
      const found: Entry<T>[] = [];
      if (descending) {
        const below = after ?? prefix + LAST_CHARACTER;
        return sql.listDescending.all({ space, now, prefix, below, limit }).map((row) => entryOf<T>(row));
      }
      // Keys with one prefix stand together, in bytes as in characters: the first other key ends the list.
      for (const row of sql.list.iterate({ space, now, from: laterKey(prefix, after ?? '') })) {
        if (found.length === limit || !row.key.startsWith(prefix)) break;
        if (row.key !== after) found.push(entryOf<T>(row));
      }
      return found;
    });
  }

  async increment(space: string, key: string, by: number, now: string, expiresAt?: string): Promise<number> {
    return this.atomic((sql) => {
      const row = sql.get.get({ space, key, now });
      const before: unknown = row === undefined ? 0 : JSON.parse(row.value);
      if (typeof before !== 'number') throw new Error(`${space}/${key} is not a counter`);
      const expiry = row === undefined ? (expiresAt ?? null) : row.expiresAt;
      sql.put.run({ space, key, value: JSON.stringify(before + by), version: (row?.version ?? 0) + 1, expiresAt: expiry });
      return before + by;
    });
  }

  async deleteNaming(text: string, keep: readonly string[]): Promise<number> {
    return this.run((sql) => sql.deleteNaming.run({ text, keep: JSON.stringify(keep) }).changes);
  }

  async compact(): Promise<void> {
    try {
      await compactSqlite(this.db);
    } catch (error) {
      throw sqliteRefusal(error, this.file);
    }
  }

  async sweep(now: string, limit: number = DEFAULT_SWEEP): Promise<number> {
    return this.run((sql) => sql.sweep.run({ now, limit }).changes);
  }

  async schedule(queue: string, key: string, value: Json, dueAt: string): Promise<boolean> {
    return this.run((sql) => sql.schedule.run({ queue, key, value: JSON.stringify(value), dueAt }).changes === 1);
  }

  async claim<T extends Json = Json>(
    queue: string,
    now: string,
    leaseUntil: string,
    limit: number,
  ): Promise<readonly ClaimedWork<T>[]> {
    return this.atomic((sql) =>
      sql.ready.all({ queue, now, limit }).map(({ key }) => {
        const row = sql.claim.get({ queue, key, leaseUntil, token: sql.nextToken.get()!.last })!;
        return { ...row, value: JSON.parse(row.value) as T };
      }),
    );
  }

  async complete(queue: string, key: string, token: number): Promise<boolean> {
    return this.run((sql) => sql.complete.run({ queue, key, token }).changes === 1);
  }

  async retryLater(queue: string, key: string, token: number, dueAt: string, error: string): Promise<boolean> {
    return this.run((sql) => sql.retryLater.run({ queue, key, token, dueAt, error }).changes === 1);
  }

  async park(queue: string, key: string, token: number, error: string, now: string): Promise<boolean> {
    return this.run((sql) => sql.park.run({ queue, key, token, error, now }).changes === 1);
  }

  async parked<T extends Json = Json>(
    queue: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ParkedWork<T>[]> {
    const { after = '', limit = DEFAULT_LIMIT } = options;
    return this.run((sql) =>
      sql.parked.all({ queue, after, limit }).map((row) => ({ ...row, value: JSON.parse(row.value) as T })),
    );
  }

  async unpark(queue: string, key: string, dueAt: string): Promise<boolean> {
    return this.run((sql) => sql.unpark.run({ queue, key, dueAt }).changes === 1);
  }

  async workCounts(queue: string): Promise<{ readonly waiting: number; readonly parked: number }> {
    return this.run((sql) => sql.counts.get({ queue })!);
  }

  async acquireLease(name: string, owner: string, now: string, until: string): Promise<number | null> {
    return this.run((sql) => sql.acquireLease.get({ name, owner, now, until })?.epoch ?? null);
  }

  async releaseLease(name: string, owner: string): Promise<void> {
    this.run((sql) => sql.releaseLease.run({ name, owner }));
  }

  async close(): Promise<void> {
    this.db.close();
  }

  /** Syncs the file with this commit, and with it all that were made before. */
  private durably<T>(write: () => T): T {
    const before = this.db.pragma('synchronous', { simple: true }) as number;
    this.db.pragma('synchronous = FULL');
    try {
      return write();
    } finally {
      this.db.pragma(`synchronous = ${before}`);
    }
  }

  /** Several statements that happen together or not at all. */
  private atomic<T>(work: (sql: Statements) => T): T {
    return this.run((sql) => this.db.transaction(() => work(sql)).immediate());
  }

  private run<T>(work: (sql: Statements) => T): T {
    if (!this.db.open) storeErrors.refuse('store.closed');
    try {
      return work(this.statements);
    } catch (error) {
      throw sqliteRefusal(error, this.file);
    }
  }
}

function entryOf<T>(row: RecordRow): Entry<T> {
  const entry = { key: row.key, value: JSON.parse(row.value) as T, version: row.version };
  return row.expiresAt === null ? entry : { ...entry, expiresAt: row.expiresAt };
}

/** The later of two keys in the order of their bytes. */
function laterKey(a: string, b: string): string {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) >= 0 ? a : b;
}
