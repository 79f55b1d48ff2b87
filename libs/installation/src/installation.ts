// An embedded installation, opened: one process, four SQLite files, a thread that writes the log and one
// that writes the views (DESIGN §10). Everything that the apps hand on to the rooms.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '#catalogue/errors.js';
import { events } from '#catalogue/events.js';
import { Codec } from '#event-store/codec.js';
import { Executor } from '#event-store/execute.js';
import { FolderLock } from '#event-store/sqlite.folder-lock.js';
import { Keyring } from '#event-store/keyring.js';
import { START, storeErrors } from '#event-store/event-store.js';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { EVENTS_FILE } from '#event-store/sqlite.events-file.js';
import type { WriterObserver } from '#event-store/sqlite.writer.js';
import type { Clock } from '#kernel/clock.js';
import { paceOf } from '#read-models/pace.js';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { VIEWS_FILE } from '#read-models/sqlite.schema.js';
import { Freshness } from '#read-models/wait-for.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { KEYS_FILE, RECORDS_FILE, RESTORING } from './files.js';
import { ErasureLedger, type Erasure } from './erasure-ledger.js';
import { Erasures } from './erasures.js';
import { settledMasterKey } from './master-key.js';
import { ProjectionThread, type ProjectionListener } from './projection-thread.js';

export interface InstallationOptions {
  readonly dataDir: string;
  readonly masterKey?: Uint8Array;
  readonly clock: Clock;
  /** Is told what becomes of appends. */
  readonly observer?: WriterObserver;
  /** A view cannot go on, or its thread is gone. Default: nobody listens. */
  readonly onTrouble?: (view: string, error: string) => void;
  readonly onProjectionEnd?: (error: Error) => void;
  /** The disk could not sync the log: every write is refused until the folder is opened again. */
  readonly onLogBroken?: (error: Error) => void;
}

export interface Installation {
  readonly folder: string;
  readonly clock: Clock;
  readonly events: SqliteEventStore;
  readonly reads: SqliteReadStore;
  readonly records: SqliteRecordStore;
  readonly keyring: Keyring;
  readonly codec: Codec;
  readonly executor: Executor;
  readonly freshness: Freshness;
  readonly projection: ProjectionThread;
  readonly erasures: Erasures;
  /** Closes everything in order and gives the folder back. */
  close(): Promise<void>;
}

/**
 * Takes the folder and opens what is in it, or makes it.
 * @throws `store.locked`, `store.read-only`, `store.newer-format`, `store.damaged`, `store.full`; Error for a wrong master key.
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const lock = FolderLock.acquire(options.dataDir);
  const closers: (() => Promise<void> | void)[] = [() => lock.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await openStores(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** New keys for an old log would orphan all that was sealed or hashed with the lost ones. */
async function checkKeys(keyring: Keyring, log: SqliteEventStore, folder: string): Promise<void> {
  if (!(await keyring.isUsed()) && (await log.head()) !== START) {
    const detail = `${join(folder, KEYS_FILE)} is missing or empty, but there is a log: restore it from your copy of the keys.`;
    throw storeErrors.error('store.damaged', detail);
  }
  await keyring.verifyMasterKey();
}

/** What the keys themselves know of erasures, for a ledger that is not there any more. */
async function erasuresOf(keyring: Keyring, clock: Clock): Promise<Erasure[]> {
  return (await keyring.destroyed()).map(({ tenant, subject }) => ({ tenant, contactId: subject, at: clock.now() }));
}

/** Views have seen no more than what was durable: where they are ahead, the log has lost its end. */
async function checkViews(reads: SqliteReadStore, log: SqliteEventStore, folder: string): Promise<void> {
  const head = await log.head();
  const ahead = (await reads.builds()).find(({ checkpoint }) => checkpoint.position > head);
  if (!ahead) return;
  const [seen, last] = [ahead.checkpoint.position, head].map(Number);
  const file = join(folder, VIEWS_FILE);
  throw storeErrors.error(
    'store.damaged',
    `${join(folder, EVENTS_FILE)} ends at ${last}, but ${file} has seen ${seen}: events that were answered are gone. Restore the last backup of the log; or, to go on without them, move ${file} with its -wal and -shm away: the views are built again`,
  );
}

async function openStores(
  options: InstallationOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Installation> {
  const opened = <T extends { close(): Promise<void> }>(store: T): T => {
    closers.push(() => store.close());
    return store;
  };
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const folder = realpathSync(options.dataDir);
  const { clock } = options;
  if (existsSync(join(folder, RESTORING))) {
    const detail = `A restore into ${folder} was not finished: empty the folder and restore again.`;
    throw storeErrors.error('store.damaged', detail);
  }
  const keys = opened(SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true }));
  const masterKey = await settledMasterKey(folder, keys, options.masterKey);
  const keyring = new Keyring(keys, masterKey);
  const records = opened(SqliteRecordStore.open(join(folder, RECORDS_FILE), { durable: false }));
  const log = opened(await SqliteEventStore.open(folder, { onBroken: options.onLogBroken, observer: options.observer }));
  await checkKeys(keyring, log, folder);
  const codec = new Codec(events, keyring);
  const executor = new Executor(log, codec, keyring, errors);

  // The thread makes the views file, so it comes before the reader; its first words wait for the reader.
  const early: Parameters<ProjectionListener['onProgress']>[0][] = [];
  let freshness: Freshness | undefined;
  const projection = await ProjectionThread.start(
    { folder, masterKey },
    {
      onProgress: (progress) => (freshness ? freshness.notify(progress) : early.push(progress)),
      onTrouble: (view, error) => options.onTrouble?.(view, error),
      onEnd: (error) => options.onProjectionEnd?.(error),
    },
  );
  closers.push(() => projection.stop());
  const reads = opened(SqliteReadStore.openReader(folder));
  await checkViews(reads, log, folder);
  freshness = new Freshness(reads, log, paceOf(clock));
  for (const progress of early) freshness.notify(progress);
  const ledger = new ErasureLedger(folder, await erasuresOf(keyring, clock));
  const erasures = new Erasures({ ledger, keyring, records, executor, projection, clock });
  await erasures.replay();
  return { folder, clock, events: log, reads, records, keyring, codec, executor, freshness, projection, erasures, close };
}
