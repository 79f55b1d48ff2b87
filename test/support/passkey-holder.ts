// What the page of a server does with a passkey, for tests.
import type { Browser } from './browser.js';
import type { Answer, Body } from './client.js';
import { SoftAuthenticator, type Algorithm, type Lies } from './soft-authenticator.js';

export const HOST = 'keys.example.com';
export const ORIGIN = `https://${HOST}`;

export function newDevice(algorithm?: Algorithm, counts?: boolean): SoftAuthenticator {
  return new SoftAuthenticator(ORIGIN, algorithm, counts);
}

/** Tries to add a passkey to the login of who is signed in. */
export async function tryToAdd(browser: Browser, device: SoftAuthenticator, lies?: Lies): Promise<Answer> {
  const { publicKey } = await browser.done('/v1/me/passkeys/options');
  return browser.post('/v1/me/passkeys', { name: 'Key', credential: device.create(publicKey, lies) });
}

/** Adds one. @throws Error where it was refused */
export async function addPasskey(browser: Browser, device: SoftAuthenticator): Promise<Body> {
  const { status, body } = await tryToAdd(browser, device);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

/** Uses a passkey at a door that has two steps: `/v1/login/passkey`, `/v1/login/factor/passkey`, `/v1/me/step-up/passkey`. */
export async function tryToUse(browser: Browser, door: string, device: SoftAuthenticator, lies?: Lies): Promise<Answer> {
  const { publicKey } = await browser.done(`${door}/options`);
  return browser.post(door, { credential: device.get(publicKey, lies) });
}

export function tryToEnter(browser: Browser, device: SoftAuthenticator, lies?: Lies): Promise<Answer> {
  return tryToUse(browser, '/v1/login/passkey', device, lies);
}
