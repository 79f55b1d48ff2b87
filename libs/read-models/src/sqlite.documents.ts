// Documents of a build in SQLite: how a batch writes them and how a projector loads them.
import type { Build, DocumentChange, DocumentKey, Loaded } from './read-store.js';
import type { Statements } from './sqlite.builds.js';
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
    const forget = this.sql.get(`DELETE FROM ${values} WHERE tenant = ? AND key = ?`);
    const add = this.sql.get(`INSERT INTO ${values} VALUES (?, ?, ?, ?)`);
    for (const { tenant, key, position, loaded, content } of changes) {
      if (shape.many.length > 0 && loaded !== null) forget.run(tenant, key);
      if (!content) {
        remove.run(tenant, key);
        continue;
      }
      upsert.run(tenant, key, content.text, position, ...shape.one.map((index) => toColumn(content.one[index] ?? null)));
      for (const index of shape.many) for (const value of content.many[index] ?? []) add.run(tenant, index, value, key);
    }
  }
}

function upsertInto(table: string, shape: ViewShape): string {
  const columns = ['text', 'position', 'stale', ...shape.one.map(column)];
  const updates = columns.map((name) => `${name} = excluded.${name}`).join(', ');
  const marks = ['?', '?', '?', '?', '0', ...shape.one.map(() => '?')].join(', ');
  return `INSERT INTO ${table} (tenant, key, ${columns.join(', ')}) VALUES (${marks}) ON CONFLICT (tenant, key) DO UPDATE SET ${updates}`;
}
