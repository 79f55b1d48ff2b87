import { afterEach, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';
import type { HttpOptions } from './http-options.js';
import type { RawAnswer } from './testing/raw-request.js';

describe('rate limits', () => {
  let lamps: LampApp;
  const start = async (settings: Partial<HttpOptions>) => (lamps = await lampApp(settings));
  afterEach(() => lamps.close());

  const token = (as: string) => lamps.send({ path: '/v1/lamps', as });
  const license = () =>
    lamps.send({
      method: 'POST',
      path: '/v1/lamps/01j00000000000000000000001/light',
      headers: { authorization: 'License KL-SECRET-KEY', 'keyledger-tenant': 'acme' },
      body: { watts: 1 },
    });
  const stranger = (authorization?: string) =>
    lamps.send({ path: '/v1/lamps', headers: authorization === undefined ? {} : { authorization } });
  const limits = ({ headers }: RawAnswer) => [headers['ratelimit-limit'], headers['ratelimit-remaining']];

  it('tell what is left, and when it starts anew', async () => {
    await start({ rateLimitCredential: 2 });
    const answers = [await token('acme-token'), await token('acme-token'), await token('acme-token')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(limits)).toEqual([['2', '1'], ['2', '0'], ['2', '0']]); // prettier-ignore
    const [, , refused] = answers;
    expect(refused!.json).toMatchObject({ code: 'rate.limited', retryAfter: Number(refused!.headers['retry-after']) });
    expect(Number(refused!.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused!.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused!.headers['ratelimit-reset']).toBe(refused!.headers['retry-after']);
  });

  it('count each token for itself, and never a vendor against the license keys of its customers', async () => {
    await start({ rateLimitCredential: 1, rateLimitLicenseKey: 2, rateLimitAddress: 1 });
    expect((await token('acme-token')).status).toBe(200);
    expect((await token('acme-token')).status).toBe(429);
    expect((await token('acme-other-token')).status).toBe(200);
    const validations = [await license(), await license(), await license()];
    expect(validations.map(({ json }) => json.code as string)).toEqual(['lamp.not-found', 'lamp.not-found', 'rate.limited']);
    expect(limits(validations[0]!)).toEqual(['2', '1']);
  });

  it('hold up who has no valid credential, by address, and nobody else there', async () => {
    await start({ rateLimitAddress: 3 });
    expect((await stranger()).json.code).toBe('auth.required');
    expect((await stranger('Bearer wrong')).json.code).toBe('auth.invalid');
    expect((await stranger('nonsense')).json.code).toBe('auth.malformed');
    expect((await stranger('Bearer wrong')).json.code).toBe('rate.limited');
    expect((await lamps.send({ path: '/v1/server/about' })).json.code).toBe('rate.limited');
    expect((await token('acme-token')).status).toBe(200);
  });

  it('count refusals for lack of rights under the token', async () => {
    await start({ rateLimitCredential: 1 });
    const hang = () => lamps.send({ method: 'POST', path: '/v1/lamps', as: 'acme-reader', body: {} });
    expect([(await hang()).status, (await hang()).status]).toEqual([403, 429]);
  });

  it('never stop a probe', async () => {
    await start({ rateLimitAddress: 1 });
    for (let i = 0; i < 3; i++) expect((await lamps.send({ path: '/v1/server/live' })).status).toBe(200);
    expect((await stranger()).status).toBe(401);
  });

  it('are off at 0', async () => {
    await start({ rateLimitCredential: 0, rateLimitAddress: 0 });
    expect([limits(await token('acme-token')), limits(await stranger())]).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('tell clients behind a trusted proxy apart, IPv6 by network', async () => {
    await start({ rateLimitAddress: 1, trustProxy: ['127.0.0.1'] });
    const from = async (address: string) =>
      (await lamps.send({ path: '/v1/server/about', headers: { 'x-forwarded-for': address } })).status;
    expect([await from('10.0.0.1'), await from('10.0.0.1'), await from('10.0.0.2')]).toEqual([200, 429, 200]);
    expect([await from('2001:db8::1'), await from('2001:db8:0:0:ffff::2'), await from('2001:db8:0:1::1')]).toEqual([
      200, 429, 200,
    ]);
    // What the client itself claims stands left of what the proxy saw.
    expect(await from('9.9.9.9, 10.0.0.1')).toBe(429);
  });
});
