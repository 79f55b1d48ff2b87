// Secrets of API tokens: `klt_<43 letters and digits>_<6 letters and digits>`. The last part is a checksum, so
// that a typo is told from a wrong token without a look-up, and scanners can find leaked tokens.
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** 62^43 > 2^256, 62^6 > 2^32. */
const SECRET_DIGITS = 43;
const CHECK_DIGITS = 6;

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)]! + text;
  return text;
}

/** CRC-32 (IEEE 802.3) of what stands before it. */
function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECK_DIGITS);
}

/** What a secret opens: the API to a program (token) or to a user (session), the set-up of an empty installation, or one thing once (by a link in a mail). */
export type SecretPrefix = 'klt' | 'klu' | 'kls' | 'klo';

/** A new secret of 256 random bits. Shown once, then kept as {@link hashSecret} only. */
export function newSecret(prefix: SecretPrefix): string {
  const body = `${prefix}_${base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS)}`;
  return `${body}_${checksum(body)}`;
}

/** Whether a text has the form of a secret and its checksum; says nothing of whether it opens anything. */
export function isSecret(prefix: SecretPrefix, text: string): boolean {
  const match = /^([a-z]{3})_[0-9A-Za-z]{43}_([0-9A-Za-z]{6})$/.exec(text);
  return match !== null && match[1] === prefix && match[2] === checksum(text.slice(0, -CHECK_DIGITS - 1));
}

/** SHA-256 of a secret, base64url. No salt and no slow hash: the secret itself is 256 random bits. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
