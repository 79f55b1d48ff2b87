// The key that wraps all others: from the configuration, or a file in the data folder that is made once.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.js';

export const MASTER_KEY_FILE = 'master.key';
const KEY_BYTES = 32;

/**
 * The master key of a data folder.
 * @param configured the bytes from `KEYLEDGER_MASTER_KEY(_FILE)`; then no file is read or made.
 * @throws Error where the file does not hold 32 bytes in base64, or cannot be read or made.
 */
export function masterKeyOf(folder: string, configured?: Uint8Array): Uint8Array {
  return configured ?? readMasterKey(folder) ?? makeMasterKey(join(folder, MASTER_KEY_FILE));
}

/** The master key that lies in a folder; null where there is none. @throws as {@link masterKeyOf} */
export function readMasterKey(folder: string): Uint8Array | null {
  const file = join(folder, MASTER_KEY_FILE);
  const stored = readIfThere(file);
  if (stored === null) return null;
  const key = Buffer.from(stored.trim(), 'base64');
  if (key.length !== KEY_BYTES)
    throw new Error(`${file} does not hold ${KEY_BYTES} bytes in base64; restore it from your copy of the keys`);
  return key;
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
