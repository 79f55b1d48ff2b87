// Keeps secrets and personal data out of the log, whatever is handed to it.
import { types } from 'node:util';

const SECRET_NAME =
  /authorization|cookie|password|passwd|secret|token|email|credential|^(?:x-)?(license|idempotency|api|master|private)?[-_]?key$/i;
/** A scheme and something that is no word: words have neither digits nor underscores. */
const CREDENTIAL = /\b(Bearer|License)\s+(?=[^\s"]{0,200}[\d_])[^\s"]{8,}/gi;
const BASIC = /\b(Basic)\s+[\w+/]{8,}=*/gi;
/** A license key, in any case: groups of one length, with at least 20 symbols together. */
const GROUPS = [4, 5, 6, 7, 8].map((length) => `(?:[0-9a-z]{${length}}-){${Math.ceil(20 / length) - 1},7}[0-9a-z]{${length}}`);
const LICENSE_KEY = new RegExp(`(?<![0-9a-z])(?:${GROUPS.join('|')})(?![0-9a-z])`, 'gi');
/** A secret of ours, by its prefix. */
const TOKEN = /\bkl[a-z]_\w{20,}/g;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
const REDACTED = '[redacted]';
const DEEPEST = 6;

/** A text without credentials and addresses. */
export function redactText(text: string): string {
  return text
    .replace(CREDENTIAL, `$1 ${REDACTED}`)
    .replace(BASIC, `$1 ${REDACTED}`)
    .replace(LICENSE_KEY, REDACTED)
    .replace(TOKEN, REDACTED)
    .replace(EMAIL, REDACTED);
}

/** A copy fit for the log: members with telling names and texts that look like credentials are replaced. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[…]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (isError(value)) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, SECRET_NAME.test(name) ? REDACTED : redact(member, depth + 1)]),
  );
}

/** Also one of another realm, such as a test runner's. */
function isError(value: object): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

function redactError(error: Error, depth: number): object {
  const { name, message, stack, cause } = error;
  const { code } = error as { readonly code?: unknown };
  return {
    name,
    message: redactText(message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: stack && redactText(stack),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}
