// The vendor's first hour, and its API tokens over time.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { clientOf, type Client } from '../support/client.js';
import { startClockedServer, type ClockedServer } from '../support/clocked-server.js';
import { keyledger } from '../support/operator.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { temporaryFolder } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';

const folder = temporaryFolder();
let server: ClockedServer;
let secret: string;
beforeAll(async () => {
  server = await startClockedServer({ folder, env: UNLIMITED });
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const as = (token: string): Client => clientOf(server.url, { authorization: `Bearer ${token}` });
const setUp = (slug: string, token: string | null) =>
  clientOf(server.url).post('/v1/setup', {
    token,
    tenant: { slug, name: `Vendor ${slug}` },
    legalEntity: { name: 'Europe' },
    administrator: { name: 'Ada' },
  });

describe('the first set-up', () => {
  it('wants the token that was printed; the one before a restart is none any more', async () => {
    const old = server.setupToken;
    expect(old).toMatch(/^kls_/);
    await server.end();
    server = await startClockedServer({ folder, env: UNLIMITED });
    expect(server.setupToken).not.toBe(old);
    for (const wrong of [old, 'kls_guessed', '']) expect((await setUp('acme', wrong)).status).toBeGreaterThanOrEqual(400);
    expect((await setUp('acme', old)).body.code).toBe('setup.wrong-token');
    expect((await clientOf(server.url).get('/v1/me')).status).toBe(401);
  });

  it('happens once, however many try at once', async () => {
    const { setupToken } = server;
    const tries = await Promise.all(['acme', 'acme', 'beta', 'acme', 'gamma', 'beta'].map((slug) => setUp(slug, setupToken)));
    const done = tries.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    for (const { body } of tries.filter(({ status }) => status !== 200))
      expect(body.code).toMatch(/^setup\.(done|under-way|begun-for-another)$/);
    secret = done[0]!.body.apiToken.secret;
    expect((await setUp('acme', setupToken)).body.code).toBe('setup.done');
    expect(await keyledger(folder, 'tenant', 'list')).toHaveLength(1);
  });

  it('holds after a restart, and nobody is offered another', async () => {
    const { tenant } = await as(secret).read('/v1/me');
    await server.end('SIGKILL');
    server = await startClockedServer({ folder, env: UNLIMITED });
    expect(server.setupToken).toBeNull();
    expect(await as(secret).read('/v1/tenant')).toMatchObject({ id: tenant, legalEntities: [{ name: 'Europe' }] });
    expect((await setUp('acme', 'kls_guessed')).body.code).toBe('setup.done');
  });
});

describe('an API token', () => {
  const made = async (body: object) => as(secret).done('/v1/tokens', { name: 'made', ...body });
  const codeOf = async (token: string) => (await as(token).get('/v1/me')).body.code as string | undefined;

  it('opens until its end and not a moment longer; without words about it that is a year', async () => {
    const short = await made({ role: 'support', expiresAt: server.inDays(5) });
    const usual = await made({ role: 'support' });
    const endless = await made({ role: 'administrator', expiresAt: null });
    expect((Date.parse(usual.expiresAt) - Date.parse(server.inDays(0))) / 86_400_000).toBeCloseTo(365, -1);
    expect(endless.expiresAt).toBeNull();
    server.pass({ days: 4 });
    expect(await codeOf(short.secret)).toBeUndefined();
    server.pass({ days: 1, ms: 1000 });
    expect(await codeOf(short.secret)).toBe('auth.expired');
    expect((await as(secret).read(`/v1/tokens/${short.id}`)).status).toBe('expired');
    server.pass({ days: 361 });
    expect([await codeOf(usual.secret), await codeOf(secret)]).toEqual(['auth.expired', 'auth.expired']);
    expect(await codeOf(endless.secret)).toBeUndefined();
    secret = endless.secret;
    const past = await as(secret).post('/v1/tokens', { name: 'past', role: 'support', expiresAt: server.inDays(-1) });
    expect(past.body).toMatchObject({ status: 422, code: 'token.expiry-past' });
  });

  it('bites on the very next request, on every connection, once revoked', async () => {
    const { id, secret: doomed } = await made({ role: 'support' });
    const clients = Array.from({ length: 10 }, () => as(doomed));
    for (const client of clients) expect((await client.get('/v1/me')).status).toBe(200);
    await as(secret).done(`/v1/tokens/${id}/revoke`);
    const codes = await Promise.all(clients.map(async (client) => (await client.get('/v1/me')).body.code));
    expect(new Set(codes)).toEqual(new Set(['auth.revoked']));
  });

  it('remembers its last use', async () => {
    const { id, secret: used } = await made({ role: 'support' });
    const at = async () => (await as(secret).read(`/v1/tokens/${id}`)).lastUsedAt as string | null;
    expect(await at()).toBeNull();
    await as(used).read('/v1/me');
    const first = await at();
    server.pass({ days: 2 });
    await as(used).read('/v1/me');
    expect(Date.parse((await at())!) - Date.parse(first!)).toBeGreaterThan(1.9 * 86_400_000);
  });

  it('hands on no right that it has not, nor a customer’s token one that no customer has', async () => {
    const grants = [
      { permission: 'token.manage', scope: 'tenant' },
      { permission: 'license.read', scope: 'tenant' },
    ];
    const lesser = as((await made({ grants })).secret);
    const create = async (body: object) => (await lesser.post('/v1/tokens', { name: 'more', ...body })).body.code;
    expect(await create({ role: 'administrator' })).toBe('token.more-than-yours');
    expect(await create({ grants: [{ permission: 'license.revoke', scope: 'tenant' }] })).toBe('token.more-than-yours');
    expect(await create({ grants: [grants[1]] })).toBeUndefined();
    const { id: organizationId } = await as(secret).done('/v1/organizations', { name: 'Customer' });
    const bound = { name: 'bound', organizationId, grants: [{ permission: 'license.revoke', scope: 'organization' }] };
    const never = await as(secret).post('/v1/tokens', bound);
    expect(never.body).toMatchObject({ status: 403, code: 'token.never-for-customers', permissions: ['license.revoke'] });
  });
});
