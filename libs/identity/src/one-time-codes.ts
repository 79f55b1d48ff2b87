// What a mailbox proves once: secrets for links in mails, and short codes that are typed. Kept hashed, with an end.
import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { Json } from '#kernel/json.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { hashSecret, isSecret, newSecret } from './token-secret.js';

const SPACE = 'one-time-codes';
const MOST_TRIES = 5;
/** Neither vowels, which make words, nor what looks alike. */
const SIGNS = 'BCDFGHJKMNPQRSTVWXZ23456789';
const CODE_LENGTH = 8;

/** What a code is for, and whose mailbox it proves. */
export interface CodeAbout {
  /** `password-reset`, `link-identity`, …: a code for one thing is of no use for another. */
  readonly purpose: string;
  readonly tenant: string;
  /** Of whom, or of what. */
  readonly subject: string;
}

type KeptLink = { readonly purpose: string; readonly tenant: string; readonly subject: string; readonly data: Json };
type KeptCode = { readonly salt: string; readonly hash: string; readonly triesLeft: number; readonly data: Json };

const linkKey = (secret: string): string => `link/${hashSecret(secret)}`;
const codeKey = ({ tenant, purpose, subject }: CodeAbout): string => `code/${tenant}/${purpose}/${subject}`;

/** As people type it: any case, with spaces and hyphens wherever they like. */
function typed(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, '');
}

function hashed(salt: string, code: string): string {
  return createHash('sha256')
    .update(`${salt}${typed(code)}`)
    .digest('base64url');
}

export class OneTimeCodes {
  constructor(private readonly records: RecordStore) {}

  /** A secret of 256 bits for a link, good once for so many milliseconds. `data` is told to whoever takes it. */
  async newLink(about: CodeAbout, data: Json, life: number, now: string): Promise<string> {
    const secret = newSecret('klo');
    const { purpose, tenant, subject } = about;
    await this.records.put(SPACE, linkKey(secret), { purpose, tenant, subject, data } satisfies KeptLink, now, {
      expiresAt: later(now, life),
    });
    return secret;
  }

  /** What a link is about, without using it; null where it is none of this purpose and tenant, or none any more. */
  async seeLink(purpose: string, tenant: string, secret: string, now: string): Promise<{ subject: string; data: Json } | null> {
    if (!isSecret('klo', secret)) return null;
    const kept = (await this.records.get<KeptLink>(SPACE, linkKey(secret), now))?.value;
    return kept?.purpose === purpose && kept.tenant === tenant ? kept : null;
  }

  /** Uses a link. Of all who come with the same one, one is told so. */
  async takeLink(secret: string): Promise<boolean> {
    return this.records.delete(SPACE, linkKey(secret), { expectedVersion: 1 });
  }

  /** A code to be typed, in the place of an earlier one about the same. */
  async newCode(about: CodeAbout, data: Json, life: number, now: string): Promise<string> {
    const code = Array.from({ length: CODE_LENGTH }, () => SIGNS[randomInt(SIGNS.length)]!).join('');
    const salt = newSecret('klo');
    const kept: KeptCode = { salt, hash: hashed(salt, code), triesLeft: MOST_TRIES, data };
    await this.records.put(SPACE, codeKey(about), kept, now, { expiresAt: later(now, life) });
    return `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;
  }

  /** Uses a code; null where it is wrong, used, or was tried wrongly too often. Each try counts before it is looked at. */
  async takeCode(about: CodeAbout, code: string, now: string): Promise<{ data: Json } | null> {
    const key = codeKey(about);
    const entry = await this.records.get<KeptCode>(SPACE, key, now);
    if (!entry || entry.value.triesLeft === 0) return null;
    const { salt, hash, triesLeft, data } = entry.value;
    const tried = { ...entry.value, triesLeft: triesLeft - 1 };
    const options = { expectedVersion: entry.version, expiresAt: entry.expiresAt };
    const version = await this.records.put(SPACE, key, tried, now, options);
    // Somebody else tried at the same moment.
    if (version === null) return this.takeCode(about, code, now);
    if (!timingSafeEqual(Buffer.from(hashed(salt, code)), Buffer.from(hash))) return null;
    return (await this.records.delete(SPACE, key, { expectedVersion: version })) ? { data } : null;
  }
}
