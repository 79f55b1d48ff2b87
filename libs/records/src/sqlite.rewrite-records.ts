// Changes all records of a file at once: all of them, or, whatever happens meanwhile, none.
import { openSqlite, sqliteRefusal } from '#event-store/sqlite.file.js';
import type { Json } from '#kernel/json.js';
import { RECORDS_FORMAT } from './sqlite.schema.js';

/**
 * Rewrites the values of these spaces, one space after the other, in one durable commit. The bytes before are
 * overwritten. Nobody else has the file open.
 *
 * @param change the new value of a record
 * @param onRecords told how many records are rewritten, and of how many; before the commit
 * @throws what `change` throws, and the refusals of `openSqlite`; nothing is changed then.
 */
export function rewriteRecords(
  file: string,
  spaces: readonly string[],
  change: (space: string, key: string, value: Json) => Json,
  onRecords: (done: number, total: number) => void,
): number {
  const db = openSqlite(file, RECORDS_FORMAT, { durable: true });
  try {
    const all = db.prepare<[string], { key: string; value: string }>(
      'SELECT key, value FROM records WHERE space = ? ORDER BY key',
    );
    const put = db.prepare('UPDATE records SET value = ?, version = version + 1 WHERE space = ? AND key = ?');
    const done = db.transaction(() => {
      const records = spaces.flatMap((space) => all.all(space).map((record) => ({ ...record, space })));
      records.forEach(({ space, key, value }, i) => {
        put.run(JSON.stringify(change(space, key, JSON.parse(value) as Json)), space, key);
        onRecords(i + 1, records.length);
      });
      return records.length;
    })();
    db.pragma('wal_checkpoint(TRUNCATE)');
    return done;
  } catch (error) {
    throw sqliteRefusal(error, file);
  } finally {
    db.close();
  }
}
