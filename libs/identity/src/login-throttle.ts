// Holds up who guesses passwords, without holding up whom they belong to (OWASP ASVS 5.0, 6.1.1 and 6.3.1). Counted
// are attempts by what they name, whether there is such an account or not: nothing is told by being held up.
import { createHash } from 'node:crypto';
import { networkOf } from '#http/network-of.js';
import { emailKey } from '#kernel/fields.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { loginErrors } from './login.errors.js';

const SPACE = 'login-attempts';
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Wrong ones from one address for one account, before each further one must wait, twice as long each time. */
const FREE_FAILURES = 5;
const LONGEST_DELAY_MS = 15 * MINUTE_MS;
/** From one address, for whatever accounts. */
const PER_ADDRESS = { failures: 100, withinMs: 15 * MINUTE_MS };
/** For one account, from addresses that it was never used from. */
const PER_ACCOUNT = { failures: 20, withinMs: DAY_MS };
/** How long an address is remembered from which somebody logged in. */
const KNOWN_MS = 90 * DAY_MS;
/** Of the failures of a day those that the account's history tells. */
const TOLD: readonly number[] = [1, FREE_FAILURES, PER_ACCOUNT.failures, 100, 500];

type Pair = { readonly failures: number; readonly lastAt: string };

/** An attempt that counts as failed until somebody says otherwise. */
export interface Attempt {
  /** It was right: what it counted for is taken back, and its address is known from now on. */
  succeeded(): Promise<void>;
  /** For how many failures this one is told in the account's history; 0: it is not. */
  readonly tells: number;
  /** Whether with this one the account has had all failures of a day. */
  readonly isLast: boolean;
}

/** How long the next attempt has to wait after so many failures in a row. */
export function delayAfter(failures: number): number {
  return failures < FREE_FAILURES ? 0 : Math.min(SECOND_MS * 2 ** (failures - FREE_FAILURES), LONGEST_DELAY_MS);
}

/** An account in the keys of its counters, without its address. */
function whoseAccount(tenant: string, account: string): string {
  return `${tenant}/${createHash('sha256').update(emailKey(account)).digest('base64url')}`;
}

export class LoginThrottle {
  constructor(private readonly records: RecordStore) {}

  /**
   * Counts an attempt before it is looked at, so that many at once gain nothing.
   * @param account the address that is named, or whatever else stands for an account
   * @throws `login.throttled` with `retryAfter`
   */
  async begin(tenant: string, account: string, address: string, now: string): Promise<Attempt> {
    const net = networkOf(address);
    const who = whoseAccount(tenant, account);
    const [pair, day, from, known] = [`pair/${who}/${net}`, `day/${who}`, `address/${net}`, `known/${who}/${net}`];
    await this.countPair(pair, now);
    const byAddress = await this.count(from, PER_ADDRESS.withinMs, now);
    if (byAddress > PER_ADDRESS.failures) await this.refuse(from, now);
    const today = await this.count(day, PER_ACCOUNT.withinMs, now);
    if (today > PER_ACCOUNT.failures && !(await this.records.get(SPACE, known, now))) await this.refuse(day, now);
    const told = TOLD.indexOf(today);
    return {
      tells: told < 0 ? 0 : today - (TOLD[told - 1] ?? 0),
      isLast: today === PER_ACCOUNT.failures,
      succeeded: async () => {
        await this.records.delete(SPACE, pair);
        await this.records.increment(SPACE, from, -1, now, later(now, PER_ADDRESS.withinMs));
        await this.records.increment(SPACE, day, -1, now, later(now, PER_ACCOUNT.withinMs));
        await this.records.put(SPACE, known, true, now, { expiresAt: later(now, KNOWN_MS) });
      },
    };
  }

  /** The account has another password: what was counted against the old one does not matter any more. */
  async forget(tenant: string, account: string): Promise<void> {
    await this.records.delete(SPACE, `day/${whoseAccount(tenant, account)}`);
  }

  private async countPair(key: string, now: string): Promise<void> {
    for (;;) {
      const entry = await this.records.get<Pair>(SPACE, key, now);
      const { failures, lastAt } = entry?.value ?? { failures: 0, lastAt: now };
      const ready = Date.parse(lastAt) + delayAfter(failures);
      if (failures >= FREE_FAILURES && Date.parse(now) < ready) throttled(ready - Date.parse(now));
      const counted: Pair = { failures: failures + 1, lastAt: now };
      const options = { expectedVersion: entry?.version ?? 0, expiresAt: later(now, DAY_MS) };
      if ((await this.records.put(SPACE, key, counted, now, options)) !== null) return;
    }
  }

  private count(key: string, withinMs: number, now: string): Promise<number> {
    return this.records.increment(SPACE, key, 1, now, later(now, withinMs));
  }

  private async refuse(key: string, now: string): Promise<never> {
    const entry = await this.records.get(SPACE, key, now);
    return throttled(Date.parse(entry?.expiresAt ?? now) - Date.parse(now));
  }
}

/** @throws `login.throttled` */
function throttled(ms: number): never {
  return loginErrors.refuse('login.throttled', undefined, { retryAfter: Math.max(1, Math.ceil(ms / SECOND_MS)) });
}
