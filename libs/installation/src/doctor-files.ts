// What the doctor finds out about the files of a data folder: that they are there, whole, ours and nobody else's.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkEventsFile, checkSqliteFile } from '#event-store/sqlite.check-file.js';
import { EVENTS_FILE, eventsFormat } from '#event-store/sqlite.events-file.js';
import { openSqlite, type SqliteFormat } from '#event-store/sqlite.file.js';
import { DomainError } from '#kernel/errors.js';
import { VIEWS_FILE, viewsFormat } from '#read-models/sqlite.schema.js';
import { RECORDS_FORMAT } from '#records/sqlite.schema.js';
import { KEYS_FILE, RECORDS_FILE } from './files.js';
import { problem, sound, warning, type Finding } from './finding.js';
import { MASTER_KEY_FILE } from './master-key.js';
import { steps, type OnStep } from './step.js';

interface Known {
  readonly format: SqliteFormat;
  /** What to do where the file is damaged. */
  readonly damaged: string;
  /** What to do where it is missing, and whether a server starts all the same. */
  readonly missing: string;
  readonly needed: boolean;
}

const FILES: Readonly<Record<string, Known>> = {
  [EVENTS_FILE]: {
    format: eventsFormat,
    damaged: 'stop the server and restore the newest backup: it is the only truth',
    missing: 'restore the newest backup: it is the only truth',
    needed: true,
  },
  [KEYS_FILE]: {
    format: RECORDS_FORMAT,
    damaged: 'stop the server and restore it from your copy of the keys: without it sealed fields cannot be read',
    missing: 'restore it from your copy of the keys: without it sealed fields cannot be read',
    needed: true,
  },
  [RECORDS_FILE]: {
    format: RECORDS_FORMAT,
    damaged: 'stop the server and move it away: repeated requests of the last day are then not recognised',
    missing: 'nothing: it is made at the next start; repeated requests of the last day are not recognised',
    needed: false,
  },
  [VIEWS_FILE]: {
    format: viewsFormat,
    damaged: 'stop the server and move it away: it is built again from the log at the next start',
    missing: 'start the server: it is built again from the log',
    needed: false,
  },
};

const MB = 1_000_000;
/** A write-ahead log is folded into its file long before: more means that somebody holds it. */
const MAX_WAL_BYTES = 256 * MB;
const LITTLE_ROOM = 1_000 * MB;
const NO_ROOM = 100 * MB;

/** A finding for each file, in the order of their weight. @param deep reads every page, and every event */
export function examineFiles(folder: string, deep: boolean, onStep: OnStep): Finding[] {
  return Object.entries(FILES).flatMap(([name, known]) => [
    examineFile(folder, name, known, deep, onStep),
    ...examineWal(folder, name),
  ]);
}

function examineFile(folder: string, name: string, known: Known, deep: boolean, onStep: OnStep): Finding {
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return (known.needed ? problem : warning)(name, 'is missing', known.missing);
  try {
    openSqlite(path, known.format, { durable: true, readonly: true }).close();
    if (!deep)
      return sound(
        name,
        `${(size / MB).toFixed(1)} MB, format ${known.format.migrations.length}; opens (--deep reads all of it)`,
      );
    if (name !== EVENTS_FILE) return judged(name, checkSqliteFile(path), 'all pages are sound', known.damaged);
    const { problems, events, streams } = checkEventsFile(folder, steps(onStep, `reading ${name}`, 'events'));
    return judged(name, problems, `${events} events in ${streams} streams, all readable`, known.damaged);
  } catch (error) {
    if (!(error instanceof DomainError) || error.definition.kind !== 'unavailable') throw error;
    const todo = error.code === 'store.newer-format' ? 'use the version of the product that the server runs' : known.damaged;
    return problem(name, error.message, todo);
  }
}

function judged(name: string, problems: readonly string[], says: string, todo: string): Finding {
  return problems.length === 0 ? sound(name, says) : problem(name, `is damaged: ${problems.slice(0, 5).join('; ')}`, todo);
}

function examineWal(folder: string, name: string): Finding[] {
  const wal = `${name}-wal`;
  const size = statSync(join(folder, wal), { throwIfNoEntry: false })?.size ?? 0;
  if (size <= MAX_WAL_BYTES) return [];
  const todo = 'look for a backup, an export or another program that has had the file open for long, and end it';
  return [warning(wal, `has grown to ${(size / MB).toFixed(0)} MB: somebody reads an old state of the file`, todo)];
}

/** Who may read what is in the folder. */
export function examineRights(folder: string): Finding[] {
  const findings: Finding[] = [];
  const look = (about: string, path: string, mode: string, state: typeof problem) => {
    const { mode: bits, uid } = statSync(path);
    if ((bits & 0o077) !== 0) {
      findings.push(state(about, `others may open it (mode ${(bits & 0o777).toString(8)})`, `chmod ${mode} ${path}`));
    }
    if (process.getuid && uid !== process.getuid()) {
      findings.push(
        warning(about, `it belongs to user ${uid}, not to the one who asks`, 'run server and command line as the owner'),
      );
    }
  };
  look('folder', folder, '700', warning);
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(?:db|db-wal|db-shm|key|sock)$/.test(name)) continue;
    look(name, join(folder, name), '600', [MASTER_KEY_FILE, KEYS_FILE].includes(name) ? problem : warning);
  }
  return findings.length > 0 ? findings : [sound('rights', 'the folder and its files are for their owner only')];
}

/** @param free the bytes that the disk has left */
export function examineDisk(folder: string, free: number): Finding {
  const log = existsSync(join(folder, EVENTS_FILE)) ? statSync(join(folder, EVENTS_FILE)).size : 0;
  const says = `${(free / MB).toFixed(0)} MB are free`;
  if (free < NO_ROOM) return problem('disk', says, 'free some space now: on a full disk every write is refused');
  if (free < Math.max(LITTLE_ROOM, log))
    return warning('disk', says, 'free some space: a rebuild of the views needs about as much as the log');
  return sound('disk', says);
}
