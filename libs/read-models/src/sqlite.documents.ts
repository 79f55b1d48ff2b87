// Documents of a build in SQLite: how a batch writes them and how a projector loads them.
import type { Build, DocumentChange, DocumentKey, Loaded } from './read-store.js';
import type { Statements } from './sqlite.statements.js';
import { column, tablesOf, toColumn } from './sqlite.schema.js';
import type { ViewShape } from './view.js';

export class SqliteDocuments {
  constructor(private readonly sql: Statements) {}

  load({ view, number }: Build, documents: readonly DocumentKey[]): Loaded[] {
    const statement = this.sql.get(
      `SELECT tenant, key, text, position FROM ${tablesOf(view.name, number).documents} WHERE tenant = ? AND key = ?`,
    );
    return documents.flatMap(({ tenant, key }) => (statement.get(tenant, key) as Loaded | undefined) ?? []);
  }

  scan(name: string, number: number, after: DocumentKey | null, limit: number): (Loaded & { readonly text: string })[] {
    return this.sql.all(
      `SELECT tenant, key, text, position FROM ${tablesOf(name, number).documents}
       WHERE (tenant, key) > (?, ?) ORDER BY tenant, key LIMIT ?`,
      after?.tenant ?? '',
      after?.key ?? '',
      limit,
    );
  }

  write(build: Build, shape: ViewShape, changes: readonly DocumentChange[]): void {
    const { documents, values } = tablesOf(build.view.name, build.number);
    const remove = this.sql.get(`DELETE FROM ${documents} WHERE tenant = ? AND key = ?`);
    const upsert = this.sql.get(upsertInto(documents, shape));
    for (const change of changes) {
      const { tenant, key, position, content } = change;
      if (shape.many.length > 0) this.#writeValues(values, shape, change);
      if (content)
        upsert.run(tenant, key, content.text, position, ...shape.one.map((index) => toColumn(content.one[index] ?? null)));
      else remove.run(tenant, key);
    }
  }

  /** Only what differs is touched: a document with many values mostly gains or loses one. */
  #writeValues(table: string, shape: ViewShape, { tenant, key, loaded, content }: DocumentChange): void {
    const stored =
      loaded === null ? [] : this.sql.all<Value>(`SELECT name, value FROM ${table} WHERE tenant = ? AND key = ?`, tenant, key);
    const gone = new Map(stored.map((each) => [idOfValue(each), each]));
    const add = this.sql.get(`INSERT OR IGNORE INTO ${table} (tenant, name, value, key) VALUES (?, ?, ?, ?)`);
    for (const name of shape.many) {
      for (const value of content?.many[name] ?? []) {
        if (!gone.delete(idOfValue({ name, value }))) add.run(tenant, name, value, key);
      }
    }
    const forget = this.sql.get(`DELETE FROM ${table} WHERE tenant = ? AND name = ? AND value = ? AND key = ?`);
    for (const { name, value } of gone.values()) forget.run(tenant, name, value, key);
  }
}

interface Value {
  readonly name: string;
  readonly value: string | number;
}

function idOfValue({ name, value }: Value): string {
  return `${name} ${typeof value} ${value}`;
}

function upsertInto(table: string, shape: ViewShape): string {
  const columns = ['text', 'position', 'stale', ...shape.one.map(column)];
  const updates = columns.map((name) => `${name} = excluded.${name}`).join(', ');
  const marks = ['?', '?', '?', '?', '0', ...shape.one.map(() => '?')].join(', ');
  return `INSERT INTO ${table} (tenant, key, ${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (tenant, key) DO UPDATE SET ${updates}`;
}
