// Documents of a build in SQLite: how a batch writes them and how a projector loads them.
import type { Content } from './document.js';
import { LIMIT } from '#event-store/sqlite.file.js';
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
       WHERE (tenant, key) > (?, ?) ORDER BY tenant, key ${LIMIT}`,
      after?.tenant ?? '',
      after?.key ?? '',
      limit,
    );
  }

  write(build: Build, shape: ViewShape, changes: readonly DocumentChange[]): void {
    const { documents, values } = tablesOf(build.view.name, build.number);
    const remove = this.sql.get(`DELETE FROM ${documents} WHERE tenant = ? AND key = ?`);
    const insert = this.sql.get(insertInto(documents, shape));
    for (const change of changes) {
      const { tenant, key, position, content, loaded } = change;
      if (shape.many.length > 0) this.#writeValues(values, shape, change);
      if (!content) remove.run(tenant, key);
      else if (loaded === null || !this.#update(documents, shape, { tenant, key, position, content })) {
        const values = shape.one.map((index) => toColumn(content.one[index] ?? null));
        insert.run(tenant, key, ...textsOf(shape, content), position, ...values);
      }
    }
  }

  /**
   * False where there is no such document. SQLite rewrites every index over a column that is set, also to the value that
   * it has: only columns that change are named. An activation changes four of a license's thirteen lists.
   */
  #update(table: string, shape: ViewShape, { tenant, key, position, content }: Written): boolean {
    const columns = ['position', ...shape.one.map(column)].join(', ');
    const before = this.sql.one<Row>(`SELECT ${columns} FROM ${table} WHERE tenant = ? AND key = ?`, tenant, key);
    if (!before) return false;
    const sets = [...textColumns(shape).map((name) => `${name} = ?`), 'position = ?', 'stale = 0'];
    const params: (string | number)[] = [...textsOf(shape, content), position];
    for (const index of shape.one) {
      const value = toColumn(content.one[index] ?? null);
      if (before[column(index)] === value) continue;
      sets.push(`${column(index)} = ?`);
      params.push(value);
    }
    this.sql.run(`UPDATE ${table} SET ${sets.join(', ')} WHERE tenant = ? AND key = ?`, ...params, tenant, key);
    return true;
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

type Row = Readonly<Record<string, string | number>>;
type Written = Pick<DocumentChange, 'tenant' | 'key' | 'position'> & { readonly content: Content };

interface Value {
  readonly name: string;
  readonly value: string | number;
}

function idOfValue({ name, value }: Value): string {
  return `${name} ${typeof value} ${value}`;
}

function insertInto(table: string, shape: ViewShape): string {
  const texts = textColumns(shape);
  const columns = ['tenant', 'key', ...texts, 'position', 'stale', ...shape.one.map(column)];
  const marks = ['?', '?', ...texts.map(() => '?'), '?', '0', ...shape.one.map(() => '?')];
  return `INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${marks.join(', ')})`;
}

function textColumns({ shown }: ViewShape): readonly string[] {
  return shown ? ['shown', 'text'] : ['text'];
}

function textsOf({ shown }: ViewShape, content: Content): readonly string[] {
  return shown ? [content.shown!, content.text] : [content.text];
}
