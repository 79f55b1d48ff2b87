// The stops of the tour around logging in by providers, before one that others wrote and that runs on this machine.
import { createHmac } from 'node:crypto';
import { Mock } from '#identity/testing/openid-stands.js';
import type { Recorder } from './tour.js';
import { until } from './until.js';

/** Words that stand in a tour's texts and nowhere else. */
interface Words {
  readonly vendor: string;
  readonly own: string;
}

/** Settings of a server that providers on this machine can be reached from. */
export const NEAR_PROVIDERS = { KEYLEDGER_PUBLIC_URL: 'http://localhost:8080', KEYLEDGER_EGRESS_NETWORKS: '127.0.0.0/8' };

/** Visits what the vendor does with providers, and a person who logs in by one; after `visitLogins`, which he is of. */
export async function visitProviders(tour: Recorder, slug: string, words: Words): Promise<void> {
  const mock = await Mock.start();
  try {
    await visitSettings(tour, words);
    const id = await enabled(tour, { kind: 'oidc', name: `${words.vendor} staff`, issuer: mock.url });
    await visitPerson(tour, id, await visitPending(tour, mock, id, words));
    await visitFacebook(tour, slug, words);
  } finally {
    await mock.stop();
  }
}

/** A provider that lets people in. */
export async function enabled(tour: Recorder, fields: object): Promise<string> {
  const added = { clientId: 'client-1', clientSecret: 'hush', ...fields };
  const { id } = await tour.call('staff', 'POST /v1/login-providers', {}, added);
  await tour.call('staff', 'POST /v1/login-providers/{id}/enable', { id });
  return id;
}

async function visitSettings(tour: Recorder, { vendor }: Words): Promise<void> {
  const settings = { kind: 'google', name: `${vendor} by Google`, clientId: `${vendor}-client` };
  const id = await enabled(tour, { ...settings, clientSecret: `${vendor} secret` });
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/login-providers/{id}/${verb}`, { id }, body);
  await change('configure', { ...settings, name: `${vendor} with Google` });
  await tour.call('staff', 'GET /v1/login-providers');
  await tour.call('staff', 'GET /v1/login-providers/{id}', { id });
  await tour.call('anyone', 'GET /v1/login');
  await change('disable');
  await change('remove');
}

function cookieIn(tour: Recorder): string {
  const given = tour.cases.at(-1)!.answer.headers['set-cookie'] as unknown as string[];
  return given.at(-1)!.split(';')[0]!;
}

/** Iris by a provider that does not vouch for her: to it and back, a code, and in; answers her session's cookie. */
async function visitPending(tour: Recorder, mock: Mock, id: string, { own }: Words): Promise<string> {
  const visitor = { ...tour.credentials.visitor };
  const email = `iris@${own}.example`;
  await tour.call('visitor', 'GET /v1/login/{id}/start', { id });
  const { location } = tour.cases.at(-1)!.answer.headers;
  tour.credentials.visitor = { ...visitor, cookie: cookieIn(tour) };
  const answer = await mock.visit(location!, { sub: `iris-of-${own}`, email });
  await tour.call('visitor', `GET /v1/login/{id}/callback?${answer.toString()}`, { id });
  tour.credentials.visitor = { ...visitor, cookie: cookieIn(tour) };
  await tour.call('visitor', 'POST /v1/login/pending/send-code');
  const mails = async () => {
    const { data } = await tour.call('staff', 'GET /v1/outbox');
    return (data as { id: string; template: string }[]).filter(({ template }) => template === 'identity-code');
  };
  await until(async () => (await mails()).length > 0);
  const { text } = await tour.call('staff', 'GET /v1/outbox/{id}', { id: (await mails())[0]!.id });
  const { location: again } = await tour.call(
    ...(['visitor', 'POST /v1/login/pending/prove'] as const),
    ...[{}, { code: /^[A-Z2-9]{4}-[A-Z2-9]{4}$/m.exec(text as string)![0] }],
  );
  tour.credentials.visitor = { ...visitor, cookie: cookieIn(tour) };
  const linking = await mock.visit(again, { sub: `iris-of-${own}`, email });
  await tour.call('visitor', `GET /v1/login/{id}/callback?${linking.toString()}`, { id });
  tour.credentials.visitor = visitor;
  return cookieIn(tour);
}

async function visitPerson(tour: Recorder, id: string, cookie: string): Promise<void> {
  const { person } = tour.credentials;
  tour.credentials.person = { ...person, cookie };
  const { identities } = await tour.call('person', 'GET /v1/me/identities');
  await tour.call('person', 'POST /v1/me/step-up/provider', {}, { provider: id, returnTo: '/' });
  await tour.call('person', 'POST /v1/me/identities/link', {}, { provider: id, returnTo: '/' });
  await tour.call('person', 'POST /v1/me/identities/{identity}/unlink', { identity: identities[0].id });
  tour.credentials.person = person;
}

async function visitFacebook(tour: Recorder, slug: string, { vendor }: Words): Promise<void> {
  const clientSecret = `${vendor} app secret`;
  const id = await enabled(tour, { kind: 'facebook', name: `${vendor} by Facebook`, clientSecret });
  const type = 'application/x-www-form-urlencoded';
  tour.credentials.facebook = { 'keyledger-tenant': slug, 'content-type': type };
  const payload = Buffer.from(JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: 'nobody' })).toString('base64url');
  const signature = createHmac('sha256', clientSecret).update(payload).digest('base64url');
  const form = new URLSearchParams({ signed_request: `${signature}.${payload}` }).toString();
  const { confirmation_code: code } = await tour.call('facebook', 'POST /v1/login/{id}/data-deletion', { id }, form);
  await tour.call('visitor', 'GET /v1/login/data-deletions/{code}', { code });
}
