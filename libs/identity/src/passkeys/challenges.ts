// What a passkey is asked to sign: random, for one thing, for whoever began it, for some minutes and once.
import { randomBytes } from 'node:crypto';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { hashSecret } from '../token-secret.js';

const SPACE = 'passkey-challenges';
const BYTES = 32;
export const CHALLENGE_MS = 5 * 60_000;

export interface ChallengeAbout {
  readonly tenant: string;
  /** Adding one, logging in by it alone, as the second step of a login, or proving once more who one is. */
  readonly purpose: 'add' | 'login' | 'factor' | 'step-up';
  /** Who began it: the browser, the session, or the login that waits. */
  readonly holder: string;
  /** Whose passkey it must be, in plain, so that erasing the person deletes the record; null: whoever's. */
  readonly userId: string | null;
}

type Kept = { readonly [K in keyof ChallengeAbout]: ChallengeAbout[K] };

export class Challenges {
  constructor(private readonly records: RecordStore) {}

  async draw(about: ChallengeAbout, now: string): Promise<Uint8Array<ArrayBuffer>> {
    const challenge = new Uint8Array(randomBytes(BYTES));
    const { tenant, purpose, holder, userId } = about;
    const kept: Kept = { tenant, purpose, holder, userId };
    await this.records.put(SPACE, keyOf(challenge), kept, now, { expiresAt: later(now, CHALLENGE_MS) });
    return challenge;
  }

  /** Uses a challenge up. Of all who come with the same one, one is told so; who did not begin it uses nothing up. */
  async take(about: ChallengeAbout, challenge: string, now: string): Promise<boolean> {
    const key = hashSecret(challenge);
    const entry = await this.records.get<Kept>(SPACE, key, now);
    if (!entry) return false;
    const { tenant, purpose, holder, userId } = entry.value;
    const same = tenant === about.tenant && purpose === about.purpose && holder === about.holder && userId === about.userId;
    return same && this.records.delete(SPACE, key, { expectedVersion: entry.version });
  }
}

function keyOf(challenge: Uint8Array): string {
  return hashSecret(Buffer.from(challenge).toString('base64url'));
}
