// What somebody tries who wants to come in as another, at the doors of logins by providers. What he tries with tokens
// stands in `oidc-way.spec.ts`.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rawRequest } from '#http/testing/raw-request.js';
import { LoginWays } from '#identity/providers/login-ways.js';
import { user } from '#identity/user.js';
import { openIdStand } from '#identity/testing/openid-stands.js';
import type { Said, Stand } from '#identity/testing/stand.js';
import { openLoginApp, type LoginApp } from './support/login-app.js';
import { Traveller } from './support/traveller.js';

let app: LoginApp;
let stand: Stand;
let provider: string;
let other: string;

beforeAll(async () => {
  stand = await openIdStand();
  const way = stand.way;
  const ways = new LoginWays({ oidc: way, entra: way, google: way, facebook: way });
  app = await openLoginApp({ publicUrl: 'https://licenses.example.com' }, { loginWays: ways });
  app.clock.instant = new Date().toISOString();
  [provider, other] = [await addProvider(), await addProvider()];
}, 60_000);
afterAll(async () => {
  await app.close();
  await stand.dispose();
});

async function addProvider(): Promise<string> {
  const fields = { kind: 'oidc', name: 'x', clientId: 'client-1', clientSecret: 'hush', issuer: stand.settings.issuer };
  const { id } = await app.staff.done('/v1/login-providers', fields);
  await app.staff.done(`/v1/login-providers/${id}/enable`);
  return id as string;
}

let victim: { email: string; said: Said };
let attacker: Traveller;
let number = 0;
beforeEach(async () => {
  const email = `victim${++number}@globex.example`;
  await app.staff.done('/v1/contacts', { name: 'Victim', email });
  victim = { email, said: { sub: email, email, email_verified: true } };
  attacker = new Traveller(app.url);
});

const refusal = (location: string | null) => new URL(location!, 'http://x').searchParams.get('refused');
const notBegun = { status: 401, body: { code: 'login.not-begun' } };

async function expectNoSession(somebody: Traveller): Promise<void> {
  expect([...somebody.jar.keys()].filter((name) => name.startsWith('__Host-keyledger-'))).toEqual([]);
  expect(await somebody.me()).toMatchObject({ status: 401 });
}

describe('a callback', () => {
  it.each<[string, (answer: URLSearchParams) => void]>([
    ['without state', (answer) => answer.delete('state')],
    ['with an empty state', (answer) => answer.set('state', '')],
    ['with a state of nobody', (answer) => answer.set('state', 'x'.repeat(43))],
    ['with a state that is no state', (answer) => answer.set('state', '../../etc')],
    ['with two states', (answer) => answer.append('state', answer.get('state')!)],
  ])('%s is refused', async (_what, spoil) => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    spoil(answer);
    expect(await attacker.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(attacker);
  });

  it('that came already is refused, also to who was let in by it', async () => {
    const person = new Traveller(app.url);
    const answer = await stand.visit(await person.setOut(provider), victim.said);
    const kept = new Map(person.jar);
    expect((await person.comeBack(provider, answer)).location).toBe('/t/acme/');
    for (const [name, value] of kept) {
      person.jar.set(name, value);
      attacker.jar.set(name, value);
    }
    expect(await person.comeBack(provider, answer)).toMatchObject(notBegun);
    expect(await attacker.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(attacker);
  });

  it('that was begun in another browser is refused, and the other goes on', async () => {
    const person = new Traveller(app.url);
    const answer = await stand.visit(await person.setOut(provider), victim.said);
    await attacker.setOut(provider);
    expect(await attacker.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(attacker);
    expect((await person.comeBack(provider, answer)).location).toBe('/t/acme/');
  });

  it('does not log a victim in as the attacker', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), { ...victim.said });
    const person = new Traveller(app.url);
    expect(await person.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(person);
  });

  it('with the code of another login is refused', async () => {
    const person = new Traveller(app.url);
    const theirs = await stand.visit(await person.setOut(provider), victim.said);
    const own = await stand.visit(await attacker.setOut(provider), victim.said);
    own.set('code', theirs.get('code')!);
    expect(refusal((await attacker.comeBack(provider, own)).location)).toBe('login.identity-refused');
    await expectNoSession(attacker);
  });

  it('of one provider is not taken for that of another, nor in the path of another vendor', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    expect(await attacker.comeBack(other, answer)).toMatchObject(notBegun);
    const elsewhere = new Traveller(app.url, 'beta');
    for (const [name, value] of attacker.jar) elsewhere.jar.set(name, value);
    expect(await elsewhere.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(attacker);
  });

  it('is refused once its time has run out', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    await app.pass(10 * 60_000);
    expect(await attacker.comeBack(provider, answer)).toMatchObject(notBegun);
    app.clock.instant = new Date().toISOString();
  });

  it('with a cookie that stands twice is refused', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    const [[name, value]] = [...attacker.jar] as [[string, string]];
    const twice = { cookie: `${name}=planted; ${name}=${value}` };
    attacker.jar.clear();
    const back = await attacker.go('GET', `/v1/login/${provider}/callback?${answer.toString()}`, undefined, twice);
    expect(back).toMatchObject(notBegun);
  });

  it('with what a provider adds of its own is taken all the same', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    answer.set('session_state', 'x');
    answer.set('vendor_extension', '1');
    expect((await attacker.comeBack(provider, answer)).location).toBe('/t/acme/');
  });

  it.each([
    ['access_denied', 'login.denied'],
    ['server_error', 'provider.unavailable'],
  ])('with the provider’s own error (%s) says so to the page, and is used up', async (error, code) => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    const failed = new URLSearchParams({ error, error_description: '<script>', state: answer.get('state')! });
    const back = await attacker.comeBack(provider, failed);
    expect(back.location).toBe(`/t/acme/?refused=${code}`);
    expect(await attacker.comeBack(provider, answer)).toMatchObject(notBegun);
    await expectNoSession(attacker);
  });
});

