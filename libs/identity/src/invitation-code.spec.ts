import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyring } from '#event-store/keyring.js';
import { TEST_ID } from '#kernel/testing/given.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { makeCode, readCode } from './invitation-code.js';

const asked = { commandId: '0190a000-0000-7000-8000-000000000001', mailed: true };

describe('the code of an invitation', () => {
  let folder: string;
  let records: SqliteRecordStore;
  let keyring: Keyring;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'code-'));
    records = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: false });
    keyring = new Keyring(records, randomBytes(32));
  });
  afterAll(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  it('is the same for the same command, and read back to its hash', async () => {
    const { code, codeHash } = await makeCode(keyring, 'acme', TEST_ID, asked);
    expect(await makeCode(keyring, 'acme', TEST_ID, asked)).toEqual({ code, codeHash });
    expect(readCode(code)).toEqual({ id: TEST_ID, codeHash });
  });

  it('is another one for anything else, so that a code that was shown never tells one that was mailed', async () => {
    const codes = await Promise.all([
      makeCode(keyring, 'acme', TEST_ID, asked),
      makeCode(keyring, 'acme', TEST_ID, { ...asked, mailed: false }),
      makeCode(keyring, 'acme', TEST_ID, { ...asked, commandId: '0190a000-0000-7000-8000-000000000002' }),
      makeCode(keyring, 'acme', '01j00000000000000000000002', asked),
      makeCode(keyring, 'globex', TEST_ID, asked),
    ]);
    expect(new Set(codes.map(({ codeHash }) => codeHash)).size).toBe(5);
  });

  it.each([
    '',
    'x',
    TEST_ID,
    `${TEST_ID}.`,
    `${TEST_ID}.short`,
    `${'u'.repeat(26)}.${'a'.repeat(22)}`,
    `${TEST_ID}.${'a'.repeat(23)}`,
  ])('is not "%s"', (text) => expect(readCode(text)).toBeNull());
});
