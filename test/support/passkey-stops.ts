// The stops of the tour around passkeys.
import { NEAR_PROVIDERS } from './provider-stops.js';
import { SoftAuthenticator } from './soft-authenticator.js';
import { withCookieOf, type Recorder } from './tour.js';

/** Adds a passkey to the login of who is signed in, uses it in every way, and removes it. */
export async function visitPasskeys(tour: Recorder, login: { readonly email: string; readonly password: string }): Promise<void> {
  const device = new SoftAuthenticator(NEAR_PROVIDERS.KEYLEDGER_PUBLIC_URL);
  const { publicKey } = await tour.call('person', 'POST /v1/me/passkeys/options');
  const { factorId } = await tour.call('person', 'POST /v1/me/passkeys', {}, { credential: device.create(publicKey) });
  tour.credentials.person = withCookieOf(tour);
  await tour.call('person', 'POST /v1/me/factors/{factorId}/rename', { factorId }, { name: 'The key in the drawer' });
  const begun = await tour.call('person', 'POST /v1/me/step-up/passkey/options');
  await tour.call('person', 'POST /v1/me/step-up/passkey', {}, { credential: device.get(begun.publicKey) });
  tour.credentials.person = withCookieOf(tour);
  const asked = await tour.call('visitor', 'POST /v1/login/passkey/options');
  tour.credentials.waiting = withCookieOf(tour);
  await tour.call('waiting', 'POST /v1/login/passkey', {}, { credential: device.get(asked.publicKey) });
  await tour.call('visitor', 'POST /v1/login', {}, login);
  tour.credentials.waiting = withCookieOf(tour);
  const second = await tour.call('waiting', 'POST /v1/login/factor/passkey/options');
  await tour.call('waiting', 'POST /v1/login/factor/passkey', {}, { credential: device.get(second.publicKey) });
  await tour.call('person', 'POST /v1/me/factors/{factorId}/remove', { factorId });
}