describe('an address of somebody who has a login', () => {
  it.each([false, 'true', undefined, null, 1])('opens nothing where the provider says %j of it', async (said) => {
    const [{ id }] = (await app.staff.read(`/v1/contacts?email=${encodeURIComponent(victim.email)}`)).data;
    await app.staff.done('/v1/users', { contactId: id });
    const mine = { sub: `attacker-of-${victim.email}`, email: victim.email, email_verified: said };
    const back = await attacker.login(provider, stand, mine);
    expect(back.location).toBe('/t/acme/?proof=code');
    await expectNoSession(attacker);
    expect((await app.installation.executor.stateOf(user, 'acme', id as string)).identities).toEqual([]);
  });
});

describe('a session that was put into a browser', () => {
  it('is not gone on in by a login by a provider: it ends, and the new one has a secret of its own', async () => {
    const name = '__Host-keyledger-acme';
    await attacker.login(provider, stand, victim.said);
    const planted = attacker.jar.get(name)!;
    const person = new Traveller(app.url);
    person.jar.set(name, planted);
    const email = `other-${victim.email}`;
    await app.staff.done('/v1/contacts', { name: 'Other', email });
    expect((await person.login(provider, stand, { sub: email, email, email_verified: true })).location).toBe('/t/acme/');
    expect(person.jar.get(name)).not.toBe(planted);
    expect((await person.me()).person.email).toBe(email);
    expect(await attacker.me()).toMatchObject({ status: 401 });
  });
});

describe('a provider', () => {
  it('that is out of order lets nobody in, and says so', async () => {
    const person = new Traveller(app.url);
    const answer = await stand.visit(await person.setOut(provider), victim.said);
    stand.breakDown(503);
    try {
      expect(refusal((await person.comeBack(provider, answer)).location)).toBe('provider.unavailable');
      const fresh = await addProvider();
      expect(await person.go('GET', `/v1/login/${fresh}/start`)).toMatchObject({
        status: 503,
        body: { code: 'provider.unavailable' },
      });
    } finally {
      stand.breakDown(null);
    }
    await expectNoSession(person);
  });
});

describe('two logins in one browser', () => {
  it('do not disturb each other, in whatever order they come back', async () => {
    const person = new Traveller(app.url);
    const [first, second] = [await person.setOut(provider, '/t/acme/one'), await person.setOut(provider, '/t/acme/two')];
    const [one, two] = [await stand.visit(first, victim.said), await stand.visit(second, victim.said)];
    expect((await person.comeBack(provider, two)).location).toBe('/t/acme/two');
    expect((await person.comeBack(provider, one)).location).toBe('/t/acme/one');
  });
});

describe('where the browser goes', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/%09/evil.example\n',
    '/..//evil.example',
    '/./\\evil.example',
    'javascript:alert(1)',
    '',
    'portal',
    '/x\r\nSet-Cookie: a=b',
    `/${'x'.repeat(1000)}`,
  ])('is never %j', async (returnTo) => {
    await expect(attacker.setOut(provider, returnTo)).rejects.toThrow('request.invalid');
  });

  it('to the provider is told the address of the configuration, whatever the request says of its host', async () => {
    const evil = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    for (const [name, value] of Object.entries(evil)) {
      const { location } = await attacker.go('GET', `/v1/login/${provider}/start`, undefined, { [name]: value });
      const wanted = `https://licenses.example.com/t/acme/v1/login/${provider}/callback`;
      expect(new URL(location!).searchParams.get('redirect_uri')).toBe(wanted);
    }
  });
});

describe('a request to another host', () => {
  it('is sent nowhere and let in nowhere, whatever it brings along', async () => {
    const answer = await stand.visit(await attacker.setOut(provider), victim.said);
    const cookie = [...attacker.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { host: 'evil.example', cookie };
    const ask = (path: string) =>
      rawRequest(Number(new URL(app.url).port), { method: 'GET', path: `/t/acme/v1/login/${provider}/${path}`, headers });
    expect((await ask('start')).json).toMatchObject({ status: 403, code: 'login.insecure' });
    const back = await ask(`callback?${answer.toString()}`);
    expect([back.status, back.headers.location]).toEqual([303, '/t/acme/?refused=login.insecure']);
    expect(JSON.stringify(back.headers)).not.toContain('keyledger-acme');
  });
});

describe('without the address of the server in the configuration', () => {
  it('nobody is sent to a provider', async () => {
    const ways = { oidc: stand.way, entra: stand.way, google: stand.way, facebook: stand.way };
    const bare = await openLoginApp({}, { loginWays: new LoginWays(ways) });
    try {
      const fields = { kind: 'google', name: 'x', clientId: 'client-1', clientSecret: 'hush' };
      const { id } = await bare.staff.done('/v1/login-providers', fields);
      await bare.staff.done(`/v1/login-providers/${id}/enable`);
      const start = await new Traveller(bare.url).go('GET', `/v1/login/${id}/start`);
      expect(start).toMatchObject({ status: 503, body: { code: 'login.no-public-url' } });
    } finally {
      await bare.close();
    }
  });
});
