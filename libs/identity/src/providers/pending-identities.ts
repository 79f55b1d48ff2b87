// Somebody whose provider does not vouch for his address: what the provider said is kept, for this browser alone,
// until he proves the mailbox by a code. Whoever asks for a code is told the same, whether the address is known or not.
import { createHash, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '#event-store/keyring.js';
import type { Outbox } from '#mail/outbox.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import type { OneTimeCodes } from '../one-time-codes.js';
import type { KnownPerson, People } from '../people.js';
import { hashSecret } from '../token-secret.js';
import type { IdentityAssertion } from './identity-assertion.js';
import { identityCodeMail } from './identity-code.mail.js';
import { providerErrors } from './provider.errors.js';

const SPACE = 'pending-identities';
const MAILS = 'identity-codes-sent';
const PURPOSE = 'link-identity';
export const PENDING_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** Of one login, and to one mailbox in a day: nobody is flooded, and nobody guesses on. */
const MOST_CODES = 3;
const MOST_MAILS = 10;

/** Whose browser it is. */
export interface Holder {
  readonly tenant: string;
  readonly secret: string;
}

/** Somebody on his way, and where his browser was to go. */
export interface Pending {
  readonly said: IdentityAssertion;
  readonly returnTo: string;
}

type Kept = { readonly tenant: string; readonly sealed: string; readonly codes: number };

const sealedBy = (secret: string) => createHash('sha256').update(`pending-identity\u0000${secret}`).digest();

export class PendingIdentities {
  constructor(
    private readonly records: RecordStore,
    private readonly codes: OneTimeCodes,
    private readonly people: People,
    private readonly outbox: Outbox,
  ) {}

  /** Keeps what a provider said; answers the secret for the browser's cookie. */
  async keep(tenant: string, pending: Pending, now: string): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const sealed = encrypt(sealedBy(secret), Buffer.from(JSON.stringify(pending)), hashSecret(secret));
    const kept: Kept = { tenant, sealed, codes: 0 };
    await this.records.put(SPACE, hashSecret(secret), kept, now, { expiresAt: later(now, PENDING_MS) });
    return secret;
  }

  /** @throws `identity.not-pending` */
  async of({ tenant, secret }: Holder, now: string): Promise<Pending> {
    const entry = await this.records.get<Kept>(SPACE, hashSecret(secret), now);
    if (entry?.value.tenant !== tenant) return providerErrors.refuse('identity.not-pending');
    return JSON.parse(decrypt(sealedBy(secret), entry.value.sealed, hashSecret(secret)).toString()) as Pending;
  }

  /** Counts a code that is asked for. @throws `identity.not-pending`, `identity.too-many-codes` */
  async count({ tenant, secret }: Holder, now: string): Promise<void> {
    const entry = await this.records.get<Kept>(SPACE, hashSecret(secret), now);
    if (entry?.value.tenant !== tenant) return providerErrors.refuse('identity.not-pending');
    if (entry.value.codes >= MOST_CODES) return providerErrors.refuse('identity.too-many-codes');
    const counted = { ...entry.value, codes: entry.value.codes + 1 };
    const options = { expectedVersion: entry.version, expiresAt: entry.expiresAt };
    if ((await this.records.put(SPACE, hashSecret(secret), counted, now, options)) === null)
      return this.count({ tenant, secret }, now);
  }

  /** Sends a code to whom the address belongs; to nobody else. */
  async send({ tenant, secret }: Holder, email: string, provider: string, now: string): Promise<void> {
    const person = await this.people.byAddress(tenant, email);
    if (!person || (await this.people.loginOf(tenant, person.id)).disabled) return;
    if (!(await this.mayMail(tenant, person, now))) return;
    const code = await this.codes.newCode(about(tenant, secret), { userId: person.id, email: person.email }, PENDING_MS, now);
    const values = { reader: person.name, vendor: await this.people.vendorOf(tenant), provider, code };
    const to = { contactId: person.id, address: person.email, name: person.name };
    const key = `${PURPOSE}/${person.id}/${hashSecret(`${secret}/${code}`)}`;
    await this.outbox.queue({ tenant, to, template: identityCodeMail, values, key, until: later(now, PENDING_MS) }, now);
  }

  /** Whose mailbox the code proves; what was kept is used up with it. @throws `identity.wrong-code` */
  async prove({ tenant, secret }: Holder, code: string, now: string): Promise<{ userId: string; email: string }> {
    const taken = await this.codes.takeCode(about(tenant, secret), code, now);
    if (!taken) return providerErrors.refuse('identity.wrong-code');
    const said = taken.data as { userId: string; email: string };
    if ((await this.people.byId(tenant, said.userId))?.email !== said.email) providerErrors.refuse('identity.wrong-code');
    await this.records.delete(SPACE, hashSecret(secret));
    return said;
  }

  private async mayMail(tenant: string, { id }: KnownPerson, now: string): Promise<boolean> {
    const day = Math.floor(Date.parse(now) / DAY_MS);
    const sent = await this.records.increment(MAILS, `${tenant}/${id}/${day}`, 1, now, later(now, DAY_MS));
    return sent <= MOST_MAILS;
  }
}

function about(tenant: string, secret: string) {
  return { purpose: PURPOSE, tenant, subject: hashSecret(secret) };
}
