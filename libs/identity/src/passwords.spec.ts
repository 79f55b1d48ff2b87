import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { hashPassword, isOutdated, isPassword } from './password-hash.js';
import { checkPassword } from './password-policy.js';
import { Passwords } from './passwords.js';

const NOW = '2026-06-01T12:00:00.000Z';
const GOOD = 'violet tram under rain';

describe('a password', () => {
  it('is kept as argon2id at the configured cost, never twice as the same text', async () => {
    const [one, other] = [await hashPassword(GOOD), await hashPassword(GOOD)];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await isPassword(one, GOOD)).toBe(true);
    expect(isOutdated(one)).toBe(false);
  });

  it('is the same however a keyboard writes its characters, and nothing else is', async () => {
    const kept = await hashPassword('caf\u00e9 au lait, s\u2019il vous pla\u00eet');
    expect(await isPassword(kept, 'cafe\u0301 au lait, s\u2019il vous plai\u0302t')).toBe(true);
    for (const other of [' caf\u00e9 au lait, s\u2019il vous pla\u00eet', 'cafe au lait, s\u2019il vous plait', ''])
      expect(await isPassword(kept, other)).toBe(false);
  });

  it('is compared to the last character, however long', async () => {
    const long = 'x'.repeat(127);
    const kept = await hashPassword(`${long}a`);
    expect([await isPassword(kept, `${long}a`), await isPassword(kept, `${long}b`)]).toEqual([true, false]);
  });

  it('of nobody is never right', async () => {
    expect(await isPassword(null, 'the password of nobody at all')).toBe(false);
  });
});

describe('a password that is chosen', () => {
  it.each([
    ['eleven chars', 'violet tram', 'password.too-short'],
    ['five characters outside the basic plane', '🦓🦓🦓🦓🦓', 'password.too-short'],
    ['129 characters', `${GOOD}${'z'.repeat(107)}`, 'password.too-long'],
    ['a common one', 'password1234', 'password.too-easy'],
    ['a common one in capitals', 'QWERTYUIOP12', 'password.too-easy'],
    ['a common one, longer', 'iloveyou123456', 'password.too-easy'],
    ['one character again and again', 'aaaaaaaaaaaaaaaa', 'password.too-easy'],
    ['a row of keys', '1qaz2wsx3edc4rfv', 'password.too-easy'],
    ['the product', 'keyledger2026', 'password.too-easy'],
    ['the vendor', 'Roadrunner-2026', 'password.too-easy'],
    ['the address', 'wile.coyote@acme.example', 'password.too-easy'],
    ['parts of the address and the name', 'wilecoyoteacme', 'password.too-easy'],
  ])('is refused: %s', async (_, password, code) => {
    const context = ['Roadrunner', 'Wile E. Coyote', 'wile.coyote@acme.example', 'acme'];
    await expect(checkPassword(password, context)).rejects.toMatchObject({ code });
  });

  it.each([GOOD, `  ${GOOD}  `, 'kqzjw xvbnm trpls', '漢字を十二文字以上使う言葉だよ', 'x7#Lq0-vW2!mRt9'])(
    'is taken: %s',
    async (password) => {
      await expect(checkPassword(password, ['acme'])).resolves.toBeUndefined();
    },
  );
});

describe('passwords as records', () => {
  const place = { tenant: 'acme', userId: '01j00000000000000000000001', passwordId: '01j00000000000000000000002' };
  let folder: string;
  let records: SqliteRecordStore;
  let passwords: Passwords;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kl-'));
    records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
    passwords = new Passwords(records);
  });
  afterEach(async () => {
    await records.close();
    rmSync(folder, { recursive: true });
  });

  it('are right for whom and under which id they were kept', async () => {
    await passwords.keep(place, GOOD, NOW);
    expect(await passwords.isRight(place, GOOD, NOW)).toBe(true);
    for (const other of [{ ...place, tenant: 'beta' }, { ...place, passwordId: place.userId }, null])
      expect(await passwords.isRight(other, GOOD, NOW)).toBe(false);
  });

  it('stay the first under their id: a command that is sent again changes nothing', async () => {
    await passwords.keep(place, GOOD, NOW);
    await passwords.keep(place, 'quite another password', NOW);
    expect(await passwords.isRight(place, GOOD, NOW)).toBe(true);
  });

  it('that were made at another cost are made anew once they are right', async () => {
    const key = `acme/${place.userId}/${place.passwordId}`;
    await records.put('passwords', key, { phc: await hash(GOOD, { memoryCost: 8192, timeCost: 1, parallelism: 1 }) }, NOW);
    const phc = async () => (await records.get<{ phc: string }>('passwords', key, NOW))!.value.phc;
    await passwords.isRight(place, 'a wrong password', NOW);
    expect(await phc()).toContain('m=8192,t=1');
    expect(await passwords.isRight(place, GOOD, NOW)).toBe(true);
    expect(await phc()).toContain('m=19456,t=2');
    expect(await passwords.isRight(place, GOOD, NOW)).toBe(true);
  });

  it('are gone once they are forgotten', async () => {
    const newer = { ...place, passwordId: '01j00000000000000000000003' };
    for (const each of [place, newer]) await passwords.keep(each, GOOD, NOW);
    await passwords.forget(place);
    expect([await passwords.isRight(place, GOOD, NOW), await passwords.isRight(newer, GOOD, NOW)]).toEqual([false, true]);
  });
});
