// The key that wraps all others: from the configuration, or a file in the data folder that is made once.
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '#event-store/keyring.js';
import type { RecordStore } from '#records/record-store.js';
import { sync } from '#event-store/sync.js';
import { writeDurably } from './durable-file.js';

export const MASTER_KEY_FILE = 'master.key';
/** What `master.key` becomes once all keys are wrapped by it; there only while a rotation is under way, or was cut off. */
export const NEXT_MASTER_KEY_FILE = 'master.next.key';
const KEY_BYTES = 32;

/**
 * The master key of a data folder.
 * @param configured the bytes from `KEYLEDGER_MASTER_KEY(_FILE)`; then no file is read or made.
 * @throws Error where the file does not hold 32 bytes in base64, or cannot be read or made.
 */
export function masterKeyOf(folder: string, configured?: Uint8Array): Uint8Array {
  return configured ?? readMasterKey(folder) ?? makeMasterKey(join(folder, MASTER_KEY_FILE));
}

/**
 * The master key of a data folder whose keys are these, after a rotation that was cut off too: before its
 * commit the old one counts, after it the new one, which gets its name here.
 */
export async function settledMasterKey(folder: string, keys: RecordStore, configured?: Uint8Array): Promise<Uint8Array> {
  const current = masterKeyOf(folder, configured);
  const next = configured ? null : readMasterKey(folder, NEXT_MASTER_KEY_FILE);
  if (!next) return current;
  if (await new Keyring(keys, next).isOpen()) {
    renameSync(join(folder, NEXT_MASTER_KEY_FILE), join(folder, MASTER_KEY_FILE));
    sync(folder);
    return next;
  }
  if (await new Keyring(keys, current).isOpen()) rmSync(join(folder, NEXT_MASTER_KEY_FILE));
  return current;
}

/** The master key that opens these keys, whatever a rotation has left; null where none does. Changes nothing. */
export async function openingMasterKey(folder: string, keys: RecordStore, configured?: Uint8Array): Promise<Uint8Array | null> {
  const candidates = configured ? [configured] : [readMasterKey(folder), readMasterKey(folder, NEXT_MASTER_KEY_FILE)];
  for (const key of candidates) if (key && (await new Keyring(keys, key).isOpen())) return key;
  return null;
}

/** The master key that lies in a folder; null where there is none. @throws as {@link masterKeyOf} */
export function readMasterKey(folder: string, name: string = MASTER_KEY_FILE): Uint8Array | null {
  const file = join(folder, name);
  const stored = readIfThere(file);
  if (stored === null) return null;
  const key = keyIn(stored);
  if (key === null) throw new Error(`${file} does not hold ${KEY_BYTES} bytes in base64; restore it from your copy of the keys`);
  return key;
}

/** A key as text: 32 bytes in base64; null for anything else. */
export function keyIn(text: string): Uint8Array | null {
  const key = Buffer.from(text.trim(), 'base64');
  return key.length === KEY_BYTES ? key : null;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return null;
    throw error;
  }
}

/** Durable before it is used. */
function makeMasterKey(file: string): Uint8Array {
  const key = randomBytes(KEY_BYTES);
  writeMasterKey(file, key);
  return key;
}

/** Writes a master key as {@link readMasterKey} reads it. */
export function writeMasterKey(file: string, key: Uint8Array): void {
  writeDurably(file, `${Buffer.from(key).toString('base64')}\n`);
}
