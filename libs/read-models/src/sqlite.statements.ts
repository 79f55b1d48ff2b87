// Statements of the read models' file, prepared once.
import type Database from 'better-sqlite3';

/** Keeps prepared statements by their text; beyond 500 different ones it begins again. */
export class Statements {
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(readonly db: Database.Database) {}

  get(sql: string): Database.Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#prepared.size >= 500) this.#prepared.clear();
    const prepared = this.db.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  one<Row>(sql: string, ...params: readonly unknown[]): Row | undefined {
    return this.get(sql).get(...params) as Row | undefined;
  }

  all<Row>(sql: string, ...params: readonly unknown[]): Row[] {
    return this.get(sql).all(...params) as Row[];
  }

  /** Rows as arrays, for statements that are used in this way alone. */
  raw<Row extends readonly unknown[]>(sql: string, ...params: readonly unknown[]): Row[] {
    return this.get(sql)
      .raw()
      .all(...params) as Row[];
  }

  run(sql: string, ...params: readonly unknown[]): number {
    return this.get(sql).run(...params).changes;
  }
}
