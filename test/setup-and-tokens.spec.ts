// The first set-up and API tokens, on the built server as its users start it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientOf, Positions, type Client } from './support/client.js';
import { startServer, type RunningServer } from './support/server.js';

let server: RunningServer;
let administrator: Client;
let administratorId: string;
let administratorSecret: string;
const positions = new Positions();
const bearing = (secret: string, at = server) => clientOf(at.url, { authorization: `Bearer ${secret}` }, positions);
const nobody = () => clientOf(server.url);

const request = { tenant: { slug: 'acme', name: 'Acme' }, legalEntity: { name: 'Acme Europe' }, administrator: { name: 'Ada' } };

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.dispose());

describe('an empty installation', () => {
  it('lets nobody in without the token that it printed', async () => {
    expect(server.setupToken).toMatch(/^kls_/);
    const wrong = await nobody().post('/v1/setup', { ...request, token: `${server.setupToken}x` });
    expect(wrong.body).toMatchObject({ status: 401, code: 'setup.wrong-token' });
    expect((await nobody().post('/v1/setup', { ...request, token: server.setupToken, more: 1 })).status).toBe(422);
  });

  it('is set up once', async () => {
    const done = await nobody().done('/v1/setup', { ...request, token: server.setupToken });
    administratorSecret = done.apiToken.secret;
    administrator = bearing(administratorSecret);
    administratorId = done.apiToken.id;
    expect(await administrator.read('/v1/tenant')).toMatchObject({
      id: 'acme',
      legalEntities: [{ id: done.legalEntityId, name: 'Acme Europe' }],
    });
    const again = await nobody().post('/v1/setup', { ...request, token: server.setupToken });
    expect(again.body).toMatchObject({ status: 409, code: 'setup.done' });
  });
});

