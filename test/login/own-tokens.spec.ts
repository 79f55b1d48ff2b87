// API tokens that users make for themselves: they act as them, with no more than they may, as long as they may.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contact } from '#organizations/contact.js';
import type { Browser } from '../support/browser.js';
import { clientOf, type Client } from '../support/client.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';

const MINUTE = 60_000;
const PERMISSIONS = ['license.read', 'activation.create'];

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

interface Holder {
  readonly known: Known;
  readonly browser: Browser;
  readonly id: string;
  /** Whoever has the token. */
  readonly program: Client;
}

const make = (browser: Browser, body: object = {}) =>
  browser.post('/v1/me/tokens', { name: 'Build server', permissions: PERMISSIONS, ...body });

async function holder(name: string): Promise<Holder> {
  const known = await app.ready(app.customer(name));
  const browser = await app.loggedIn(known);
  await app.pass(1);
  const { status, body } = await make(browser);
  expect([status, body.secretShown]).toEqual([201, true]);
  await app.pass(1);
  return { known, browser, id: body.id, program: clientOf(app.url, { authorization: `Bearer ${body.secret}` }, app.positions) };
}

const said = async (program: Client) => codeOf(await program.get('/v1/me'));
const OPEN = [200, undefined];
const SHUT = [401, 'auth.revoked'];

