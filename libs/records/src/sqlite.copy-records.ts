// Copies a file of records for a backup.
import { copySqliteFile } from '#event-store/sqlite.copy-file.js';
import { openSqlite, sqliteRefusal } from '#event-store/sqlite.file.js';
import { RECORDS_FORMAT } from './sqlite.schema.js';

/** Copies all of it, as it stands. @throws what `copySqliteFile` throws. */
export function copyRecords(file: string, target: string): Promise<void> {
  return copySqliteFile(file, RECORDS_FORMAT, target);
}

/**
 * Copies what has no end: checkpoints and work of reactors, the state of the set-up. Records that expire
 * (answers to repeated requests, rate limits) are left out: they are worth a day, and hold what people wrote.
 */
export async function copyLastingRecords(file: string, target: string): Promise<void> {
  await copyRecords(file, target);
  const copy = openSqlite(target, RECORDS_FORMAT, { durable: true });
  try {
    copy.exec('DELETE FROM records WHERE expires_at IS NOT NULL; UPDATE leases SET owner = NULL; VACUUM');
    copy.pragma('journal_mode = DELETE');
  } catch (error) {
    throw sqliteRefusal(error, target);
  } finally {
    copy.close();
  }
}
