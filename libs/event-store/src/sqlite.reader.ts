// Reads the log from the caller's thread over a connection of its own. Statements are prepared once.
import type Database from 'better-sqlite3';
import { START, type LogFilter, type LogPage, type Position, type StoredEvent } from './event-store.js';
import { LIMIT, sqliteDamage, sqliteRefusal } from './sqlite.file.js';
import { COLUMNS, positionOf, posOf, storedEvent, uuidBytes, type Row } from './sqlite.rows.js';

type Direction = 'forward' | 'backward';

export interface LogRead extends LogFilter {
  readonly after?: Position;
  readonly before?: Position;
  readonly direction?: Direction;
  readonly limit?: number;
}

export interface StreamRead {
  readonly from?: number;
  readonly direction?: Direction;
  readonly limit?: number;
}

export class LogReader {
  readonly #statements = new Map<string, Database.Statement>();

  constructor(
    private readonly db: Database.Database,
    private readonly file: string,
  ) {}

  head(): Position {
    return this.#guarded(() => positionOf(this.#headPos()));
  }

  stream(stream: string, { from, direction = 'forward', limit }: StreamRead): readonly StoredEvent[] {
    const [compare, order] = direction === 'forward' ? ['>=', 'ASC'] : ['<=', 'DESC'];
    const sql = `SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision ${compare} ? ORDER BY revision ${order} ${LIMIT}`;
    const start = from ?? (direction === 'forward' ? 0 : Number.MAX_SAFE_INTEGER);
    return this.#guarded(() => this.#events(sql, [stream, start, limit === undefined ? -1 : checkLimit(limit)]));
  }

  /** The event with this id, if there is one. */
  event(eventId: string): StoredEvent | undefined {
    const sql = `SELECT ${COLUMNS} FROM events WHERE event_id = ?`;
    return this.#guarded(() => this.#events(sql, [uuidBytes(eventId)])[0]);
  }

  /**
   * The head is read before the events and bounds them: what is committed in between is left to the
   * next page, so that `position` never passes over an event that was not seen.
   */
  log(read: LogRead): LogPage {
    return this.#guarded(() => {
      const { direction = 'forward', limit = 500 } = read;
      const head = this.#headPos();
      const after = read.after === undefined ? 0 : posOf(read.after);
      const before = read.before === undefined ? head + 1 : posOf(read.before);
      const [low, high] = direction === 'forward' ? [after, head] : [0, Math.min(before - 1, head)];
      const [sql, parameters] = logQuery(read, direction, low, high, checkLimit(limit));
      const events = this.#events(sql, parameters);
      const last = events.at(-1)?.position;
      if (events.length === limit && last !== undefined) {
        return { events, position: last, end: direction === 'forward' ? posOf(last) >= head : posOf(last) <= 1 };
      }
      return { events, position: direction === 'forward' ? positionOf(Math.max(after, head)) : START, end: true };
    });
  }

  /** Changes when another connection, also of another process, has committed. */
  dataVersion(): number {
    return Number(this.db.pragma('data_version', { simple: true }));
  }

  close(): void {
    this.db.close();
  }

  #headPos(): number {
    return (this.#prepared('SELECT max(pos) FROM events').pluck().get() as number | null) ?? 0;
  }

  #events(sql: string, parameters: readonly unknown[]): StoredEvent[] {
    const rows = this.#prepared(sql)
      .raw()
      .all(...parameters) as Row[];
    return rows.map((row) => {
      try {
        return storedEvent(row);
      } catch (error) {
        throw sqliteDamage(this.file, `the event at ${row[0]} cannot be read (${String(error)})`);
      }
    });
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.db.prepare(sql)));
    return statement;
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw sqliteRefusal(error, this.file);
    }
  }
}

/** Reads by an index in the order of the log, whatever the filter: no sort, no scan over other tenants' events. */
export function logQuery(filter: LogFilter, direction: Direction, low: number, high: number, limit: number): [string, unknown[]] {
  const { tenant, categories } = filter;
  if (categories && (categories.length === 0 || new Set(categories).size < categories.length)) {
    throw new Error('a filter by categories names at least one, and each once');
  }
  const range = 'pos > ? AND pos <= ?';
  const order = `ORDER BY pos ${direction === 'forward' ? 'ASC' : 'DESC'}`;
  if (tenant !== undefined) {
    const among = categories ? ` AND category IN (${categories.map(() => '?').join()})` : '';
    const sql = `SELECT ${COLUMNS} FROM events INDEXED BY events_by_tenant WHERE tenant = ? AND ${range}${among} ${order} ${LIMIT}`;
    return [sql, [tenant, low, high, ...(categories ?? []), limit]];
  }
  if (!categories) return [`SELECT ${COLUMNS} FROM events WHERE ${range} ${order} ${LIMIT}`, [low, high, limit]];
  // Each category comes in order from its index; SQLite merges them and stops at the limit.
  const each = `SELECT pos FROM events INDEXED BY events_by_category WHERE category = ? AND ${range}`;
  const merged = `${categories.map(() => each).join(' UNION ALL ')} ${order} ${LIMIT}`;
  const sql = `SELECT ${COLUMNS} FROM events WHERE pos IN (${merged}) ${order}`;
  return [sql, [...categories.flatMap((category) => [category, low, high]), limit]];
}

function checkLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new Error(`${limit} is not a limit`);
  return limit;
}
