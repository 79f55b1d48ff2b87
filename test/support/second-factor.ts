// Second factors of people in tests: who must have one gets an authenticator app with his first login, and comes in by
// a recovery code from then on, so that no test waits for the next code of the app.
import { Secret, TOTP } from 'otpauth';
import type { Body, Client } from './client.js';

interface Owned {
  readonly secret: string;
  readonly recoveryCodes: string[];
}

/** By server, tenant and address. */
const owned = new Map<string, Owned>();

/** What an app with this secret shows at an instant (milliseconds). */
export function codeAt(secret: string, timestamp: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp });
}

/** Adds an authenticator app to the login of a session. @param now that of the server, in milliseconds */
export async function addApp(client: Client, now = Date.now()): Promise<Owned & { readonly factorId: string }> {
  const { secret } = await client.done('/v1/me/factors/totp/begin');
  const { factorId, recoveryCodes } = await client.done('/v1/me/factors/totp/confirm', { code: codeAt(secret, now) });
  return { factorId, secret, recoveryCodes: recoveryCodes ?? [] };
}

/** Goes the second step of a login that was begun, whatever it asks for. Answers what the server said at last. */
export async function passOn(client: Client, who: string, entered: Body, now: number): Promise<Body> {
  if (entered.next === 'factor') {
    const recoveryCode = owned.get(who)?.recoveryCodes.pop();
    if (recoveryCode === undefined) throw new Error(`${who} has a second factor that the test gave him, and no code left`);
    return client.done('/v1/login/factor', { recoveryCode });
  }
  if (entered.due !== 'factor') return entered;
  owned.set(who, await addApp(client, now));
  return { ...entered, due: null };
}
