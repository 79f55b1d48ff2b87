// Examines the files of a data folder, whether a server runs on it or not. Changes nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkEventsFile, checkSqliteFile } from '#event-store/sqlite.check-file.js';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { DomainError } from '#kernel/errors.js';
import { VIEWS_FILE } from '#read-models/sqlite.schema.js';
import { KEYS_FILE, RECORDS_FILE } from './files.js';

export interface Finding {
  readonly file: string;
  readonly sound: boolean;
  /** What was looked at, or what is wrong and what to do. */
  readonly about: string;
}

/** What to do where a file is damaged or missing, by file. */
const WAY_OUT: Readonly<Record<string, string>> = {
  [EVENTS_FILE]: 'restore it from a backup: it is the only truth',
  [KEYS_FILE]: 'restore it from your copy of the keys: without it sealed fields cannot be read',
  [RECORDS_FILE]: 'stop the server and move it away: repeated requests of the last day are then not recognised',
  [VIEWS_FILE]: 'stop the server and move it away: it is built again from the log at the next start',
};

/** A finding for each file of the folder, in the order of their weight. Reads every page, and every event. */
export function examine(folder: string): readonly Finding[] {
  return [EVENTS_FILE, KEYS_FILE, RECORDS_FILE, VIEWS_FILE].map((name): Finding => {
    if (!existsSync(join(folder, name))) return { file: name, sound: false, about: `is missing; ${WAY_OUT[name]}` };
    const { problems, about } =
      name === EVENTS_FILE ? examineLog(folder) : { problems: checkSqliteFile(join(folder, name)), about: 'all pages are sound' };
    if (problems.length === 0) return { file: name, sound: true, about };
    return { file: name, sound: false, about: `${problems.join('; ')}; ${WAY_OUT[name]}` };
  });
}

function examineLog(folder: string): { problems: readonly string[]; about: string } {
  try {
    const { problems, events, streams } = checkEventsFile(folder);
    return { problems, about: `${events} events in ${streams} streams, all readable` };
  } catch (error) {
    if (error instanceof DomainError) return { problems: [error.message], about: '' };
    throw error;
  }
}
