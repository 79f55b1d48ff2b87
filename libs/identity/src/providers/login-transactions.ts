// What is kept while somebody is at a provider: a record under the hash of the state, which only the browser that set
// out can open, for one provider, for some minutes and once.
import { createHash, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from '#event-store/keyring.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { hashSecret } from '../token-secret.js';
import type { Identity } from '../user.identities.js';

const SPACE = 'login-transactions';
export const TRANSACTION_MS = 10 * 60_000;
const BYTES = 32;
const STATE = /^[\w-]{43}$/;

/** What is drawn before the browser sets out. */
export interface Drawn {
  /** Goes to the provider and comes back by the browser. */
  readonly state: string;
  /** Goes to the provider and comes back in the ID token. */
  readonly nonce: string;
  /** Stays in the browser, in a cookie. */
  readonly secret: string;
}

/** What somebody sets out for. */
export type Intent =
  | { readonly kind: 'login' }
  /** The identity is to be linked to this user. */
  | { readonly kind: 'link'; readonly userId: string }
  /** The same, for a user whose mailbox was proven: by that very identity. He is logged in then. */
  | { readonly kind: 'link-proven'; readonly userId: string; readonly identity: Identity }
  /** The user of a session proves once more who he is; he set out at that instant. */
  | { readonly kind: 'step-up'; readonly userId: string; readonly sessionId: string; readonly begunAt: string }
  | ({ readonly kind: 'redeem' } & Redemption);

/** An invitation that is to be redeemed by who comes back. */
export interface Redemption {
  readonly code: string;
  /** Of a group invitation: whose he says he is. */
  readonly email: string | null;
  /** Out of a mail, where the provider may not vouch for the address. */
  readonly mailboxCode: string | null;
  /** Whether somebody else who is logged in in that browser may be logged out. */
  readonly confirm: boolean;
}

export interface Transaction {
  readonly nonce: string;
  readonly verifier: string;
  /** Where the browser goes at last: a path of this server. */
  readonly returnTo: string;
  readonly intent: Intent;
}

type Kept = { readonly tenant: string; readonly provider: string; readonly sealed: string };

interface Where {
  readonly tenant: string;
  readonly provider: string;
}

const draw = () => randomBytes(BYTES).toString('base64url');
const keyOf = (secret: string) => createHash('sha256').update(`login-transaction\u0000${secret}`).digest();
const boundTo = ({ tenant, provider }: Where, state: string) => JSON.stringify([tenant, provider, hashSecret(state)]);

/** By which the cookies of several logins in one browser are told apart: two tabs do not disturb each other. */
export function transactionName(state: string): string {
  return hashSecret(state).slice(0, 12);
}

export class LoginTransactions {
  constructor(private readonly records: RecordStore) {}

  draw(): Drawn {
    return { state: draw(), nonce: draw(), secret: draw() };
  }

  async keep(where: Where, { state, secret }: Drawn, transaction: Transaction, now: string): Promise<void> {
    const sealed = encrypt(keyOf(secret), Buffer.from(JSON.stringify(transaction)), boundTo(where, state));
    const expiresAt = later(now, TRANSACTION_MS);
    await this.records.put(SPACE, hashSecret(state), { ...where, sealed } satisfies Kept, now, { expiresAt });
  }

  /** Uses a transaction up; null where there is none of this provider that this browser began. */
  async take(where: Where, state: string | null, secret: string | null, now: string): Promise<Transaction | null> {
    if (state === null || secret === null || !STATE.test(state)) return null;
    const key = hashSecret(state);
    const entry = await this.records.get<Kept>(SPACE, key, now);
    if (entry?.value.tenant !== where.tenant || entry.value.provider !== where.provider) return null;
    const transaction = opened(entry.value.sealed, secret, boundTo(where, state));
    // Of all who come back with the same state, one is let on.
    const first = transaction !== null && (await this.records.delete(SPACE, key, { expectedVersion: entry.version }));
    return first ? transaction : null;
  }
}

function opened(sealed: string, secret: string, bound: string): Transaction | null {
  try {
    return JSON.parse(decrypt(keyOf(secret), sealed, bound).toString()) as Transaction;
  } catch {
    return null; // another browser's
  }
}
