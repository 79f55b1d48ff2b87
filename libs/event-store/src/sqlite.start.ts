// What is checked before the event log is written to or read.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createEventsFile, EVENTS_FILE } from './sqlite.events-file.js';
import { sqliteRefusal } from './sqlite.file.js';

/** Makes or checks the log of `folder`. @throws `store.damaged`, `store.read-only`, `store.full`, `store.failed`. */
export function startAt(folder: string): string {
  try {
    const file = join(realpathSync(folder), EVENTS_FILE);
    createEventsFile(file);
    return file;
  } catch (error) {
    throw sqliteRefusal(error, folder);
  }
}
