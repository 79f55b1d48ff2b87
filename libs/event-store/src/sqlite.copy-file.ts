// Copies a SQLite file of the product while others write to it: one snapshot, page by page.
import { closeSync, openSync } from 'node:fs';
import { openSqlite, sqliteRefusal, type SqliteFormat } from './sqlite.file.js';
import { sync } from './sync.js';

/** Pages of a step, 4 MiB: between two steps the caller is told, and may end it by throwing. */
const PAGES_PER_STEP = 1_024;

/**
 * Copies what has been committed by now; whoever writes meanwhile is not held up, but the file's
 * write-ahead log grows until the copy is made. The copy is one file (mode 0600, no write-ahead log), on the disk.
 *
 * @param onBytes told how much is done, and of how much.
 * @throws `store.full`, `store.damaged`, `store.newer-format`, `store.read-only`, `store.failed`.
 */
export async function copySqliteFile(
  file: string,
  format: SqliteFormat,
  target: string,
  onBytes: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const source = openSqlite(file, format, { durable: true, readonly: true });
  try {
    closeSync(openSync(target, 'wx', 0o600));
    const pageSize = source.pragma('page_size', { simple: true }) as number;
    // An open snapshot keeps the copy from starting over with every commit of another connection.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }): number => {
      onBytes((totalPages - remainingPages) * pageSize, totalPages * pageSize);
      return PAGES_PER_STEP;
    };
    const { totalPages } = await source.backup(target, { progress });
    onBytes(totalPages * pageSize, totalPages * pageSize);
  } catch (error) {
    throw sqliteRefusal(error, target);
  } finally {
    source.close();
  }
  settle(target, format);
}

/** Takes the copy out of WAL mode, so that it is whole without a second file, and puts it on the disk. */
function settle(target: string, format: SqliteFormat): void {
  const copy = openSqlite(target, format, { durable: true });
  try {
    copy.pragma('journal_mode = DELETE');
  } catch (error) {
    throw sqliteRefusal(error, target);
  } finally {
    copy.close();
  }
  sync(target);
}