describe('an API token', () => {
  it('says who the caller is', async () => {
    const me = await administrator.read('/v1/me');
    expect(me).toMatchObject({ kind: 'token', id: administratorId, tenant: 'acme', organizationId: null });
    expect(me.grants).toContainEqual({ permission: 'token.manage', scope: 'tenant' });
  });

  it('opens from the very next request on, and nothing from the very next request after its revocation on', async () => {
    for (let round = 0; round < 10; round++) {
      const made = await administrator.done('/v1/tokens', { name: `round ${round}`, role: 'support' });
      const own = clientOf(server.url, { authorization: `Bearer ${made.secret}` });
      expect((await own.get('/v1/me')).status).toBe(200);
      await administrator.done(`/v1/tokens/${made.id}/revoke`);
      expect((await own.get('/v1/me')).body).toMatchObject({ status: 401, code: 'auth.revoked' });
    }
  });

  it('shows its secret once', async () => {
    const body = { name: 'CI', role: 'support' };
    const first = await administrator.post('/v1/tokens', body, { 'idempotency-key': 'ci' });
    expect(first.body).toMatchObject({ secret: expect.stringMatching(/^klt_/), secretShown: true });
    const repeated = await administrator.post('/v1/tokens', body, { 'idempotency-key': 'ci' });
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    expect(repeated.body).toEqual({ ...first.body, secret: null, secretShown: false });
    const read = await administrator.read(first.headers.get('location')!);
    expect(read).toMatchObject({ name: 'CI', role: 'support', status: 'active', createdBy: `token:${administratorId}` });
    const everything = JSON.stringify([read, await administrator.read('/v1/tokens')]) + server.output();
    expect(everything).not.toContain(first.body.secret);
  });

  it('is told from garbage, from a typo, and from nothing', async () => {
    const { secret } = await administrator.done('/v1/tokens', { name: 'typo', role: 'support' });
    const typo = secret.slice(0, 10) + (secret[10] === 'x' ? 'y' : 'x') + secret.slice(11);
    for (const wrong of ['garbage', typo])
      expect((await bearing(wrong).get('/v1/me')).body).toMatchObject({ status: 401, code: 'auth.invalid' });
    expect((await nobody().get('/v1/me')).body).toMatchObject({ status: 401, code: 'auth.required' });
    const elsewhere = await bearing(secret).get('/v1/me', { 'keyledger-tenant': 'other' });
    expect(elsewhere.body).toMatchObject({ status: 404, code: 'auth.wrong-tenant' });
  });

  it('never has more rights than its creator', async () => {
    const grants = ['token.manage', 'token.read', 'license.read'].map((permission) => ({ permission, scope: 'tenant' }));
    const lesser = bearing((await administrator.done('/v1/tokens', { name: 'lesser', grants })).secret);
    const refused = await lesser.post('/v1/tokens', { name: 'more', role: 'administrator' });
    expect(refused.body).toMatchObject({ status: 403, code: 'token.more-than-yours' });
    expect((await lesser.post('/v1/tokens', { name: 'less', grants: grants.slice(2) })).status).toBe(201);
    expect((await lesser.get('/v1/organizations')).status).toBe(403);
    expect((await lesser.get('/v1/tokens')).status).toBe(200);
  });

  it('of an organization sees that organization only', async () => {
    const { id: organizationId } = await administrator.done('/v1/organizations', { name: 'Globex' });
    const { id: other } = await administrator.done('/v1/organizations', { name: 'Initech' });
    const made = await administrator.done('/v1/tokens', { name: 'Globex', role: 'organization-administrator', organizationId });
    const bound = bearing(made.secret);
    expect(await bound.read('/v1/me')).toMatchObject({ organizationId });
    expect((await bound.read('/v1/organizations')).data).toMatchObject([{ id: organizationId }]);
    expect((await bound.get(`/v1/organizations/${other}`)).status).toBe(404);
    expect((await bound.get('/v1/tokens')).status).toBe(403);
    const endless = { name: 'X', role: 'organization-administrator', organizationId, expiresAt: null };
    expect((await administrator.post('/v1/tokens', endless)).body).toMatchObject({ status: 422, code: 'token.expiry-required' });
  });

  it('is listed by status, organization and words, with its last use', async () => {
    const { id } = await administrator.done('/v1/tokens', { name: 'Findable Thing', role: 'support' });
    const list = async (query: string) =>
      (await administrator.read(`/v1/tokens?${query}`)).data as { id: string; lastUsedAt: string | null }[];
    expect(await list('q=find%20thi')).toMatchObject([{ id, lastUsedAt: null, status: 'active' }]);
    expect((await list('q=ada')).find((each) => each.id === administratorId)!.lastUsedAt).toEqual(expect.any(String));
    await administrator.done(`/v1/tokens/${id}/revoke`);
    expect(await list('q=findable&status=active,expired')).toEqual([]);
    expect(await list('q=findable&status=revoked')).toMatchObject([{ id, status: 'revoked' }]);
  });

  it('must exist to be read or revoked', async () => {
    const missing = '/v1/tokens/01j00000000000000000000000';
    expect((await administrator.get(missing)).body).toMatchObject({ status: 404, code: 'token.not-found' });
    expect((await administrator.post(`${missing}/revoke`)).body).toMatchObject({ status: 404, code: 'token.not-found' });
  });
});

describe('after a restart', () => {
  it('there is no other set-up token, and tokens open as before, with their last use', async () => {
    const { id, secret } = await administrator.done('/v1/tokens', { name: 'before', role: 'support' });
    await bearing(secret).read('/v1/me');
    const { lastUsedAt } = await administrator.read(`/v1/tokens/${id}`);
    expect(lastUsedAt).toEqual(expect.any(String));
    expect(await server.end()).toBe(0);
    const again = await startServer({ folder: server.folder });
    try {
      expect(again.setupToken).toBeNull();
      expect(await bearing(administratorSecret, again).read(`/v1/tokens/${id}`)).toMatchObject({ lastUsedAt });
    } finally {
      await again.end();
    }
  });
});
