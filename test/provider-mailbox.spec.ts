// Logging in by a provider that does not vouch for an address, and what Facebook may ask for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { Said } from '#identity/testing/stand.js';
import { user } from '#identity/user.js';
import { mailed } from './support/mailed.js';
import { ProviderWorld, refusal, vouched } from './support/provider-world.js';
import type { Traveller } from './support/traveller.js';

let world: ProviderWorld;
let app: ProviderWorld['app'];
let stands: ProviderWorld['stands'];
let ids: ProviderWorld['ids'];
beforeAll(async () => {
  world = await ProviderWorld.open();
  ({ app, stands, ids } = world);
}, 60_000);
afterAll(() => world.close());

const traveller = () => world.traveller();
const contact = () => world.contact();

describe('where the provider does not vouch for the address', () => {
  /** The code of the newest mail to somebody, once it is another one than this. */
  const codeFor = (contactId: string, than?: string) => mailed(app.staff, contactId, /^([A-Z2-9]{4}-[A-Z2-9]{4})$/m, than);

  /** Comes back from Facebook, and has a code sent. */
  async function waiting(email: string, said: Said = {}, typed?: string) {
    const person = traveller();
    const back = await person.login(ids.facebook, stands.facebook, { ...vouched.facebook(email), ...said });
    const sent = await person.go('POST', '/v1/login/pending/send-code', typed === undefined ? {} : { email: typed });
    return { person, back, sent };
  }
  const prove = (person: Traveller, code: string) => person.go('POST', '/v1/login/pending/prove', { code });

  it('a code to the mailbox makes the user of a contact, and links the account', async () => {
    const { id, email } = await contact();
    const { person, sent } = await waiting(email);
    expect([sent.status, sent.body]).toEqual([202, {}]);
    const entered = await prove(person, (await codeFor(id)).toLowerCase().replace('-', ' '));
    expect(entered.body).toMatchObject({ userId: id, kind: 'customer' });
    expect(await person.me()).toMatchObject({ kind: 'user', id });
    const again = traveller();
    await again.login(ids.facebook, stands.facebook, vouched.facebook(email));
    expect(await again.me()).toMatchObject({ id });
  });

  it('it links the account to the login of who has one, also by an address that is typed', async () => {
    const grace = await app.person('grace', 'customer', ['authorized-user']);
    const said = { id: 'grace-on-facebook', email: undefined };
    const { person, back } = await waiting('hidden', said, grace.email);
    expect(back.location).toBe('/t/acme/?proof=address');
    const { body } = await prove(person, await codeFor(grace.id));
    expect(await person.me()).toMatchObject({ status: 401 });
    const linked = await person.comeBack(ids.facebook, await stands.facebook.visit(body.location as string, said));
    expect(linked.location).toBe('/t/acme/');
    expect(await person.me()).toMatchObject({ id: grace.id });
  });

  it('it links the account of that login alone, from the provider once more', async () => {
    const hal = await app.person('hal', 'customer', ['authorized-user']);
    const { person } = await waiting(hal.email, { id: 'hal-on-facebook' });
    const { body } = await prove(person, await codeFor(hal.id));
    const answer = await stands.facebook.visit(body.location as string, { id: 'somebody-else' });
    expect(refusal((await person.comeBack(ids.facebook, answer)).location)).toBe('login.identity-refused');
    expect(await app.installation.executor.stateOf(user, 'acme', hal.id)).toMatchObject({ identities: [] });
  });

  it('everybody is told the same, and strangers are sent nothing', async () => {
    const { id, email } = await contact();
    const [known, stranger] = [await waiting(email), await waiting('stranger@nowhere.example')];
    expect([known.sent.status, known.sent.body]).toEqual([stranger.sent.status, stranger.sent.body]);
    expect(await codeFor(id)).not.toBe('BBBB-BBBB');
    const wrong = await prove(stranger.person, 'BBBB-BBBB');
    expect(wrong.body).toMatchObject({ status: 401, code: 'identity.wrong-code' });
  });

  it('a code is good once, in the browser that asked for it, and not guessed', async () => {
    const { id, email } = await contact();
    const { person } = await waiting(email);
    const code = await codeFor(id);
    const thief = (await waiting('thief@nowhere.example')).person;
    expect((await prove(thief, code)).body).toMatchObject({ code: 'identity.wrong-code' });
    expect((await prove(traveller(), code)).body).toMatchObject({ status: 401, code: 'identity.not-pending' });
    for (let guess = 0; guess < 5; guess++) expect((await prove(person, 'BBBB-BBBB')).status).toBe(401);
    expect((await prove(person, code)).body).toMatchObject({ code: 'identity.wrong-code' });
    await person.go('POST', '/v1/login/pending/send-code');
    const next = await codeFor(id, code);
    expect((await prove(person, next)).status).toBe(200);
    expect((await prove(person, next)).body).toMatchObject({ code: 'identity.not-pending' });
  });

  it('three codes are sent at most, and none without an address or after a while', async () => {
    const { person } = await waiting('x', { id: 'nameless', email: undefined });
    const send = (email?: string) => person.go('POST', '/v1/login/pending/send-code', { email });
    expect((await send()).body).toMatchObject({ status: 422, code: 'identity.no-address' });
    for (let sent = 0; sent < 3; sent++) expect((await send('x@nowhere.example')).status).toBe(202);
    expect((await send('x@nowhere.example')).body).toMatchObject({ status: 429, code: 'identity.too-many-codes' });
    await app.pass(15 * 60_000);
    expect((await send('x@nowhere.example')).body).toMatchObject({ code: 'identity.not-pending' });
    world.now();
  });
});

