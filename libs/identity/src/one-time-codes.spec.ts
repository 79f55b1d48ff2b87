import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { OneTimeCodes } from './one-time-codes.js';

const NOW = '2026-06-01T12:00:00.000Z';
const JUST_BEFORE = '2026-06-01T12:29:59.999Z';
const END = '2026-06-01T12:30:00.000Z';
const LIFE = 30 * 60_000;
const about = { purpose: 'password-reset', tenant: 'acme', subject: 'ada' };

let folder: string;
let records: SqliteRecordStore;
let codes: OneTimeCodes;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kl-'));
  records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
  codes = new OneTimeCodes(records);
});
afterEach(async () => {
  await records.close();
  rmSync(folder, { recursive: true });
});

const kept = async () => JSON.stringify(await records.list('one-time-codes', NOW));

describe('the secret of a link', () => {
  const see = (secret: string, now = NOW, purpose = about.purpose, tenant = 'acme') =>
    codes.seeLink(purpose, tenant, secret, now);

  it('tells what it is about, until its end', async () => {
    const secret = await codes.newLink(about, { n: 1 }, LIFE, NOW);
    expect(secret).toMatch(/^klo_\w{43}_\w{6}$/);
    expect(await see(secret, JUST_BEFORE)).toMatchObject({ subject: 'ada', data: { n: 1 } });
    expect(await see(secret, END)).toBeNull();
  });

  it('is of no use for another thing, in another tenant, or with a letter changed', async () => {
    const secret = await codes.newLink(about, null, LIFE, NOW);
    expect(await see(secret, NOW, 'link-identity')).toBeNull();
    expect(await see(secret, NOW, about.purpose, 'beta')).toBeNull();
    expect(await see(`${secret}x`)).toBeNull();
    expect(await see(await new OneTimeCodes(records).newLink({ ...about, purpose: 'x' }, null, LIFE, NOW))).toBeNull();
  });

  it('is taken once, whoever else comes with it', async () => {
    const secret = await codes.newLink(about, null, LIFE, NOW);
    const taken = await Promise.all(Array.from({ length: 8 }, () => codes.takeLink(secret)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await see(secret)).toBeNull();
  });

  it('is not kept', async () => {
    const secret = await codes.newLink(about, null, LIFE, NOW);
    expect(await kept()).not.toContain(secret);
  });
});

describe('a code that is typed', () => {
  const wrong = 'BBBB-BBBB';

  it('is taken once, however it is typed', async () => {
    const code = await codes.newCode(about, { to: 'ada@acme.example' }, LIFE, NOW);
    expect(code).toMatch(/^[B-DF-HJ-NP-TV-XZ2-9]{4}-[B-DF-HJ-NP-TV-XZ2-9]{4}$/);
    expect(await codes.takeCode(about, ` ${code.toLowerCase().replace('-', ' ')} `, JUST_BEFORE)).toEqual({
      data: { to: 'ada@acme.example' },
    });
    expect(await codes.takeCode(about, code, NOW)).toBeNull();
  });

  it('is gone after its end, for another person, and where a newer one was asked for', async () => {
    const code = await codes.newCode(about, null, LIFE, NOW);
    expect(await codes.takeCode(about, code, END)).toBeNull();
    expect(await codes.takeCode({ ...about, subject: 'bob' }, code, NOW)).toBeNull();
    expect(await codes.takeCode({ ...about, tenant: 'beta' }, code, NOW)).toBeNull();
    const newer = await codes.newCode(about, null, LIFE, NOW);
    expect(await codes.takeCode(about, code, NOW)).toBeNull();
    expect(await codes.takeCode(about, newer, NOW)).toEqual({ data: null });
  });

  it('is gone after five wrong tries, also where they come at once', async () => {
    const code = await codes.newCode(about, null, LIFE, NOW);
    for (let i = 0; i < 4; i++) expect(await codes.takeCode(about, wrong, NOW)).toBeNull();
    expect(await codes.takeCode(about, code, NOW)).toEqual({ data: null });
    const other = await codes.newCode(about, null, LIFE, NOW);
    await Promise.all(Array.from({ length: 20 }, () => codes.takeCode(about, wrong, NOW)));
    expect(await codes.takeCode(about, other, NOW)).toBeNull();
  });

  it('is not kept', async () => {
    const code = await codes.newCode(about, null, LIFE, NOW);
    expect(await kept()).not.toContain(code.replace('-', ''));
  });
});
