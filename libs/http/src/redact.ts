// Keeps secrets and personal data out of the log, whatever is handed to it.
const SECRET_NAME = /authorization|cookie|password|passwd|secret|token|email|credential|^(license|idempotency|api|master|private)?-?_?key$/i;
const CREDENTIAL = /\b(Bearer|License|Basic)\s+[\x21-\x7e]+/gi;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
const REDACTED = '[redacted]';
const DEEPEST = 6;

/** A text without credentials and addresses. */
export function redactText(text: string): string {
  return text.replace(CREDENTIAL, `$1 ${REDACTED}`).replace(EMAIL, REDACTED);
}

/** A copy fit for the log: members with telling names and texts that look like credentials are replaced. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[…]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, SECRET_NAME.test(name) ? REDACTED : redact(member, depth + 1)]),
  );
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
