// Puts a backup into an empty folder, and lets nobody start on it before all of it was checked.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkEventsFile, type FileReport } from '#event-store/sqlite.check-file.js';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import { FolderLock, LOCK_FILE } from '#event-store/sqlite.folder-lock.js';
import { Keyring } from '#event-store/keyring.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { sqliteRefusal } from '#event-store/sqlite.file.js';
import { DomainError } from '#kernel/errors.js';
import { copyRecords } from '#records/sqlite.copy-records.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { sync } from '#event-store/sync.js';
import { checkFiles, readManifest, type Manifest } from './backup-manifest.js';
import { copyDurably } from './durable-file.js';
import { ErasureLedger, readLedger, type Erasure } from './erasure-ledger.js';
import { ERASURES_FILE, KEYS_FILE, RECORDS_FILE, RESTORING } from './files.js';
import { MASTER_KEY_FILE, NEXT_MASTER_KEY_FILE, readMasterKey, writeMasterKey } from './master-key.js';
import { freeBytes, needRoom } from './new-folder.js';
import { operatorErrors } from './operator.errors.js';
import { checkSealed } from './sealed-events.js';
import { steps, type OnStep } from './step.js';

export interface RestoreOptions {
  readonly backup: string;
  /** The data folder to be: empty, or not there yet. */
  readonly folder: string;
  /** The folder with `keys.db` and, unless it is configured, `master.key`; null to go without. */
  readonly keys: string | null;
  /** The newest ledger of erasures, counted beside that in the folder of the keys; null to go without any. */
  readonly erasures?: string | null;
  /** From the configuration; then it is not written into the folder. */
  readonly masterKey?: Uint8Array;
  readonly onStep: OnStep;
}

export interface Restored {
  readonly folder: string;
  readonly position: string;
  readonly events: number;
  readonly streams: number;
  /** Events whose sealed fields were opened with the keys; null without keys. */
  readonly sealed: number | null;
  /** Persons whose erasure the ledger knows; null without a ledger. */
  readonly erased: number | null;
}

/** In which order the files get their names: without keys a log does not start, so they come last. */
const ORDER = [EVENTS_FILE, RECORDS_FILE, ERASURES_FILE, MASTER_KEY_FILE, KEYS_FILE];

/**
 * Checks the backup against its manifest, the log event by event, and the keys against every sealed field. Whoever was
 * erased since the backup or the copy of the keys loses his key here; the first start states it in the log.
 * Views are built at the first start.
 *
 * @throws `restore.*`, `backup.*`, `store.locked` while a server runs on the folder, and the refusals of
 * stores; the folder is empty then.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, folder, onStep } = options;
  const manifest = readManifest(backup);
  const lock = takeEmpty(folder);
  try {
    const room = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
    needRoom(folder, room, freeBytes(folder));
    checkFiles(backup, manifest, onStep);
    const draft = join(folder, RESTORING);
    mkdirSync(draft, { mode: 0o700 });
    for (const { name } of manifest.files) copyDurably(join(backup, name), join(draft, name));
    const { position, events, streams } = checkLog(draft, manifest, onStep);
    const ledger = bringLedger(draft, options);
    const sealed = options.keys === null ? null : await restoreKeys(draft, options.keys, ledger?.all() ?? [], options);
    takeNames(draft, folder);
    return { folder, position, events, streams, sealed, erased: ledger && ledger.all().length };
  } catch (error) {
    rmSync(join(folder, RESTORING), { recursive: true, force: true });
    throw sqliteRefusal(error, folder);
  } finally {
    lock.release();
    rmSync(join(folder, LOCK_FILE), { force: true });
  }
}

/** Takes a folder that holds nothing but what a killed restore has left. */
function takeEmpty(folder: string): FolderLock {
  const namesIn = () => (existsSync(folder) ? readdirSync(folder) : []);
  const isTaken = namesIn().length > 0;
  const isLocked = namesIn().includes(LOCK_FILE);
  const others = namesIn().filter((name) => ![LOCK_FILE, RESTORING].includes(name));
  if (isTaken && others.length > 0) {
    // A server that runs here is the better reason.
    if (isLocked) FolderLock.acquire(folder).release();
    const detail = `${folder} is not empty (${others.slice(0, 3).join(', ')}); name another folder, or move what is in it away.`;
    operatorErrors.refuse('restore.folder-not-empty', detail);
  }
  const lock = FolderLock.acquire(folder);
  rmSync(join(folder, RESTORING), { recursive: true, force: true });
  return lock;
}

