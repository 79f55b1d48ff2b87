// Wraps all keys of an installation by another master key. At every moment one of the two master keys that
// lie in the folder opens all of them (`settledMasterKey` finds out which).
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_SPACES, Keyring, rewrapping } from '#event-store/keyring.js';
import { FolderLock } from '#event-store/sqlite.folder-lock.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { rewriteRecords } from '#records/sqlite.rewrite-records.js';
import { sync } from '#event-store/sync.js';
import { KEYS_FILE } from './files.js';
import { MASTER_KEY_FILE, NEXT_MASTER_KEY_FILE, settledMasterKey, writeMasterKey } from './master-key.js';
import { operatorErrors } from './operator.errors.js';
import { steps, type OnStep } from './step.js';

export interface RotationOptions {
  readonly folder: string;
  /** The master key until now, where the configuration gives it; then no file is written. */
  readonly masterKey?: Uint8Array;
  /** Default: made by chance, into the folder. */
  readonly newKey?: Uint8Array;
  readonly onStep: OnStep;
  /** Told what has just become durable; a test ends the process there. */
  readonly onPoint?: (point: 'written' | 'rewrapped' | 'renamed') => void;
}

export interface Rotated {
  readonly folder: string;
  /** Keys that are wrapped anew. */
  readonly keys: number;
  /** The file of the new master key; null where the configuration must give it from now on. */
  readonly masterKeyFile: string | null;
}

/**
 * @throws `keys.*`; `store.locked` while a server runs, which holds keys in memory; the refusals of stores.
 * Where it throws, or is killed, the folder opens as before, or as after.
 */
export async function rotateKeys(options: RotationOptions): Promise<Rotated> {
  const { folder } = options;
  if (!existsSync(join(folder, KEYS_FILE))) {
    operatorErrors.refuse('keys.none', `${join(folder, KEYS_FILE)} is not there; is ${folder} the right folder?`);
  }
  if (options.masterKey && !options.newKey) operatorErrors.refuse('keys.new-key-needed');
  const lock = FolderLock.acquire(folder);
  try {
    const from = await currentKey(options);
    return rotate(options, from, options.newKey ?? randomBytes(32));
  } finally {
    lock.release();
  }
}

async function currentKey({ folder, masterKey, newKey }: RotationOptions): Promise<Uint8Array> {
  const keys = SqliteRecordStore.open(join(folder, KEYS_FILE), { durable: true });
  try {
    const key = await settledMasterKey(folder, keys, masterKey);
    if (await new Keyring(keys, key).isOpen()) return key;
    if (newKey && (await new Keyring(keys, newKey).isOpen())) operatorErrors.refuse('keys.rotated-already');
    const detail = `The master key does not open ${join(folder, KEYS_FILE)}: put the right one in its place first.`;
    return operatorErrors.refuse('keys.wrong-master-key', detail);
  } finally {
    await keys.close();
  }
}

function rotate(
  { folder, masterKey, onStep, onPoint = () => undefined }: RotationOptions,
  from: Uint8Array,
  to: Uint8Array,
): Rotated {
  const next = join(folder, NEXT_MASTER_KEY_FILE);
  if (!masterKey) writeMasterKey(next, to);
  onPoint('written');
  const rewrap = rewrapping(from, to);
  const tell = steps(onStep, 'wrapping keys', 'keys');
  const keys = rewriteRecords(
    join(folder, KEYS_FILE),
    KEY_SPACES,
    (space, name, wrapped) => rewrap(space, name, wrapped as string),
    tell,
  );
  onPoint('rewrapped');
  if (masterKey) return { folder, keys, masterKeyFile: null };
  const file = join(folder, MASTER_KEY_FILE);
  renameSync(next, file);
  sync(folder);
  onPoint('renamed');
  return { folder, keys, masterKeyFile: file };
}
