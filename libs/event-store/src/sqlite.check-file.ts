// The whole event log, checked for the operator's doctor: what SQLite can tell, and what only we can.
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { DomainError } from '#kernel/errors.js';
import { EVENTS_FILE, openForReading } from './sqlite.events-file.js';
import { isJsonObject } from './sqlite.append.js';
import { openForCheck, sqliteRefusal } from './sqlite.file.js';
import type { Position } from './event-store.js';
import { COLUMNS, positionOf, type Row } from './sqlite.rows.js';

export interface FileReport {
  readonly file: string;
  readonly events: number;
  readonly streams: number;
  /** Of the last event that was read. */
  readonly position: Position;
  /** What is wrong, a sentence each, at most 100; empty for a sound file. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 100;
/** Events between two words to who waits. */
const TELL_EVERY = 5_000;

/**
 * Reads every page and every event of the log in `folder`. Takes as long as that takes and holds the
 * calling thread up; the server may run meanwhile.
 *
 * @param onEvents told how many events were read, and of how many.
 * @throws `store.damaged` where the file cannot be opened at all, `store.newer-format`, `store.read-only`.
 */
export function checkEventsFile(folder: string, onEvents: (done: number, total: number) => void = () => undefined): FileReport {
  const file = join(folder, EVENTS_FILE);
  const db = openForReading(folder);
  const problems: string[] = [];
  const seen = { events: 0, last: 0, revisions: new Map<string, number>() };
  try {
    // One snapshot for both.
    db.exec('BEGIN');
    problems.push(...brokenPages(db));
    checkEvents(db, seen, problems, onEvents);
  } catch (error) {
    const refusal = sqliteRefusal(error, file);
    if (!(refusal instanceof DomainError)) throw refusal;
    problems.push(refusal.message);
  } finally {
    db.close();
  }
  const { events, last, revisions } = seen;
  return { file, events, streams: revisions.size, position: positionOf(last), problems: problems.slice(0, MAX_PROBLEMS) };
}

/** Reads all events in the order of the log; stops where there is more wrong than anybody wants to read. */
function checkEvents(
  db: Database,
  seen: { events: number; last: number; readonly revisions: Map<string, number> },
  problems: string[],
  onEvents: (done: number, total: number) => void,
): void {
  const total = db.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? 0;
  onEvents(0, total);
  for (const row of db.prepare<[], Row>(`SELECT ${COLUMNS} FROM events ORDER BY pos`).raw().iterate()) {
    const [pos, stream, revision] = row;
    // Nothing is deleted and nothing that fails takes a number: a gap is an event that is gone.
    if (pos !== seen.last + 1) problems.push(`event ${pos} comes after event ${seen.last}: what stood between them is gone`);
    const wanted = (seen.revisions.get(stream) ?? -1) + 1;
    if (revision !== wanted) problems.push(`event ${pos} is revision ${revision} of ${stream}; ${wanted} was its turn`);
    const wrong = eventDamage(row);
    if (wrong) problems.push(wrong);
    seen.events += 1;
    seen.last = pos;
    seen.revisions.set(stream, revision);
    if (problems.length >= MAX_PROBLEMS) return;
    if (seen.events % TELL_EVERY === 0 || seen.events === total) onEvents(seen.events, total);
  }
}

/** What is wrong with one event, or undefined. */
export function eventDamage([pos, stream, , eventId, , data, metadata]: Row): string | undefined {
  if (eventId.length !== 16) return `the id of event ${pos} of ${stream} is not a UUID`;
  if (!isJsonObject(data)) return `the payload of event ${pos} of ${stream} is not a JSON object`;
  if (!isJsonObject(metadata)) return `the metadata of event ${pos} of ${stream} is not a JSON object`;
  return undefined;
}

/** What SQLite finds wrong with a file of ours, a sentence each, at most 100. Reads every page; the file may be in use. */
export function checkSqliteFile(file: string): readonly string[] {
  try {
    return openForCheck(file, brokenPages);
  } catch (error) {
    return [(sqliteRefusal(error, file) as Error).message];
  }
}

function brokenPages(db: Database): string[] {
  const lines = db.prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`).pluck().all();
  return lines.filter((line) => line !== 'ok');
}
