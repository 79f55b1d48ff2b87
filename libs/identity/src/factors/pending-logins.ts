// A login that waits for its second factor: who has proved the first is kept, for this browser alone, some minutes
// and once. There is no session before.
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { hashSecret, isSecret, newSecret } from '../token-secret.js';

const SPACE = 'pending-logins';
export const PENDING_LOGIN_MS = 5 * 60_000;
/** The name of the short cookie that holds the secret. */
export const PENDING_LOGIN_COOKIE = 'login';

/** Who has proved what so far. */
export type PendingLogin = {
  readonly tenant: string;
  /** In plain, so that erasing the person deletes the record. */
  readonly userId: string;
  readonly factors: readonly string[];
};

/** Beside it, by which it is used up. */
export interface FoundLogin extends PendingLogin {
  readonly key: string;
  readonly version: number;
}

export class PendingLogins {
  constructor(private readonly records: RecordStore) {}

  /** Keeps who waits; answers the secret for the browser's cookie. */
  async keep(pending: PendingLogin, now: string): Promise<string> {
    const secret = newSecret('klo');
    await this.records.put(SPACE, hashSecret(secret), pending, now, { expiresAt: later(now, PENDING_LOGIN_MS) });
    return secret;
  }

  /** Null where the secret is none of this tenant, or none any more. */
  async find(tenant: string, secret: string | null, now: string): Promise<FoundLogin | null> {
    if (secret === null || !isSecret('klo', secret)) return null;
    const entry = await this.records.get<PendingLogin>(SPACE, hashSecret(secret), now);
    return entry?.value.tenant === tenant ? { ...entry.value, key: entry.key, version: entry.version } : null;
  }

  /** Uses it up. Of all who come with the same one, one is told so. */
  take({ key, version }: FoundLogin): Promise<boolean> {
    return this.records.delete(SPACE, key, { expectedVersion: version });
  }
}
