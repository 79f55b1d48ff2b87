import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { defineEvents, event } from '#kernel/events.js';
import { ERASED, sealed } from '#kernel/fields.js';
import { newId } from '#kernel/ids.js';
import { z } from 'zod';
import { Codec } from './codec.js';
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

  it('destroys the key of a subject for good, and of nobody else', async () => {
    const [someone, other] = [await keyring.subjectKey('acme', 'someone'), await keyring.subjectKey('acme', 'other')];
    const wrapped = (await records.get<string>('subject-keys', 'acme/someone', ''))!.value;
    await keyring.destroy([{ tenant: 'acme', subject: 'someone' }]);
    await keyring.destroy([{ tenant: 'acme', subject: 'someone' }]);
    for (const ring of [keyring, new Keyring(records, masterKey)]) {
      expect(await ring.findSubjectKey('acme', 'someone')).toBeNull();
      expect(await ring.sealingKey('acme', 'someone')).toBeNull();
      await expect(ring.subjectKey('acme', 'someone')).rejects.toThrow('was destroyed');
      expect(await ring.findSubjectKey('acme', 'other')).toEqual(other);
    }
    expect(await keyring.destroyed()).toEqual([{ tenant: 'acme', subject: 'someone' }]);
    const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
    for (const trace of [wrapped, Buffer.from(someone).toString('latin1')]) expect(files.join()).not.toContain(trace);
  });

  it('stores nothing of who was erased before, and reads it as erased, whatever key there is later', async () => {
    const table = defineEvents({
      Said: event({
        schema: 1,
        about: 'x',
        data: z.strictObject({ who: z.string(), what: sealed('who', z.string().nullable()) }),
      }),
    });
    const codec = new Codec(table, keyring);
    const meta = { type: 'Said', schema: 1, tenant: 'acme', eventId: newId(), occurredAt: '2026-01-01T00:00:00.000Z' };
    const envelope = { ...meta, actor: 'system', commandId: 'c', correlationId: 'c', causationId: 'c' };
    await keyring.subjectKey('acme', 'ann');
    await keyring.destroy([{ tenant: 'acme', subject: 'ann' }]);
    const encoded = await codec.encode(envelope, { who: 'ann', what: 'private' });
    expect(encoded.data).toBe('{"what":"","who":"ann"}');
    await records.delete('destroyed-keys', 'acme/ann');
    await keyring.subjectKey('acme', 'ann');
    const [read] = await codec.decode([{ ...encoded, stream: 'said-acme~1', revision: 0, position: '1' }]);
    expect(read!.data).toEqual({ who: 'ann', what: ERASED });
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