describe('Facebook’s request to delete what was got from it', () => {
  const payload = (id: string) => Buffer.from(JSON.stringify({ algorithm: 'HMAC-SHA256', user_id: id })).toString('base64url');
  const signed = (id: string, secret = 'hush') =>
    `${createHmac('sha256', secret).update(payload(id)).digest('base64url')}.${payload(id)}`;
  async function ask(provider: string, request: string, path = `/v1/login/${provider}/data-deletion`) {
    const answer = await fetch(`${app.url}/t/acme${path}`, {
      method: 'POST',
      body: new URLSearchParams({ signed_request: request }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  it('unlinks the account, even the last one, and says where to see that', async () => {
    const { id, email } = await contact();
    const person = traveller();
    await person.login(ids.oidc, stands.oidc, vouched.oidc(email));
    const asked = await person.go('POST', '/v1/me/identities/link', { provider: ids.facebook, returnTo: '/' });
    await person.comeBack(ids.facebook, await stands.facebook.visit(asked.body.location as string, { id: `leaving-${id}` }));
    const { status, body } = await ask(ids.facebook, signed(`leaving-${id}`));
    expect(status).toBe(200);
    expect(await app.installation.executor.stateOf(user, 'acme', id)).toMatchObject({ identities: [{ provider: ids.oidc }] });
    const { url, confirmation_code: code } = body as { url: string; confirmation_code: string };
    expect(url).toBe(`http://localhost:8080/t/acme/v1/login/data-deletions/${code}`);
    const seen = await traveller().go('GET', `/v1/login/data-deletions/${code}`);
    expect(seen.body).toEqual({ status: 'done', at: app.clock.instant });
    const missing = await traveller().go('GET', `/v1/login/data-deletions/${'x'.repeat(22)}`);
    expect(missing.body).toMatchObject({ status: 404, code: 'data-deletion.not-found' });
  });

  it('is answered the same where nobody is linked, and not taken from anybody else', async () => {
    expect((await ask(ids.facebook, signed('nobody'))).status).toBe(200);
    const forged = await ask(ids.facebook, signed('nobody', 'guessed'));
    expect(forged).toMatchObject({ status: 401, body: { code: 'data-deletion.not-signed' } });
    expect(await ask(ids.google, signed('nobody'))).toMatchObject({ status: 404, body: { code: 'provider.not-found' } });
  });

  it('is the one form that the server takes', async () => {
    const elsewhere = await ask(ids.facebook, signed('nobody'), '/v1/login');
    expect(elsewhere).toMatchObject({ status: 415, body: { code: 'request.unsupported-media-type' } });
  });
});
