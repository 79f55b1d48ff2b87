// Copies an installation while its server serves, or while none runs. The keys stay out: who holds a backup
// and the keys reads everything (DESIGN §10); a copy of them goes to a folder of its own, where that is asked for.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { checkEventsFile } from '#event-store/sqlite.check-file.js';
import { copySqliteFile } from '#event-store/sqlite.copy-file.js';
import { EVENTS_FILE, eventsFormat } from '#event-store/sqlite.events-file.js';
import { sqliteDamage } from '#event-store/sqlite.file.js';
import { FolderLock } from '#event-store/sqlite.folder-lock.js';
import { walDamage } from '#event-store/sqlite.wal-check.js';
import { DomainError } from '#kernel/errors.js';
import { copyLastingRecords, copyRecords } from '#records/sqlite.copy-records.js';
import { describeFile, writeManifest, type Manifest } from './backup-manifest.js';
import { writeDurably } from './durable-file.js';
import { ERASURES_FILE, KEYS_FILE, RECORDS_FILE } from './files.js';
import { MASTER_KEY_FILE, NEXT_MASTER_KEY_FILE } from './master-key.js';
import { freeBytes, intoNewFolder, mustBeFree, needRoom } from './new-folder.js';
import { operatorErrors } from './operator.errors.js';
import { steps, type OnStep } from './step.js';

export interface BackupOptions {
  /** The folder to be copied. */
  readonly folder: string;
  /** An empty folder, or none yet. */
  readonly target: string;
  /** Where a copy of the keys goes, apart from the backup. Default: nowhere. */
  readonly keysTo?: string;
  readonly now: string;
  readonly onStep: OnStep;
  /** The bytes that a folder has room for; tests have less. */
  readonly roomFor?: (folder: string) => number;
}

export type Backup = Omit<Manifest, 'format' | 'files'> & {
  readonly target: string;
  readonly bytes: number;
  readonly keysTo: string | null;
};

/**
 * Makes a backup that holds every command that was acknowledged before this was called, and reads it whole
 * before it counts as made.
 *
 * @throws `backup.nothing-there`, `backup.target-not-empty`, `backup.under-way`, `backup.no-room`, and the
 * refusals of `copySqliteFile`; nothing is left of the target then.
 */
export async function makeBackup(options: BackupOptions): Promise<Backup> {
  const { folder, target, keysTo, roomFor = freeBytes } = options;
  if (!existsSync(join(folder, EVENTS_FILE))) {
    operatorErrors.refuse('backup.nothing-there', `${join(folder, EVENTS_FILE)} is not there; is ${folder} the right folder?`);
  }
  if (keysTo !== undefined && within(target, keysTo)) {
    operatorErrors.refuse('backup.target-not-empty', 'The copy of the keys must lie apart from the backup: name another folder.');
  }
  for (const wanted of keysTo === undefined ? [target] : [target, keysTo]) mustBeFree(wanted);
  checkAtRest(folder);
  // Twice the records: what is left out of their copy is taken out of it.
  needRoom(target, sizeOf(folder, EVENTS_FILE) + 2 * sizeOf(folder, RECORDS_FILE), roomFor(target));
  const manifest = await intoNewFolder(target, (partial) => fill(partial, options));
  // After the log: whatever is sealed in its copy has its key in this one.
  if (keysTo !== undefined) await copyKeys(folder, keysTo);
  const { madeAt, position, events, streams, files } = manifest;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { target, madeAt, position, events, streams, bytes, keysTo: keysTo ?? null };
}

async function fill(partial: string, { folder, now, onStep }: BackupOptions): Promise<Manifest> {
  const names = [EVENTS_FILE];
  // The records first: reactors that are behind the log look again, those ahead of it would miss something.
  if (existsSync(join(folder, RECORDS_FILE))) {
    await copyLastingRecords(join(folder, RECORDS_FILE), join(partial, RECORDS_FILE));
    names.push(RECORDS_FILE);
  }
  const copying = steps(onStep, `copying ${EVENTS_FILE}`, 'bytes');
  await copySqliteFile(join(folder, EVENTS_FILE), eventsFormat, join(partial, EVENTS_FILE), copying);
  const report = checkEventsFile(partial, steps(onStep, 'reading the copy', 'events'));
  if (report.problems.length > 0) throw sqliteDamage(join(folder, EVENTS_FILE), report.problems.slice(0, 3).join('; '));
  const files = names.map((name) => describeFile(partial, name, onStep));
  const { position, events, streams } = report;
  const manifest: Manifest = { format: 1, madeAt: now, position, events, streams, files };
  writeManifest(partial, manifest);
  return manifest;
}

/** A server has checked its log before it opened it; where none runs, nobody has. @throws `store.damaged` */
function checkAtRest(folder: string): void {
  let lock: FolderLock;
  try {
    lock = FolderLock.acquire(folder);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'store.locked') return;
    throw error;
  }
  try {
    const file = `${join(folder, EVENTS_FILE)}-wal`;
    const damage = walDamage(file);
    if (damage) throw sqliteDamage(file, `${damage}. To go on without the last events, move this file away`);
  } finally {
    lock.release();
  }
}

/** Keys, the ledger of erasures, and the master key unless the configuration gives it: then it lies elsewhere already. */
async function copyKeys(folder: string, target: string): Promise<void> {
  await intoNewFolder(target, async (partial) => {
    await copyRecords(join(folder, KEYS_FILE), join(partial, KEYS_FILE));
    if (!existsSync(join(folder, ERASURES_FILE))) writeDurably(join(partial, ERASURES_FILE), '');
    for (const name of [ERASURES_FILE, MASTER_KEY_FILE, NEXT_MASTER_KEY_FILE]) {
      if (existsSync(join(folder, name))) writeDurably(join(partial, name), readFileSync(join(folder, name)));
    }
  });
}

function sizeOf(folder: string, name: string): number {
  return ['', '-wal'].reduce((sum, end) => sum + (statSync(join(folder, name + end), { throwIfNoEntry: false })?.size ?? 0), 0);
}

function within(folder: string, path: string): boolean {
  return `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`);
}
