// Records are not synced one by one; one that an event will refer to is.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { DIST, temporaryFolder } from '../support/server.js';
import { PoweredDisk } from './powered-disk.js';
import { buildShim, type Shim } from './shim.js';

const NOW = '2026-06-01T12:00:00.000Z';
const OPTIONS = { durable: false };

let shim: Shim;
let folder: string;
let disk: PoweredDisk;
beforeAll(() => {
  shim = buildShim();
});
afterAll(() => shim.remove());
beforeEach(async () => {
  folder = temporaryFolder();
  await SqliteRecordStore.open(join(folder, 'records.db'), OPTIONS).close();
  disk = new PoweredDisk(folder, shim.path);
  disk.begin();
});
afterEach(() => {
  disk.end();
  rmSync(folder, { recursive: true });
});

/** Writes these records in a process of its own, which is killed, and takes the power away; answers which are there after it. */
async function leftOf(...records: { readonly key: string; readonly durable: boolean }[]): Promise<readonly string[]> {
  const module = JSON.stringify(join(DIST, 'libs/records/src/sqlite.record-store.js'));
  const program = `import(${module}).then(async ({ SqliteRecordStore }) => {
    const store = SqliteRecordStore.open(${JSON.stringify(join(folder, 'records.db'))}, { durable: false });
    for (const { key, durable } of ${JSON.stringify(records)}) await store.put('s', key, key, '${NOW}', { durable });
    process.kill(process.pid, 'SIGKILL');
  })`;
  const env = { PATH: process.env['PATH'], ...disk.env };
  const { signal, stderr } = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
  expect([signal, stderr]).toEqual(['SIGKILL', '']);
  disk.cut(() => 0);
  const store = SqliteRecordStore.open(join(folder, 'records.db'), OPTIONS);
  const left = await store.list('s', NOW);
  await store.close();
  return left.map(({ key }) => key);
}

describe('a record', () => {
  it('is not there for sure after the power went', async () => {
    expect(await leftOf({ key: 'a', durable: false })).toEqual([]);
  });

  it('that was asked to be durable is, with all before it', async () => {
    const records = ['a', 'b', 'c'].map((key) => ({ key, durable: key === 'b' }));
    expect(await leftOf(...records)).toEqual(['a', 'b']);
  });
});
