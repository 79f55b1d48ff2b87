// The passkeys of people: public keys as records, each under the id that the fact names. One counts while there are both.
import { createHash } from 'node:crypto';
import type { People } from '../people.js';
import type { FactorSecrets } from '../factors/factor-secrets.js';

/** Whose passkey. */
export interface Owner {
  readonly tenant: string;
  readonly userId: string;
}

export type KeptPasskey = {
  /** The credential's own id, as browsers name it. */
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it had been used, as it said last; 0 where it does not count. */
  readonly counter: number;
  /** How browsers may find it: `internal`, `usb`, `hybrid`, … */
  readonly transports: readonly string[];
  /** The host that it was made for, and that it opens alone. */
  readonly host: string;
  /** Whether it is on more devices than one. */
  readonly synced: boolean;
  readonly usedAt: string | null;
};

export interface Passkey extends KeptPasskey {
  readonly factorId: string;
}

export interface FoundPasskey {
  readonly secret: KeptPasskey;
  readonly version: number;
}

/** As facts and records name a credential: of one length, and of no use to who reads it. */
export function passkeyId(credentialId: string): string {
  return createHash('sha256').update(credentialId).digest('base64url');
}

/** Whether a passkey that counts its uses says less than it must, so that there may be two of it (WebAuthn Level 3, §6.1.1). */
function isCountedBack(counter: number, before: number): boolean {
  return (counter > 0 || before > 0) && counter <= before;
}

export class Passkeys {
  constructor(
    private readonly people: People,
    private readonly secrets: FactorSecrets,
  ) {}

  /** Those of a person that count. */
  async of(owner: Owner, now: string): Promise<readonly Passkey[]> {
    const { factors } = await this.people.loginOf(owner.tenant, owner.userId);
    const ids = factors.filter(({ kind }) => kind === 'passkey').map(({ id }) => id);
    const found = await Promise.all(
      ids.map(async (factorId) => {
        const kept = await this.secrets.find<KeptPasskey>({ ...owner, factorId }, now);
        return kept && { factorId, ...kept.secret };
      }),
    );
    return found.filter((each) => each !== null);
  }

  /** One that counts, by the credential's own id. */
  async find(owner: Owner, credentialId: string, now: string): Promise<FoundPasskey | null> {
    const factorId = passkeyId(credentialId);
    const { factors } = await this.people.loginOf(owner.tenant, owner.userId);
    if (!factors.some(({ id, kind }) => id === factorId && kind === 'passkey')) return null;
    return this.secrets.find<KeptPasskey>({ ...owner, factorId }, now);
  }

  /** Durable when it returns; it counts once a fact names {@link passkeyId}. What was left by one that never did goes. */
  async keep(owner: Owner, passkey: KeptPasskey, now: string): Promise<void> {
    const place = { ...owner, factorId: passkeyId(passkey.credentialId) };
    await this.secrets.forget(place);
    await this.secrets.keep(place, passkey, now);
  }

  /** Notes that it was used, and how often it says it was; false where it counted back, by now. */
  async use(owner: Owner, found: FoundPasskey, counter: number, now: string): Promise<boolean> {
    if (isCountedBack(counter, found.secret.counter)) return false;
    const place = { ...owner, factorId: passkeyId(found.secret.credentialId) };
    if (await this.secrets.change(place, found, { ...found.secret, counter, usedAt: now }, now)) return true;
    // It was used, or removed, at the same moment.
    const again = await this.find(owner, found.secret.credentialId, now);
    return again !== null && this.use(owner, again, counter, now);
  }
}