describe('a token of a user', () => {
  it('acts as himself, with what was named of what he may', async () => {
    const { known, program } = await holder('amy');
    const me = await program.read('/v1/me');
    expect(me).toMatchObject({ kind: 'token', person: { email: known.email, factors: ['token'] } });
    expect(new Set(me.grants.map(({ permission }: { permission: string }) => permission))).toEqual(new Set(PERMISSIONS));
    const company = (await app.staff.read('/v1/legal-entities')).data[0].id;
    expect((await program.read('/v1/licenses')).data).toEqual([]);
    expect(codeOf(await program.get('/v1/users'))).toEqual([403, 'auth.forbidden']);
    expect(codeOf(await program.get(`/v1/legal-entities/${company}`))).toEqual([403, 'auth.forbidden']);
  });

  it('opens nothing that wants a session, his profile neither', async () => {
    const { known, program } = await holder('ben');
    for (const path of ['/v1/sessions', '/v1/me/tokens', '/v1/me/security', '/v1/me/identities'])
      expect([path, ...codeOf(await program.get(path))]).toEqual([path, 403, 'auth.forbidden']);
    expect(codeOf(await program.post('/v1/me/tokens', { name: 'x', permissions: PERMISSIONS }))).toEqual([403, 'auth.forbidden']);
    expect((await program.post(`/v1/users/${known.id}/set-profile`, { locale: 'de' })).status).toBe(404);
  });

  it('has never more than he: less with the next request, and again what he gets back', async () => {
    const { known, program, browser } = await holder('cat');
    expect(codeOf(await make(browser, { permissions: ['login.manage'] }))).toEqual([403, 'token.more-than-yours']);
    await app.staff.done(`/v1/users/${known.id}/set-roles`, { roles: [] });
    expect(await said(program)).toEqual(SHUT);
    await app.staff.done(`/v1/users/${known.id}/set-roles`, { roles: ['authorized-user'] });
    expect(await said(program)).toEqual(OPEN);
    await app.staff.done('/v1/tenant/set-customer-login', { mode: 'contacts' });
    expect(await said(program)).toEqual(SHUT);
    await app.staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
    expect(await said(program)).toEqual(OPEN);
  });

  it('ends for good when he is disabled, removed or archived', async () => {
    const ends: readonly [string, (known: Known) => Promise<void>][] = [
      [
        'disabled',
        async ({ id }) => {
          await app.staff.done(`/v1/users/${id}/disable`);
          await app.staff.done(`/v1/users/${id}/enable`);
        },
      ],
      [
        'removed',
        async ({ id }) => {
          await app.staff.done(`/v1/users/${id}/remove`);
          await app.staff.done('/v1/users', { contactId: id });
        },
      ],
      [
        'archived',
        async ({ id }) => {
          await app.command((ports, ctx) => ports.commands.send(contact, id, 'archive', { reason: null, places: [] }, ctx));
          await app.command((ports, ctx) => ports.commands.send(contact, id, 'restore', {}, ctx));
        },
      ],
    ];
    for (const [how, end] of ends) {
      const { known, program } = await holder(`one-who-is-${how}`);
      await end(known);
      expect([how, ...(await said(program))]).toEqual([how, ...SHUT]);
      const { data } = await app.staff.read(`/v1/tokens?user=${known.id}`);
      expect(data).toMatchObject([{ status: 'active', endedAt: app.clock.instant }]);
    }
  });

  it('ends with who is erased, and its name with him', async () => {
    const { known, program, id } = await holder('eve');
    await app.staff.done(`/v1/contacts/${known.id}/erase`);
    expect(await said(program)).toEqual(SHUT);
    expect((await app.staff.read(`/v1/tokens/${id}`)).name).not.toContain('Build');
  });

  it('outlives another password, unless he says otherwise', async () => {
    const { program, browser } = await holder('fay');
    const next = 'nine lamps beside a river';
    await browser.done('/v1/me/password', { current: PASSWORD, next });
    expect(await said(program)).toEqual(OPEN);
    await browser.done('/v1/me/password', { current: next, next: PASSWORD, endTokens: true });
    expect(await said(program)).toEqual(SHUT);
    expect((await browser.read('/v1/me/security')).entries).toContainEqual(expect.objectContaining({ what: 'UserTokensEnded' }));
  });

  it('is listed and revoked by himself, and by nobody of his kind', async () => {
    const [{ browser, id, program }, other] = [await holder('gil'), await holder('hal')];
    await program.read('/v1/me');
    const { tokens } = await browser.read('/v1/me/tokens');
    expect(tokens).toMatchObject([
      { id, name: 'Build server', permissions: ['activation.create', 'license.read'], endedAt: null },
    ]);
    expect(JSON.stringify(tokens)).not.toContain('klt_');
    expect(codeOf(await other.browser.post(`/v1/me/tokens/${id}/revoke`))).toEqual([404, 'token.not-found']);
    await browser.done(`/v1/me/tokens/${id}/revoke`);
    expect(await said(program)).toEqual(SHUT);
  });

  it('is listed and revoked by an administrator', async () => {
    const { known, id, program } = await holder('ida');
    expect((await app.staff.read(`/v1/tokens?user=${known.id}`)).data).toMatchObject([{ id, userId: known.id, role: null }]);
    await app.staff.done(`/v1/tokens/${id}/revoke`);
    expect(await said(program)).toEqual(SHUT);
  });

  it('wants a login of the last ten minutes, has an end, and is one of twenty', async () => {
    const { browser } = await holder('jon');
    expect(codeOf(await make(browser, { expiresAt: '2020-01-01T00:00:00.000Z' }))).toEqual([422, 'token.expiry-past']);
    expect(codeOf(await make(browser, { expiresAt: '2040-01-01T00:00:00.000Z' }))).toEqual([422, 'token.expiry-too-late']);
    for (let made = 1; made < 20; made++) expect((await make(browser)).status).toBe(201);
    expect(codeOf(await make(browser))).toEqual([409, 'token.too-many']);
    await app.pass(10 * MINUTE);
    expect(codeOf(await make(browser))).toEqual([403, 'auth.step-up-needed']);
  });

  it('is shown once, also to who asks by the same key again', async () => {
    const known = await app.ready(app.customer('kim'));
    const browser = await app.loggedIn(known);
    const asked = () =>
      browser.post('/v1/me/tokens', { name: 'Once', permissions: PERMISSIONS }, { 'idempotency-key': 'kim-once' });
    const [first, again] = [await asked(), await asked()];
    expect([first.body.secretShown, again.body.secretShown, again.body.id]).toEqual([true, false, first.body.id]);
  });

  it('activates devices in his name', async () => {
    const { known, program } = await holder('lea');
    const { id: productId } = await app.staff.done('/v1/products', { name: 'Studio', code: 'studio', platforms: ['linux'] });
    const policy = { productId, name: 'Yearly', code: 'yearly', terms: { activations: 5, duration: 'P1Y' } };
    const { id: policyId } = await app.staff.done('/v1/policies', policy);
    const { id } = await app.staff.done('/v1/licenses', { policyId, contactId: known.id, name: 'Own' });
    const stranger = await app.customer('mac');
    const other = await app.staff.done('/v1/licenses', { policyId, contactId: stranger.id, name: 'Another’s' });
    await program.done(`/v1/licenses/${id}/activations`, { fingerprint: 'build-machine-1', name: 'build' });
    expect((await program.read('/v1/licenses')).data).toMatchObject([{ id }]);
    expect((await program.get(`/v1/licenses/${other.id}`)).status).toBe(404);
    const stored = await app.installation.events.readStream(`license-acme~${id}`);
    expect(JSON.parse(stored.at(-1)!.data)).toMatchObject({ by: 'user', userId: known.id });
  });
});
