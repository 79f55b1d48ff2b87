import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Database as SqliteDatabase } from 'better-sqlite3';
import { Database } from '#event-store/sqlite.driver.js';
import { SqliteRecordStore } from './sqlite.record-store.js';
import { RECORDS_FORMAT } from './sqlite.schema.js';
import { at } from './testing/instants.js';
import { recordStoreContract } from './testing/record-store.contract.js';

const folder = mkdtempSync(join(tmpdir(), 'keyledger-records-'));
let files = 0;
const newFile = () => join(folder, `${++files}.db`);
afterAll(() => rmSync(folder, { recursive: true }));

recordStoreContract('SQLite', () => SqliteRecordStore.open(newFile(), { durable: false }));

describe('the SQLite file', () => {
  it('keeps what was written, for its owner only', async () => {
    const file = newFile();
    const first = SqliteRecordStore.open(file, { durable: true });
    await first.put('s', 'k', 'kept', at(0));
    await first.acquireLease('l', 'ann', at(0), at(10));
    await first.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = SqliteRecordStore.open(file, { durable: true });
    expect((await second.get('s', 'k', at(0)))?.value).toBe('kept');
    expect(await second.acquireLease('l', 'bob', at(11), at(20))).toBe(2);
    await second.close();
  });

  it('is refused when a newer version wrote it', () => {
    const file = newFile();
    const db = new Database(file);
    db.pragma(`application_id = ${RECORDS_FORMAT.applicationId}`);
    db.pragma('user_version = 99');
    db.close();
    expect(() => SqliteRecordStore.open(file, { durable: false })).toThrow(
      expect.objectContaining({ code: 'store.newer-format' }),
    );
  });

  it('is refused when it is another kind of database, or no database', () => {
    const foreign = newFile();
    const db = new Database(foreign);
    db.exec('CREATE TABLE somebody_elses (x)');
    db.close();
    const garbage = newFile();
    writeFileSync(garbage, 'this is not a database, only a text that is long enough to be read as a header of one'.repeat(9));
    for (const file of [foreign, garbage]) {
      expect(() => SqliteRecordStore.open(file, { durable: false })).toThrow(expect.objectContaining({ code: 'store.damaged' }));
    }
  });

  it('is refused with a sentence where its folder is missing', () => {
    const file = join(folder, 'missing', 'x.db');
    expect(() => SqliteRecordStore.open(file, { durable: false })).toThrow(expect.objectContaining({ code: 'store.failed' }));
  });

  it('is compacted as soon as nobody reads in its old state any more, and holds nothing then of what was deleted', async () => {
    const file = newFile();
    const store = SqliteRecordStore.open(file, { durable: true });
    for (let i = 0; i < 200; i++) await store.put('s', `key ${i}`, `told in confidence ${i} `.repeat(20), at(0));
    const reader = new Database(file, { readonly: true });
    reader.exec('BEGIN; SELECT count(*) FROM records');
    await store.deleteNaming('confidence', []);
    let done = false;
    const compacted = store.compact().then(() => (done = true));
    // Its own work goes on meanwhile.
    expect(await store.put('s', 'other', 1, at(0))).toBe(1);
    expect(done).toBe(false);
    reader.exec('COMMIT');
    await compacted;
    for (const name of [file, `${file}-wal`]) expect(readFileSync(name, 'latin1')).not.toContain('told in confidence');
    expect(statSync(`${file}-wal`).size).toBe(0);
    reader.close();
    await store.close();
  });

  it('writes nothing and says so when it is full', async () => {
    const file = newFile();
    const store = SqliteRecordStore.open(file, { durable: false });
    const db = (store as unknown as { db: SqliteDatabase }).db;
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true }))}`);
    await expect(store.put('s', 'k', 'x'.repeat(100_000), at(0))).rejects.toMatchObject({ code: 'store.full' });
    expect(await store.get('s', 'k', at(0))).toBeNull();
    await store.close();
  });
});
