import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { delayAfter, LoginThrottle, type Attempt } from './login-throttle.js';

const MINUTE = 60_000;
const START = Date.parse('2026-06-01T12:00:00.000Z');
const HOME = '192.0.2.7';

let folder: string;
let records: SqliteRecordStore;
let throttle: LoginThrottle;
let at: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kl-'));
  records = SqliteRecordStore.open(join(folder, 'records.db'), { durable: false });
  throttle = new LoginThrottle(records);
  at = START;
});
afterEach(async () => {
  await records.close();
  rmSync(folder, { recursive: true });
});

const attempt = (address = HOME, account = 'ada@acme.example', tenant = 'acme'): Promise<Attempt> =>
  throttle.begin(tenant, account, address, new Date(at).toISOString());
/** Seconds that it has to wait; 0 where it may go on. */
const wait = (...asked: Parameters<typeof attempt>): Promise<number> =>
  attempt(...asked).then(
    () => 0,
    (refusal: { code: string; facts: { retryAfter: number } }) => {
      expect(refusal.code).toBe('login.throttled');
      return refusal.facts.retryAfter;
    },
  );
const strangers = (n: number) => `198.51.${Math.floor(n / 200)}.${n % 200}`;

describe('who fails', () => {
  it('waits from the sixth time on, twice as long each time, at most a quarter of an hour', async () => {
    for (let i = 0; i < 5; i++) expect(await wait()).toBe(0);
    const waited: number[] = [];
    for (let i = 0; i < 12; i++) {
      const seconds = await wait();
      waited.push(seconds);
      at += seconds * 1000 - 1;
      expect(await wait()).toBe(1);
      at += 1;
      expect(await wait()).toBe(0);
    }
    expect(waited).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(delayAfter(1_000)).toBe(15 * MINUTE);
  });

  it('gains nothing by trying at once', async () => {
    const tried = await Promise.all(Array.from({ length: 40 }, () => wait()));
    expect(tried.filter((seconds) => seconds === 0)).toHaveLength(5);
  });

  it('begins anew once he succeeds', async () => {
    for (let i = 0; i < 4; i++) await attempt();
    await (await attempt()).succeeded();
    for (let i = 0; i < 5; i++) expect(await wait()).toBe(0);
    expect(await wait()).toBe(1);
  });

  it('holds up nobody else: another account, another address, another vendor', async () => {
    for (let i = 0; i < 6; i++) await wait();
    expect(await wait(HOME, 'bob@acme.example')).toBe(0);
    expect(await wait('192.0.2.8')).toBe(0);
    expect(await wait(HOME, 'ada@acme.example', 'beta')).toBe(0);
    expect(await wait(HOME, 'ADA@Acme.example')).toBe(1);
  });
});

describe('an address', () => {
  it('that fails for a hundred accounts in a quarter of an hour waits for its end', async () => {
    for (let i = 0; i < 100; i++) expect(await wait(HOME, `${i}@acme.example`)).toBe(0);
    at += 5 * MINUTE;
    expect(await wait(HOME, 'x@acme.example')).toBe(600);
    expect(await wait('192.0.2.8', 'x@acme.example')).toBe(0);
    at += 10 * MINUTE;
    expect(await wait(HOME, 'y@acme.example')).toBe(0);
  });

  it('from which many people log in is not held up', async () => {
    for (let i = 0; i < 120; i++) await (await attempt(HOME, `${i}@acme.example`)).succeeded();
    expect(await wait()).toBe(0);
  });

  it('of IPv6 counts with its whole network', async () => {
    for (let i = 0; i < 100; i++) expect(await wait(`2001:db8::${i.toString(16)}`, `${i}@acme.example`)).toBe(0);
    expect(await wait('2001:db8::ffff', 'x@acme.example')).toBeGreaterThan(0);
  });
});

describe('an account', () => {
  it('that strangers try twenty times a day from everywhere lets in only whom it knows', async () => {
    await (await attempt(HOME)).succeeded();
    for (let i = 0; i < 20; i++) expect(await wait(strangers(i))).toBe(0);
    expect(await wait(strangers(21))).toBe(24 * 60 * 60);
    for (let i = 22; i < 60; i++) await wait(strangers(i));
    expect(await wait(HOME)).toBe(0);
    at += 24 * 60 * MINUTE;
    expect(await wait(strangers(21))).toBe(0);
  });

  it('is open to everybody again once its password was set anew', async () => {
    for (let i = 0; i < 21; i++) await wait(strangers(i));
    expect(await wait(strangers(22))).toBeGreaterThan(0);
    await throttle.forget('acme', 'Ada@acme.example');
    expect(await wait(strangers(23))).toBe(0);
  });

  it('has some of its failures told, each with how many it stands for', async () => {
    const told: [number, number][] = [];
    for (let i = 1; i <= 20; i++) {
      const { tells, isLast } = await attempt(strangers(i));
      if (tells > 0) told.push([i, tells]);
      expect(isLast).toBe(i === 20);
    }
    expect(told).toEqual([[1, 1], [5, 4], [20, 15]]); // prettier-ignore
  });
});
