// The stops of the tour around logging in.
import { visitPasskeys } from './passkey-stops.js';
import { codeAt } from './second-factor.js';
import { withCookieOf, type Recorder } from './tour.js';
import { until } from './until.js';

const GIVEN = 'a tin whistle for bees';
const CHOSEN = 'violet tram under rain';
const FINAL = 'nine lamps beside a river';

/** Visits what a person does who logs in by a password; in the end he is logged in. */
export async function visitLogins(tour: Recorder, slug: string, own: string): Promise<void> {
  tour.credentials.visitor = { 'keyledger-tenant': slug, 'sec-fetch-site': 'same-origin' };
  const email = `iris@${own}.example`;
  const { id } = await tour.call('staff', 'POST /v1/contacts', {}, { name: `iris ${own}`, email });
  await tour.call('staff', 'POST /v1/users', {}, { contactId: id });
  const ofUser = (verb: string, body?: object) => tour.call('staff', `POST /v1/users/{id}/${verb}`, { id }, body);
  await ofUser('set-password', { password: CHOSEN });
  await ofUser('remove-password');
  await ofUser('set-password', { password: GIVEN });
  await enter(tour, email, GIVEN);
  await tour.call('person', 'POST /v1/me/password', {}, { current: GIVEN, next: CHOSEN });
  await forget(tour, id, email);
  await enter(tour, email, FINAL);
  await tour.call('person', 'POST /v1/logout');
  const { sessionId } = await enter(tour, email, FINAL);
  await tour.call('staff', 'GET /v1/users/{id}/sessions', { id });
  await tour.call('staff', 'POST /v1/users/{id}/sessions/{sessionId}/end', { id, sessionId });
  const earlier = await enter(tour, email, FINAL);
  await enter(tour, email, FINAL);
  await tour.call('person', 'GET /v1/me/security');
  await tour.call('person', 'POST /v1/me/set-name', {}, { firstName: 'iris', lastName: own });
  await tour.call('staff', 'GET /v1/users/{id}/security', { id });
  await tour.call('person', 'GET /v1/sessions');
  await tour.call('person', 'POST /v1/sessions/{id}/end', { id: earlier.sessionId });
  await tour.call('person', 'GET /v1/me/export');
  await visitOwnTokens(tour, own);
  await readdress(tour, id, own);
  await visitFactors(tour, id, email);
  await visitPasskeys(tour, { email, password: FINAL });
}

/** An authenticator app is added, asked for, and lost. */
async function visitFactors(tour: Recorder, id: string, email: string): Promise<void> {
  const begin = async () => (await tour.call('person', 'POST /v1/me/factors/totp/begin')).secret as string;
  const confirm = (secret: string) =>
    tour.call('person', 'POST /v1/me/factors/totp/confirm', {}, { code: codeAt(secret, Date.now()) });
  const { factorId } = await confirm(await begin());
  tour.credentials.person = withCookieOf(tour);
  await tour.call('person', 'GET /v1/me/factors');
  await tour.call('person', 'POST /v1/me/factors/{factorId}/remove', { factorId });
  await confirm(await begin());
  tour.credentials.person = withCookieOf(tour);
  const { recoveryCodes } = await tour.call('person', 'POST /v1/me/factors/recovery-codes');
  await tour.call('person', 'POST /v1/me/step-up', {}, { password: FINAL });
  await tour.call('visitor', 'POST /v1/login', {}, { email, password: FINAL });
  tour.credentials.waiting = withCookieOf(tour);
  await tour.call('waiting', 'POST /v1/login/factor', {}, { recoveryCode: recoveryCodes[0] });
  await tour.call('staff', 'POST /v1/users/{id}/reset-factors', { id });
  await enter(tour, email, FINAL);
}

async function enter(tour: Recorder, email: string, password: string): Promise<{ sessionId: string }> {
  const entered = await tour.call('visitor', 'POST /v1/login', {}, { email, password });
  tour.credentials.person = withCookieOf(tour);
  return entered;
}

async function visitOwnTokens(tour: Recorder, own: string): Promise<void> {
  const asked = { name: `${own} of iris`, permissions: ['license.read'] };
  const { id } = await tour.call('person', 'POST /v1/me/tokens', {}, asked);
  await tour.call('person', 'GET /v1/me/tokens');
  await tour.call('person', 'POST /v1/me/tokens/{id}/revoke', { id });
}

/** There and back: what follows knows her by her first address. */
async function readdress(tour: Recorder, id: string, own: string): Promise<void> {
  for (const [times, email] of [`iris.moved@${own}.example`, `iris@${own}.example`].entries()) {
    await tour.call('person', 'POST /v1/me/email', {}, { email });
    const mails = async () => {
      const { data } = await tour.call('staff', `GET /v1/outbox?contactId=${id}`);
      return (data as { id: string; template: string }[]).filter(({ template }) => template === 'new-address');
    };
    await until(async () => (await mails()).length > times);
    const { text } = await tour.call('staff', 'GET /v1/outbox/{id}', { id: (await mails())[0]!.id });
    const [code] = /[B-Z2-9]{4}-[B-Z2-9]{4}/.exec(text as string)!;
    await tour.call('person', 'POST /v1/me/email/prove', {}, { code });
    tour.credentials.person = withCookieOf(tour);
  }
}

async function forget(tour: Recorder, id: string, email: string): Promise<void> {
  await tour.call('visitor', 'POST /v1/password-reset', {}, { email });
  const mails = async () => (await tour.call('staff', `GET /v1/outbox?contactId=${id}`)).data;
  await until(async () => (await mails()).length === 1);
  const { text } = await tour.call('staff', 'GET /v1/outbox/{id}', { id: (await mails())[0].id });
  const code = /klo_\w+/.exec(text)![0];
  await tour.call('visitor', 'POST /v1/password-reset/redeem', {}, { code, password: FINAL });
}
