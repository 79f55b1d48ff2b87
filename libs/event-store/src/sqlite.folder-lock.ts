// One process owns a data folder: by a lock of the operating system that ends with the process, however
// it ends. Never a pid file, which outlives its process and names another one later. Nothing else in the
// process opens the lock file: closing it again would drop the lock (https://www.sqlite.org/howtocorrupt.html §2.2).
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { storeErrors } from './event-store.js';
import { openLockFile, sqliteRefusal } from './sqlite.file.js';

/** The name of the file that is locked. */
export const LOCK_FILE = 'lock.db';

/** Held here, because a connection that nobody refers to is closed, and its lock is gone. */
const held = new Set<Database>();

export class FolderLock {
  private constructor(private readonly db: Database) {
    held.add(db);
  }

  /**
   * Takes the folder, and makes it (mode 0700) if it is missing. The lock is SQLite's own on a file that
   * holds nothing: it works wherever a SQLite database does.
   *
   * @throws `store.locked` where another process, or another part of this one, owns the folder.
   * @throws `store.read-only` where the folder cannot be made or written; `store.full`, `store.failed`.
   */
  static acquire(folder: string): FolderLock {
    const file = join(folder, LOCK_FILE);
    makeFolder(folder);
    try {
      return new FolderLock(openLockFile(file));
    } catch (error) {
      const refusal = sqliteRefusal(error, file);
      if ((refusal as { code?: string }).code !== 'store.locked') throw refusal;
      const detail = `Another process works on ${folder}. Stop it, or give this one a folder of its own.`;
      throw storeErrors.error('store.locked', detail);
    }
  }

  /** Lets another process take the folder. */
  release(): void {
    held.delete(this.db);
    this.db.close();
  }
}

function makeFolder(folder: string): void {
  try {
    makeWithParents(folder);
  } catch (error) {
    const { code: cause, message } = error as NodeJS.ErrnoException;
    if (cause === 'ENOSPC' || cause === 'EDQUOT') throw sqliteRefusal(error, folder);
    const wayOut =
      'Name another one by KEYLEDGER_DATA_DIR or --data, or make it beforehand, owned by the user that the server runs as';
    throw storeErrors.error('store.read-only', `The data folder ${folder} cannot be made (${message}). ${wayOut}.`, { cause });
  }
}

/** Not by `recursive`, with which Node never returns where a file system knows no folders to be made (/proc). */
function makeWithParents(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeWithParents(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
