// Keeps documents in one SQLite file. The projector's thread opens it for writing, the main thread for queries.
import type { Transaction } from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '#event-store/event-store.js';
import { compactSqlite, sqliteRefusal } from '#event-store/sqlite.file.js';
import type { JsonObject } from '#kernel/json.js';
import { Found } from './document.js';
import { breathe } from './pace.js';
import {
  MAX_PAGE,
  ReadStore,
  type Batch,
  type Build,
  type BuildState,
  type Checkpoint,
  type DocumentKey,
  type FoundPage,
  type Loaded,
  type Move,
  type Quarantined,
  type Query,
  type ShownPage,
} from './read-store.js';
import { SqliteBuilds } from './sqlite.builds.js';
import { SqliteDocuments } from './sqlite.documents.js';
import { Checkpoints } from './sqlite.checkpoints.js';
import { GroupedWrites } from './sqlite.grouped-writes.js';
import { pageStatement, tallyStatement } from './sqlite.query.js';
import {
  fromColumn,
  guarded,
  openViewsFile,
  openViewsFileForReading,
  tablesOf,
  VIEWS_FILE,
  column,
  type SqliteReadStoreOptions,
} from './sqlite.schema.js';
import { Snapshot } from './sqlite.snapshot.js';
import { Statements } from './sqlite.statements.js';
import type { AnyView, IndexValue, View } from './view.js';

interface Row {
  readonly key: string;
  readonly text: string;
  readonly position: Position;
  readonly stale: number;
}

/** Of each view. They are the ones that every request asks for: whose token it is, names of products and owners. */
const MOST_KNOWN = 500;

function foundFrom<Doc extends JsonObject>({ key, text, position, stale }: Row, values: readonly IndexValue[]): Found<Doc> {
  return new Found<Doc>({ key, text, position, stale: stale === 1, values });
}

export class SqliteReadStore extends ReadStore {
  readonly #builds: SqliteBuilds;
  readonly #documents: SqliteDocuments;

  readonly #applies = new GroupedWrites((work) => this.#write(work));

  /** Made once: the driver builds four functions for each transaction that it is asked to make. */
  readonly #transaction: Transaction<<T>(work: () => T) => T>;

  private constructor(
    private readonly sql: Statements,
    private readonly beside: { readonly checkpoints?: Checkpoints; readonly snapshot?: Snapshot } = {},
  ) {
    super();
    this.#transaction = sql.db.transaction((work) => work());
    this.#builds = new SqliteBuilds(sql, beside.snapshot);
    this.#documents = new SqliteDocuments(sql);
  }

  /** Opens (or makes) the file of a folder for reading and writing. @throws `store.damaged`, `store.newer-format`, `store.read-only`, `store.full`. */
  static open(folder: string, options?: SqliteReadStoreOptions): SqliteReadStore {
    const db = openViewsFile(folder, options);
    const finish = () => void db.pragma('wal_checkpoint(PASSIVE)');
    const checkpoints = options?.checkpoints === 'beside' ? new Checkpoints(folder, finish) : undefined;
    return new SqliteReadStore(new Statements(db), { checkpoints });
  }

  /** Opens the file for queries; every attempt to write fails. All reads of one turn of the event loop see one state. */
  static openReader(folder: string): SqliteReadStore {
    if (!existsSync(join(folder, VIEWS_FILE))) openViewsFile(folder).close();
    const sql = new Statements(openViewsFileForReading(folder));
    return new SqliteReadStore(sql, { snapshot: new Snapshot(sql) });
  }

  async prepare(view: AnyView, partitions = 1): Promise<void> {
    this.#write(() => this.#builds.prepare(view, partitions));
  }

  async begin(view: AnyView, partitions = 1): Promise<number> {
    return this.#write(() => this.#builds.begin(view, partitions));
  }

  async get<Doc extends JsonObject>(view: View<Doc>, tenant: string, key: string): Promise<Found<Doc> | null> {
    return (await this.getMany(view, tenant, [key]))[0] ?? null;
  }

  async getMany<Doc extends JsonObject>(
    view: View<Doc>,
    tenant: string,
    keys: readonly string[],
  ): Promise<readonly Found<Doc>[]> {
    if (keys.length > MAX_PAGE) throw new Error(`at most ${MAX_PAGE} keys`);
    return guarded(() => {
      const { number, known } = this.#builds.active(view.name);
      const found: Found<Doc>[] = [];
      for (const key of keys) {
        const name = `${tenant} ${key}`;
        const one = (known.get(name) as Found<Doc> | undefined) ?? this.#readOne<Doc>(view.name, number, tenant, key);
        if (!one) continue;
        if (known.size >= MOST_KNOWN) known.clear();
        known.set(name, one);
        found.push(one);
      }
      return found;
    });
  }

