import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LICENSE_ID, ORGANIZATION, lampApp, type LampApp } from './testing/lamp-app.js';

describe('the guard', () => {
  let lamps: LampApp;
  let id: string;
  const light = (headers: Record<string, string>, path = `/v1/lamps/${id}/light`) =>
    lamps.send({ method: 'POST', path, headers, body: { watts: 40 } });

  beforeAll(async () => {
    lamps = await lampApp({ baseDomain: 'keys.example.com', rateLimitAddress: 0 });
    id = (await lamps.send({ method: 'POST', path: '/v1/lamps', as: 'acme-token', body: { name: 'hall' } })).json.id as string;
    await lamps.project();
  });
  afterAll(() => lamps.close());

  it.each([
    ['no credential', undefined, 401, 'auth.required'],
    ['an empty header', '', 401, 'auth.malformed'],
    ['a bare token', 'acme-token', 401, 'auth.malformed'],
    ['another scheme', 'Basic YTpi', 401, 'auth.malformed'],
    ['two spaces', 'Bearer  acme-token', 401, 'auth.malformed'],
    ['two tokens', 'Bearer acme-token acme-token', 401, 'auth.malformed'],
    ['a token beyond ASCII', 'Bearer acmé', 401, 'auth.malformed'],
    ['an endless token', `Bearer ${'x'.repeat(1025)}`, 401, 'auth.malformed'],
    ['an unknown token', 'Bearer nobody', 401, 'auth.invalid'],
    ['an expired token', 'Bearer expired-token', 401, 'auth.expired'],
    ['a revoked token', 'Bearer revoked-token', 401, 'auth.revoked'],
    ['a token without the permission', 'Bearer acme-reader', 403, 'auth.forbidden'],
    ['a license key without a tenant', 'License KL-SECRET-KEY', 400, 'auth.tenant-required'],
  ])('refuses %s', async (_, authorization, status, code) => {
    const answer = await light(authorization === undefined ? {} : { authorization });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('takes the scheme in any case', async () => {
    expect((await light({ authorization: 'bEARER acme-token' })).status).toBe(200);
  });

  it('takes a credential only where the route takes its kind', async () => {
    const headers = { authorization: 'License KL-SECRET-KEY', 'keyledger-tenant': 'acme' };
    const answer = await lamps.send({ path: '/v1/lamps', headers });
    expect([answer.status, answer.json.code]).toEqual([403, 'auth.forbidden']);
  });

  describe('the tenant', () => {
    const license = { authorization: 'License KL-SECRET-KEY' };
    const own = `/v1/lamps/${LICENSE_ID}/light`;
    // The license owns no lamp here, so "no such lamp" is the answer of somebody who was let in.
    const letIn = [404, 'lamp.not-found'];

    it.each<[string, Record<string, string>, string, readonly (string | number)[]]>([
      ['the header', { 'keyledger-tenant': 'acme' }, own, letIn],
      ['the path', {}, `/t/acme${own}`, letIn],
      ['the host', { host: 'acme.keys.example.com' }, own, letIn],
      ['the host with a port, in any case', { host: 'ACME.Keys.example.com:8443' }, own, letIn],
      ['all of them', { host: 'acme.keys.example.com', 'keyledger-tenant': 'acme' }, `/t/acme${own}`, letIn],
      ['a header and a path that differ', { 'keyledger-tenant': 'globex' }, `/t/acme${own}`, [404, 'auth.wrong-tenant']],
      ['something that is no tenant', { 'keyledger-tenant': '../acme' }, own, [404, 'auth.wrong-tenant']],
      ['two headers', { 'keyledger-tenant': 'acme, acme' }, own, [404, 'auth.wrong-tenant']],
      ['a host below a tenant', { host: 'x.acme.keys.example.com' }, own, [404, 'auth.wrong-tenant']],
      ['another tenant', { 'keyledger-tenant': 'globex' }, own, [401, 'auth.invalid']],
      ['a host outside', { host: 'acme.example.com' }, own, [400, 'auth.tenant-required']],
    ])('of a license key is named by %s', async (_, headers, path, expected) => {
      const answer = await light({ ...license, ...headers }, path);
      expect([answer.status, answer.json.code]).toEqual(expected);
    });

    it('of a token is its own: naming another one is refused, whether that exists or not', async () => {
      for (const tenant of ['globex', 'nobody']) {
        const answer = await light({ authorization: 'Bearer acme-token', 'keyledger-tenant': tenant });
        expect([answer.status, answer.json.code]).toEqual([404, 'auth.wrong-tenant']);
        expect(JSON.stringify(answer.json)).not.toContain(tenant);
      }
      expect((await light({ authorization: 'Bearer acme-token', 'keyledger-tenant': 'acme' })).status).toBe(200);
    });

    it('is never taken from a body', async () => {
      const body = { watts: 40, tenant: 'globex' };
      const answer = await lamps.send({ method: 'POST', path: `/v1/lamps/${id}/light`, as: 'acme-token', body });
      expect(answer.json).toMatchObject({
        code: 'request.invalid',
        pointers: [{ in: 'body', pointer: '/tenant', detail: 'is not known here; known are watts' }],
      });
    });

    it('is known to public routes too', async () => {
      expect((await lamps.send({ path: '/t/acme/v1/server/about' })).json).toEqual({ name: 'lamps', tenant: 'acme' });
      expect((await lamps.send({ path: '/v1/server/about' })).json).toEqual({ name: 'lamps', tenant: '' });
    });
  });

  it('answers for a foreign thing as for one that never was', async () => {
    const withoutRequest = ({ json: { requestId: _, ...rest }, status }: { json: any; status: number }) => [status, rest]; // eslint-disable-line @typescript-eslint/no-explicit-any -- any body
    const missing = withoutRequest(await lamps.send({ path: `/v1/lamps/${ORGANIZATION}`, as: 'globex-token' }));
    expect(missing).toMatchObject([404, { code: 'lamp.not-found' }]);
    for (const as of ['globex-token', 'acme-customer']) {
      expect(withoutRequest(await lamps.send({ path: `/v1/lamps/${id}`, as }))).toEqual(missing);
      expect(withoutRequest(await lamps.send({ method: 'POST', path: `/v1/lamps/${id}/light`, as, body: { watts: 1 } }))).toEqual(
        missing,
      );
    }
    expect((await lamps.send({ path: `/v1/lamps/${id}`, as: 'acme-token' })).status).toBe(200);
  });

  it.each([
    '/V1/lamps/ID',
    '/v1/Lamps/ID',
    '//v1/lamps/ID',
    '/v1//lamps/ID',
    '/v1/lamps/ID/',
    '/v1/lamps/ID;x=1',
    '/v1/lamps;x/ID',
    '/v1/lamps%2FID',
    '/v1%2flamps/ID',
    '/v1/lamps/%2e%2e/lamps/ID',
    '/v1/lamps/../lamps/ID',
    '/v1/./lamps/ID',
    '/%76%31/lamps/ID',
    '/v1/l%61mps/ID',
    '/v1/lamps/ID%00',
    '/v1/lamps/ID%20',
    '/v1/lamps/ID?x=1',
    '/v1/lamps/ID%3Fx',
    '/v1/lamps/ID#x',
    '/v1\\lamps\\ID',
    '/t/acme/v1/lamps/ID',
    '/t/acme//v1/lamps/ID',
    '/t/acme/t/acme/v1/lamps/ID',
    '/t/ACME/v1/lamps/ID',
    '/t/acme%2fv1/lamps/ID',
    '/t//v1/lamps/ID',
    'http://127.0.0.1/v1/lamps/ID',
    '*',
  ])('is not gone around by %s', async (variant) => {
    const path = variant.replace('ID', id);
    const answer = await lamps.send({ path });
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('hall');
    expect(answer.json.code).toEqual(
      expect.stringMatching(/^(auth\.required|route\.not-found|request\.malformed|auth\.wrong-tenant)$/),
    );
    // Whoever is let in by a variant is let in with his rights only.
    const stranger = await lamps.send({ path, as: 'globex-token' });
    expect(stranger.text).not.toContain('hall');
    expect(stranger.status).toBeGreaterThanOrEqual(400);
  });
});
