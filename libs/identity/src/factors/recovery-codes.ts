// Codes for the loss of another factor: shown once, kept hashed, each good once.
import { randomInt } from 'node:crypto';
import { hashSecret } from '../token-secret.js';
import type { FactorPlace, FactorSecrets } from './factor-secrets.js';

const COUNT = 10;
/** Neither vowels, which make words, nor what looks alike. 24 of them are 114 bits: no slow hash is needed. */
const SIGNS = 'BCDFGHJKMNPQRSTVWXZ23456789';
const LENGTH = 24;
const GROUP = /.{4}(?=.)/g;

/** Hashes of those that are left. */
type Kept = readonly string[];

function drawn(): string {
  const code = Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]!).join('');
  return code.replace(GROUP, '$&-');
}

/** As people type it: any case, with spaces and hyphens wherever they like. */
function hashOf(code: string): string {
  return hashSecret(code.toUpperCase().replace(/[\s-]/g, ''));
}

export class RecoveryCodes {
  constructor(private readonly secrets: FactorSecrets) {}

  /** New codes under the id of the factor to be; they are told this once. */
  async draw(place: FactorPlace, now: string): Promise<readonly string[]> {
    const codes = Array.from({ length: COUNT }, drawn);
    await this.secrets.keep(place, codes.map(hashOf), now);
    return codes;
  }

  /** Uses a code up; answers how many are left then, and null where it is none of them. */
  async take(place: FactorPlace, code: string, now: string): Promise<number | null> {
    const kept = await this.secrets.find<Kept>(place, now);
    const hash = hashOf(code);
    if (!kept?.secret.includes(hash)) return null;
    const left = kept.secret.filter((each) => each !== hash);
    // Somebody else used one at the same moment.
    return (await this.secrets.change(place, kept, left, now)) ? left.length : this.take(place, code, now);
  }

  async left(place: FactorPlace, now: string): Promise<number> {
    return (await this.secrets.find<Kept>(place, now))?.secret.length ?? 0;
  }
}
