// One append inside the writer's transaction. All checks come before the first write, so that an append
// that is refused has changed nothing and the others of its transaction go on.
import type Database from 'better-sqlite3';
import type { AppendResult, ExpectedState } from './event-store.js';
import type { Outcome, WriteMessage } from './sqlite.messages.js';
import { positionOf, uuidBytes } from './sqlite.rows.js';

type Head = number | 'no-stream';

export class AppendLog {
  readonly #head;
  readonly #at;
  readonly #known;
  readonly #insert;

  constructor(db: Database.Database) {
    this.#head = db
      .prepare<[string], number>('SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1')
      .pluck();
    this.#at = db.prepare<[string, number], { pos: number; event_id: Buffer }>(
      'SELECT pos, event_id FROM events WHERE stream = ? AND revision = ?',
    );
    this.#known = db.prepare<[Buffer], string>('SELECT stream FROM events WHERE event_id = ?').pluck();
    this.#insert = db.prepare<[string, number, Buffer, string, string, string]>(
      'INSERT INTO events (stream, revision, event_id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?)',
    );
  }

  append(writes: readonly WriteMessage[]): Outcome {
    const heads = writes.map(({ stream }): Head => this.#head.get(stream) ?? 'no-stream');
    const refused = writes.findIndex(({ expected }, i) => !holds(expected, heads[i]!));
    if (refused >= 0) {
      const first = this.#firstResult(writes);
      if (first) return { kind: 'appended', result: first };
      const { stream, expected } = writes[refused]!;
      return { kind: 'conflict', stream, expected, actual: heads[refused]! };
    }
    const mistake = this.#mistakeIn(writes);
    if (mistake) return { kind: 'mistake', message: mistake };
    return { kind: 'appended', result: this.#write(writes, heads) };
  }

  #write(writes: readonly WriteMessage[], heads: readonly Head[]): AppendResult {
    const revisions: Record<string, number> = {};
    let last: number | bigint = 0;
    writes.forEach(({ stream, events }, i) => {
      const head = heads[i]!;
      let revision = head === 'no-stream' ? -1 : head;
      for (const { eventId, type, data, metadata } of events) {
        revision += 1;
        last = this.#insert.run(stream, revision, uuidBytes(eventId), type, data, metadata).lastInsertRowid;
      }
      revisions[stream] = revision;
    });
    return { position: positionOf(Number(last)), revisions };
  }

  /** What the first one answered, where every event of this append stands at its place already. */
  #firstResult(writes: readonly WriteMessage[]): AppendResult | undefined {
    const revisions: Record<string, number> = {};
    let last = 0;
    for (const { stream, expected, events } of writes) {
      if (expected === 'any' || expected === 'exists') return undefined;
      let revision = expected === 'no-stream' ? -1 : expected;
      for (const { eventId } of events) {
        revision += 1;
        const stored = this.#at.get(stream, revision);
        if (!stored || !stored.event_id.equals(uuidBytes(eventId))) return undefined;
        last = Math.max(last, stored.pos);
      }
      revisions[stream] = revision;
    }
    return { position: positionOf(last), revisions };
  }

  #mistakeIn(writes: readonly WriteMessage[]): string | undefined {
    for (const { stream, events } of writes) {
      for (const { eventId, type, data } of events) {
        const owner = this.#known.get(uuidBytes(eventId));
        if (owner !== undefined) return `${stream}: event id ${eventId} stands in ${owner} already`;
        if (!isJsonObject(data)) return `${stream}: the payload of ${type} is not a JSON object`;
      }
    }
    return undefined;
  }
}

function holds(expected: ExpectedState, actual: Head): boolean {
  if (expected === 'any') return true;
  return expected === 'exists' ? actual !== 'no-stream' : expected === actual;
}

/** Whether the text is JSON of an object: what stands in the log is taken for damage where it is not. */
export function isJsonObject(text: string): boolean {
  if (!text.startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
