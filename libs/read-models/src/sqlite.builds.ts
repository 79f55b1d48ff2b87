// Builds of views in SQLite: their rows, leases, checkpoints and quarantines.
import { START, type Position } from '#event-store/event-store.js';
import type { Found } from './document.js';
import { readErrors, type Build, type BuildState, type Checkpoint, type DocumentKey, type Quarantined } from './read-store.js';
import type { Snapshot } from './sqlite.snapshot.js';
import type { Statements } from './sqlite.statements.js';
import { createList, createTables, dropTables, missingLists, tablesOf } from './sqlite.schema.js';
import { shapeOf, type AnyView, type ViewShape } from './view.js';

interface BuildRow {
  readonly name: string;
  readonly number: number;
  readonly version: number;
  readonly status: BuildState['status'];
  readonly partitions: number;
  readonly shape: string;
}

/** The active build of a view, as queries need it. */
export interface ActiveBuild {
  readonly number: number;
  readonly shape: ViewShape;
  /** Up to which it answers: documents that are read from now on are at least as new. */
  readonly position: Position;
  /** Documents that were read since something was last committed, by tenant and key. */
  readonly known: Map<string, Found>;
}

export class SqliteBuilds {
  readonly #shapes = new Map<string, ViewShape>();
  readonly #active = new Map<string, ActiveBuild>();
  #version: number | undefined;

  constructor(
    private readonly sql: Statements,
    private readonly snapshot?: Snapshot,
  ) {}

  /**
   * Kept until something is committed: asking whether that happened costs 2 µs, reading the rows again 9 µs,
   * and each query asks; within a snapshot, only the first one.
   * @throws `read.unavailable` where no build of the view is active.
   */
  active(name: string): ActiveBuild {
    if (this.snapshot?.begin() ?? true) this.#look();
    const known = this.#active.get(name) ?? this.#readActive(name);
    this.#active.set(name, known);
    return known;
  }

  #look(): void {
    const { data_version: version } = this.sql.one<{ data_version: number }>('PRAGMA data_version')!;
    if (version !== this.#version) this.forget();
    this.#version = version;
  }

  /** What this connection commits itself does not change the version that it sees. */
  forget(): void {
    this.#active.clear();
  }

  #readActive(name: string): ActiveBuild {
    const row = this.sql.one<BuildRow>(`SELECT * FROM builds WHERE name = ? AND status = 'active'`, name);
    if (!row) throw readErrors.error('read.unavailable', `The view ${name} is not built yet.`);
    const { position } = this.lowest(name, row.number);
    return { number: row.number, shape: this.#shapeOf(row), position, known: new Map() };
  }

  shape(name: string, number: number): ViewShape {
    return this.#shapeOf(this.#row(name, number));
  }