function checkLog(draft: string, manifest: Manifest, onStep: OnStep) {
  const report = readLog(draft, onStep);
  const { position, events, problems } = report;
  const wrong = problems.slice(0, 3);
  if (position !== manifest.position || events !== manifest.events) {
    wrong.push(`it has ${events} events up to ${position}, its manifest says ${manifest.events} up to ${manifest.position}`);
  }
  if (wrong.length > 0) operatorErrors.refuse('backup.damaged', `The log of the backup is damaged: ${wrong.join('; ')}.`);
  return report;
}

function readLog(draft: string, onStep: OnStep): FileReport {
  try {
    return checkEventsFile(draft, steps(onStep, 'reading the log', 'events'));
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'store.damaged')) throw error;
    return operatorErrors.refuse('backup.damaged', `The log of the backup is damaged: ${error.message}.`);
  }
}

/** All erasures that are known of, put into the folder. @throws `restore.erasures-missing`, `erasures.damaged` */
function bringLedger(draft: string, { keys, erasures }: RestoreOptions): ErasureLedger | null {
  // Without keys there the refusal is about them.
  if (erasures === null || (keys !== null && !existsSync(join(keys, KEYS_FILE)))) return null;
  const beside = keys === null ? undefined : join(keys, ERASURES_FILE);
  const files = [erasures, beside].filter((file) => file !== undefined && existsSync(file)) as string[];
  const missing = erasures !== undefined && !files.includes(erasures) ? erasures : files.length === 0 ? beside : undefined;
  if (missing !== undefined) {
    const detail = `There is no ${missing}: name the newest ledger of erasures by --erasures, or go without by --without-erasures.`;
    return operatorErrors.refuse('restore.erasures-missing', detail);
  }
  return files.length === 0 ? null : new ErasureLedger(draft, files.flatMap(readLedger));
}

/** Copies the keys and opens everything with them. Answers how many sealed events there are. */
async function restoreKeys(
  draft: string,
  source: string,
  erased: readonly Erasure[],
  { masterKey, onStep }: RestoreOptions,
): Promise<number> {
  const key = masterKey ?? readMasterKey(source);
  const missing = !statSync(join(source, KEYS_FILE), { throwIfNoEntry: false }) ? KEYS_FILE : key ? null : MASTER_KEY_FILE;
  if (missing || !key) {
    const detail = `${source} holds no ${missing}; name the folder of your copy of the keys, or go without by --without-keys.`;
    return operatorErrors.refuse('restore.keys-missing', detail);
  }
  await copyRecords(join(source, KEYS_FILE), join(draft, KEYS_FILE));
  const records = SqliteRecordStore.open(join(draft, KEYS_FILE), { durable: true });
  const log = SqliteEventStore.openReader(draft);
  try {
    // A copy may have been made in the middle of a rotation: then it holds both.
    const next = masterKey ? null : readMasterKey(source, NEXT_MASTER_KEY_FILE);
    const right = next && (await new Keyring(records, next).isOpen()) ? next : key;
    if (!masterKey) writeMasterKey(join(draft, MASTER_KEY_FILE), right);
    const keyring = new Keyring(records, right);
    if (erased.length > 0) await keyring.destroy(erased.map(({ tenant, contactId }) => ({ tenant, subject: contactId })));
    return await mustFit(log, keyring, source, onStep);
  } finally {
    await log.close();
    await records.close();
  }
}

async function mustFit(
  log: Parameters<typeof checkSealed>[0],
  keyring: Keyring,
  source: string,
  onStep: OnStep,
): Promise<number> {
  if (!(await keyring.isOpen())) {
    const detail = `The master key does not open ${join(source, KEYS_FILE)}: the two do not belong together.`;
    operatorErrors.refuse('restore.keys-wrong', detail);
  }
  const report = await checkSealed(log, keyring, { onEvents: steps(onStep, 'opening sealed fields', 'events') });
  const { unreadable, withoutKey, withoutHashKey } = report;
  if (unreadable.length > 0) {
    const detail = `The keys in ${source} do not open the log, first at position ${unreadable[0]}: they are another installation's.`;
    operatorErrors.refuse('restore.keys-wrong', detail);
  }
  const absent = [...withoutKey, ...withoutHashKey.map((tenant) => `${tenant} (hashes)`)];
  if (absent.length > 0) {
    const detail = `${source} lacks ${absent.length} keys that the log needs, such as that of ${absent[0]}: take a newer copy of the keys.`;
    operatorErrors.refuse('restore.keys-incomplete', detail);
  }
  return report.sealed;
}

function takeNames(draft: string, folder: string): void {
  for (const name of ORDER) if (existsSync(join(draft, name))) renameSync(join(draft, name), join(folder, name));
  sync(folder);
  rmSync(draft, { recursive: true });
  sync(folder);
}
