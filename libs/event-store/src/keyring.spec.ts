import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { decrypt, encrypt, Keyring } from './keyring.js';

describe('the keyring', () => {
  const masterKey = randomBytes(32);
  let folder: string;
  let records: SqliteRecordStore;
  let keyring: Keyring;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyring-'));
    records = SqliteRecordStore.open(join(folder, 'keys.db'), { durable: true });
    keyring = new Keyring(records, masterKey);
  });

  afterEach(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  it('hashes the same value the same way, and otherwise for another tenant or purpose', async () => {
    const hash = await keyring.hash('acme', 'license-key', 'ABC');
    expect(hash).toMatch(/^[\w-]{43}$/);
    expect(await keyring.hash('acme', 'license-key', 'ABC')).toBe(hash);
    expect(await keyring.hash('acme', 'fingerprint', 'ABC')).not.toBe(hash);
    expect(await keyring.hash('other', 'license-key', 'ABC')).not.toBe(hash);
  });

  it('keeps what it made: another keyring over the same store answers the same', async () => {
    const [hash, key] = [await keyring.hash('acme', 'p', 'v'), await keyring.subjectKey('acme', 'someone')];
    const again = new Keyring(records, masterKey);
    expect(await again.hash('acme', 'p', 'v')).toBe(hash);
    expect(await again.findSubjectKey('acme', 'someone')).toEqual(key);
  });

  it('gives two that ask at once the same key', async () => {
    const other = new Keyring(records, masterKey);
    const keys = await Promise.all([keyring, other, keyring, other].map((ring) => ring.subjectKey('acme', 'someone')));
    for (const key of keys) expect(key).toEqual(keys[0]);
  });

  it('has no key for a subject that never had one', async () => {
    expect(await keyring.findSubjectKey('acme', 'nobody')).toBeNull();
    expect(await keyring.findHash('acme', 'p', 'v')).toBeNull();
    for (const space of ['tenant-keys', 'subject-keys', 'hash-keys'])
      expect(await records.list(space, '1970-01-01T00:00:00.000Z')).toEqual([]);
  });

  it('refuses a master key that is not the one of the folder, or too short', async () => {
    await keyring.verifyMasterKey();
    await expect(new Keyring(records, masterKey).verifyMasterKey()).resolves.toBeUndefined();
    await expect(new Keyring(records, randomBytes(32)).verifyMasterKey()).rejects.toThrow('not the one');
    expect(() => new Keyring(records, randomBytes(16))).toThrow('32 bytes');
  });

  it('writes no key in plain', async () => {
    const key = await keyring.subjectKey('acme', 'someone');
    for (const file of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, file));
      for (const plain of [Buffer.from(key), masterKey]) {
        expect(bytes.includes(plain)).toBe(false);
        expect(bytes.includes(plain.toString('base64url'))).toBe(false);
      }
    }
  });
});

describe('sealing', () => {
  const key = randomBytes(32);

  it('opens what it sealed, each time under another nonce', () => {
    const [a, b] = [encrypt(key, Buffer.from('Jane'), 'x'), encrypt(key, Buffer.from('Jane'), 'x')];
    expect(a).not.toBe(b);
    expect(decrypt(key, a, 'x').toString()).toBe('Jane');
  });

  it('refuses what was moved, altered, or sealed with another key', () => {
    const text = encrypt(key, Buffer.from('Jane'), 'x');
    const altered = Buffer.from(text, 'base64url');
    altered[15]! ^= 1;
    expect(() => decrypt(key, text, 'y')).toThrow();
    expect(() => decrypt(key, altered.toString('base64url'), 'x')).toThrow();
    expect(() => decrypt(randomBytes(32), text, 'x')).toThrow();
  });
});