  #row(name: string, number: number): BuildRow {
    const row = this.sql.one<BuildRow>('SELECT * FROM builds WHERE name = ? AND number = ?', name, number);
    if (!row) throw new Error(`view "${name}" has no build ${number}`);
    return row;
  }

  #shapeOf(row: BuildRow): ViewShape {
    const parsed = this.#shapes.get(row.shape) ?? (JSON.parse(row.shape) as ViewShape);
    this.#shapes.set(row.shape, parsed);
    return parsed;
  }

  prepare(view: AnyView, partitions: number): void {
    const newest = this.sql.one<BuildRow>('SELECT * FROM builds WHERE name = ? ORDER BY number DESC LIMIT 1', view.name);
    const shape = JSON.stringify(shapeOf(view));
    if (newest && (newest.version > view.version || (newest.version === view.version && newest.shape === shape))) return;
    const number = this.begin(view, partitions);
    if (!newest) this.complete(view.name, number);
  }

  begin(view: AnyView, partitions: number): number {
    const { last } = this.sql.one<{ last: number }>(
      'SELECT coalesce(max(number), 0) AS last FROM builds WHERE name = ?',
      view.name,
    )!;
    const number = last + 1;
    const shape = shapeOf(view);
    const status = last === 0 ? 'active' : 'building';
    this.sql.run(
      'INSERT INTO builds VALUES (?, ?, ?, ?, ?, ?)',
      view.name,
      number,
      view.version,
      status,
      partitions,
      JSON.stringify(shape),
    );
    for (let partition = 0; partition < partitions; partition++) {
      this.sql.run(
        'INSERT INTO partitions (name, number, partition, position) VALUES (?, ?, ?, ?)',
        view.name,
        number,
        partition,
        START,
      );
    }
    createTables(this.sql.db, view.name, number, shape);
    return number;
  }

  list(): BuildState[] {
    return this.sql.all<BuildRow>('SELECT * FROM builds ORDER BY name, number').map((row) => ({
      name: row.name,
      number: row.number,
      version: row.version,
      status: row.status,
      partitions: row.partitions,
      checkpoint: this.lowest(row.name, row.number),
    }));
  }

  count(name: string, number: number): number {
    this.#row(name, number);
    return this.sql.one<{ n: number }>(`SELECT count(*) AS n FROM ${tablesOf(name, number).documents}`)!.n;
  }

  /** Makes up to `most` of the lists that the build has not got yet; answers whether it has all of them now. */
  complete(name: string, number: number, most = Infinity): boolean {
    const missing = missingLists(this.sql.db, name, number, this.shape(name, number));
    for (const i of missing.slice(0, most)) createList(this.sql.db, name, number, this.shape(name, number), i);
    return missing.length <= most;
  }

  activate(name: string, number: number): void {
    this.complete(name, number);
    this.sql.run(`UPDATE builds SET status = 'retired' WHERE name = ? AND status = 'active' AND number <> ?`, name, number);
    this.sql.run(`UPDATE builds SET status = 'active' WHERE name = ? AND number = ?`, name, number);
  }

  drop(name: string, number: number): void {
    if (this.#row(name, number).status === 'active') throw new Error(`build ${number} of view "${name}" is the active one`);
    for (const table of ['builds', 'partitions', 'quarantine'])
      this.sql.run(`DELETE FROM ${table} WHERE name = ? AND number = ?`, name, number);
    dropTables(this.sql.db, name, number);
  }

  lowest(name: string, number: number): Checkpoint {
    const row = this.sql.one<{ position: Position; occurredAt: string | null }>(
      'SELECT position, occurred_at AS occurredAt FROM partitions WHERE name = ? AND number = ? ORDER BY position LIMIT 1',
      name,
      number,
    );
    return row ?? { position: START, occurredAt: null };
  }

  checkpoint({ view, number, partition }: Build): Checkpoint {
    const row = this.sql.one<Checkpoint>(
      'SELECT position, occurred_at AS occurredAt FROM partitions WHERE name = ? AND number = ? AND partition = ?',
      view.name,
      number,
      partition,
    );
    if (!row) throw new Error(`view "${view.name}" has no partition ${partition} of build ${number}`);
    return row;
  }

  /** Moves the checkpoint. False where the epoch or the old position is another. */
  advance({ view, number, partition }: Build, epoch: number, from: Position, to: Checkpoint): boolean {
    const changed = this.sql.run(
      `UPDATE partitions SET position = ?, occurred_at = coalesce(?, occurred_at)
       WHERE name = ? AND number = ? AND partition = ? AND epoch = ? AND position = ?`,
      to.position,
      to.occurredAt,
      view.name,
      number,
      partition,
      epoch,
      from,
    );
    return changed === 1;
  }

  acquire({ view, number, partition }: Build, owner: string, now: string, until: string): number | null {
    const row = this.sql.one<{ epoch: number }>(
      `UPDATE partitions SET
         epoch = CASE WHEN owner = @owner AND leased_until > @now THEN epoch ELSE epoch + 1 END,
         owner = @owner, leased_until = @until
       WHERE name = @name AND number = @number AND partition = @partition
         AND (owner IS NULL OR owner = @owner OR leased_until <= @now)
       RETURNING epoch`,
      { owner, now, until, name: view.name, number, partition },
    );
    return row?.epoch ?? null;
  }

  release({ view, number, partition }: Build, owner: string): void {
    this.sql.run(
      'UPDATE partitions SET owner = NULL WHERE name = ? AND number = ? AND partition = ? AND owner = ?',
      view.name,
      number,
      partition,
      owner,
    );
  }

  setAside({ view, number }: Build, entry: Quarantined): void {
    this.sql.run(
      'INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      view.name,
      number,
      entry.tenant,
      entry.key,
      entry.position,
      entry.eventType,
      entry.error,
      entry.since,
    );
    this.#flag(view.name, number, entry, 1);
  }

  restore({ view, number }: Build, document: DocumentKey): void {
    const { tenant, key } = document;
    this.sql.run(
      'DELETE FROM quarantine WHERE name = ? AND number = ? AND tenant = ? AND key = ?',
      view.name,
      number,
      tenant,
      key,
    );
    this.#flag(view.name, number, document, 0);
  }

  #flag(name: string, number: number, { tenant, key }: DocumentKey, stale: 0 | 1): void {
    this.sql.run(`UPDATE ${tablesOf(name, number).documents} SET stale = ? WHERE tenant = ? AND key = ?`, stale, tenant, key);
  }

  quarantined(name: string, number: number): Quarantined[] {
    return this.sql.all<Quarantined>(
      `SELECT tenant, key, position, event_type AS eventType, error, since FROM quarantine
       WHERE name = ? AND number = ? ORDER BY tenant, key`,
      name,
      number,
    );
  }
}