  #readOne<Doc extends JsonObject>(view: string, number: number, tenant: string, key: string): Found<Doc> | null {
    const { documents } = tablesOf(view, number);
    const row = this.sql.one<Row>(
      `SELECT key, text, position, stale FROM ${documents} WHERE tenant = ? AND key = ?`,
      tenant,
      key,
    );
    return row ? foundFrom<Doc>(row, []) : null;
  }

  async find<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<FoundPage<Doc>> {
    return guarded(() => {
      const { number, shape, position } = this.#builds.active(view.name);
      const { sql, params } = pageStatement({ view, number, shape, tenant }, query);
      const rows = this.sql.all<Row & Record<string, string | number>>(sql, ...params);
      const found = rows.slice(0, query.limit).map((row) => {
        const values = (query.sort ?? []).map(({ index }) => fromColumn(row[column(index)]!));
        return foundFrom<Doc>(row, values);
      });
      return { rows: found, more: rows.length > query.limit, asOf: position };
    });
  }

  async findShown<Doc extends JsonObject>(view: View<Doc>, tenant: string, query: Query): Promise<ShownPage> {
    return guarded(() => {
      const { number, shape, position } = this.#builds.active(view.name);
      // A build from before the view had it: made of the documents, as the new one will be.
      const what = shape.shown ? 'shown' : 'text';
      const { sql, params } = pageStatement({ view, number, shape, tenant }, query, ['key', what]);
      const rows = this.sql.raw<[string, string, ...(string | number)[]]>(sql, ...params);
      const more = rows.length > query.limit;
      if (more) rows.pop();
      const shown = rows.map(([key, text, ...values]) => ({
        key,
        shown: shape.shown ? text : view.shown!(JSON.parse(text) as Doc),
        values: values.map(fromColumn),
      }));
      return { rows: shown, more, asOf: position };
    });
  }

  async tally(view: AnyView, tenant: string, index: string): Promise<ReadonlyMap<IndexValue, number>> {
    return guarded(() => {
      const { number, shape } = this.#builds.active(view.name);
      const { sql, params } = tallyStatement({ view, number, shape, tenant }, index);
      return new Map(
        this.sql.all<{ value: string | number; n: number }>(sql, ...params).map(({ value, n }) => [fromColumn(value), n]),
      );
    });
  }

  async asOf(view: AnyView): Promise<Position> {
    return guarded(() => this.#builds.active(view.name).position);
  }

  async load(build: Build, documents: readonly DocumentKey[]): Promise<readonly Loaded[]> {
    return this.#read(() => this.#documents.load(build, documents));
  }

  async checkpoint(build: Build): Promise<Checkpoint> {
    return this.#read(() => this.#builds.checkpoint(build));
  }

  async apply(build: Build, epoch: number, batch: Batch): Promise<boolean> {
    return this.#applies.run(() => {
      if (!this.#builds.advance(build, epoch, batch.from, batch.to)) return false;
      if (batch.changes.length > 0)
        this.#documents.write(build, this.#builds.shape(build.view.name, build.number), batch.changes);
      for (const document of batch.restored ?? []) this.#builds.restore(build, document);
      for (const entry of batch.setAside ?? []) this.#builds.setAside(build, entry);
      return true;
    });
  }

  override async advance(moves: readonly Move[], position: Position): Promise<readonly boolean[]> {
    const to = { position, occurredAt: null };
    return this.#applies.run(() => moves.map(({ build, epoch, from }) => this.#builds.advance(build, epoch, from, to)));
  }

  async acquire(build: Build, owner: string, now: string, until: string): Promise<number | null> {
    return this.#write(() => this.#builds.acquire(build, owner, now, until));
  }

  async release(build: Build, owner: string): Promise<void> {
    this.#write(() => this.#builds.release(build, owner));
  }

  async builds(): Promise<readonly BuildState[]> {
    return this.#read(() => this.#builds.list());
  }

  async count(name: string, number: number): Promise<number> {
    return this.#read(() => this.#builds.count(name, number));
  }

  /** A list at a time: each holds the thread up for about a second per million documents. */
  async complete(name: string, number: number): Promise<void> {
    while (!this.#write(() => this.#builds.complete(name, number, 1))) await breathe();
  }

  async activate(name: string, number: number): Promise<void> {
    this.#write(() => this.#builds.activate(name, number));
  }

  async drop(name: string, number: number): Promise<void> {
    this.#write(() => this.#builds.drop(name, number));
  }

  async scan(
    name: string,
    number: number,
    after: DocumentKey | null,
    limit: number,
  ): Promise<readonly (Loaded & { readonly text: string })[]> {
    return this.#read(() => this.#documents.scan(name, number, after, limit));
  }

  async quarantined(name: string, number: number): Promise<readonly Quarantined[]> {
    return this.#read(() => this.#builds.quarantined(name, number));
  }

  async compact(): Promise<void> {
    try {
      await compactSqlite(this.sql.db);
    } catch (error) {
      throw sqliteRefusal(error, VIEWS_FILE);
    }
  }

  async close(): Promise<void> {
    await this.beside.checkpoints?.close();
    this.beside.snapshot?.end();
    this.sql.db.close();
  }

  /** One snapshot for all statements of a read. */
  #read<T>(work: () => T): T {
    return guarded(() => this.#transaction.deferred(work) as T);
  }

  /** Takes the only write lock at once: a transaction that reads first could not get it any more. */
  #write<T>(work: () => T): T {
    this.#builds.forget();
    return guarded(() => this.#transaction.immediate(work) as T);
  }
}
