// Passwords are kept as argon2id (RFC 9106) strings in the PHC format, which carry salt and parameters with them.
import { type Algorithm, hash, parseOptions, verify } from '@node-rs/argon2';
import { loginErrors } from './login.errors.js';
import { Turns } from './turns.js';

/** The configured cost (OWASP's first choice): 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
// The package's enum has no value at run time under isolated modules.
const ARGON2ID = 2 as Algorithm.Argon2id;

/** So that a flood of logins cannot take the memory of the machine: 4 × 19 MiB, and those beyond the queue are sent away. */
const turns = new Turns(4, 200, () => loginErrors.refuse('login.busy', undefined, { retryAfter: 3 }));

/** Different keyboards write the same character in different ways (NIST SP 800-63B §5.1.1.2). Nothing is cut or trimmed. */
function normal(password: string): string {
  return password.normalize('NFC');
}

/** A new PHC string of a password, with a salt of its own. @throws `login.busy` */
export function hashPassword(password: string): Promise<string> {
  return turns.run(() => hash(normal(password), { ...COST, algorithm: ARGON2ID }));
}

let dummy: Promise<string> | undefined;

/**
 * Whether a password is the one of a PHC string. Without a string it is compared with one of nobody's, which takes as
 * long: whether somebody has a password cannot be told by the clock.
 * @throws `login.busy`
 */
export async function isPassword(phc: string | null, password: string): Promise<boolean> {
  dummy ??= hashPassword('the password of nobody at all').catch((error: unknown) => {
    dummy = undefined;
    throw error;
  });
  const against = phc ?? (await dummy);
  const right = await turns.run(() => verify(against, normal(password)));
  return right && phc !== null;
}

/** Whether a string was made at another cost than today's, and is to be made anew at the next login. */
export function isOutdated(phc: string): boolean {
  const made = parseOptions(phc);
  return (
    made.algorithm !== ARGON2ID ||
    made.memoryCost !== COST.memoryCost ||
    made.timeCost !== COST.timeCost ||
    made.parallelism !== COST.parallelism
  );
}
