// The whole event log, checked for the operator's doctor: what SQLite can tell, and what only we can.
import { join } from 'node:path';
import { EVENTS_FILE, openForReading } from './sqlite.events-file.js';
import { isJsonObject } from './sqlite.append.js';
import { openForCheck, sqliteRefusal } from './sqlite.file.js';
import { COLUMNS, type Row } from './sqlite.rows.js';

export interface FileReport {
  readonly file: string;
  readonly events: number;
  readonly streams: number;
  /** What is wrong, a sentence each, at most 100; empty for a sound file. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 100;

/**
 * Reads every page and every event of the log in `folder`. Takes as long as that takes and holds the
 * calling thread up; the server may run meanwhile.
 *
 * @throws `store.damaged` where the file cannot be opened at all, `store.newer-format`, `store.read-only`.
 */
export function checkEventsFile(folder: string): FileReport {
  const file = join(folder, EVENTS_FILE);
  const db = openForReading(folder);
  const problems: string[] = [];
  const revisions = new Map<string, number>();
  let events = 0;
  try {
    // One snapshot for both.
    db.exec('BEGIN');
    const integrity = db.prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`).pluck().all();
    problems.push(...integrity.filter((line) => line !== 'ok'));
    for (const row of db.prepare<[], Row>(`SELECT ${COLUMNS} FROM events ORDER BY pos`).raw().iterate()) {
      events += 1;
      const [pos, stream, revision] = row;
      const wanted = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      if (revision !== wanted) problems.push(`event ${pos} is revision ${revision} of ${stream}; ${wanted} was its turn`);
      const wrong = eventDamage(row);
      if (wrong) problems.push(wrong);
      if (problems.length >= MAX_PROBLEMS) break;
    }
  } catch (error) {
    problems.push((sqliteRefusal(error, file) as Error).message);
  } finally {
    db.close();
  }
  return { file, events, streams: revisions.size, problems: problems.slice(0, MAX_PROBLEMS) };
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
    return openForCheck(file, (db) => {
      const lines = db.prepare<[], string>(`PRAGMA integrity_check(${MAX_PROBLEMS})`).pluck().all();
      return lines.filter((line) => line !== 'ok');
    });
  } catch (error) {
    return [(sqliteRefusal(error, file) as Error).message];
  }
}
