import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';

const SESSION = '__Host-keyledger-acme=acme-session';

type Headers = Record<string, string>;

describe('the session of a user', () => {
  let lamps: LampApp;
  let own: string;
  beforeAll(async () => {
    lamps = await lampApp({ rateLimitAddress: 0, baseDomain: 'keys.example.com' });
    own = `http://127.0.0.1:${lamps.port}`;
  });
  afterAll(() => lamps.close());

  const list = (headers: Headers, path = '/v1/lamps') => lamps.send({ path, headers });
  const hang = (headers: Headers) => lamps.send({ method: 'POST', path: '/v1/lamps', headers, body: { name: 'hall' } });
  const said = ({ status, json }: { status: number; json: any }) => [status, json?.code]; // eslint-disable-line @typescript-eslint/no-explicit-any -- any body

  it('opens what a token opens', async () => {
    expect((await list({ cookie: SESSION })).status).toBe(200);
    expect((await hang({ cookie: SESSION, 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  it.each<[string, Headers, string, readonly (string | number)[]]>([
    ['beside other cookies', { cookie: `a=b; ${SESSION}; theme=dark` }, '/v1/lamps', [200]],
    ['of the tenant that the path names', { cookie: `${SESSION}; __Host-keyledger-beta=x` }, '/t/acme/v1/lamps', [200]],
    ['of the tenant that the host names', { cookie: SESSION, host: 'acme.keys.example.com' }, '/v1/lamps', [200]],
    ['of another tenant than named', { cookie: SESSION }, '/t/globex/v1/lamps', [401, 'auth.required']],
    [
      'of two tenants and none named',
      { cookie: `${SESSION}; __Host-keyledger-beta=x` },
      '/v1/lamps',
      [400, 'auth.tenant-required'],
    ],
    [
      'under the name of another tenant',
      { cookie: '__Host-keyledger-globex=acme-session' },
      '/v1/lamps',
      [401, 'auth.session-ended'],
    ],
    ['that never was', { cookie: '__Host-keyledger-acme=nobody' }, '/v1/lamps', [401, 'auth.session-ended']],
    ['that stands twice', { cookie: `${SESSION}; ${SESSION}` }, '/v1/lamps', [401, 'auth.malformed']],
    ['without the prefix', { cookie: 'keyledger-acme=acme-session' }, '/v1/lamps', [401, 'auth.required']],
    ['in another case', { cookie: '__host-keyledger-acme=acme-session' }, '/v1/lamps', [401, 'auth.required']],
    ['that is empty', { cookie: '__Host-keyledger-acme=' }, '/v1/lamps', [401, 'auth.required']],
    ['as a token', { authorization: 'Bearer acme-session' }, '/v1/lamps', [401, 'auth.invalid']],
    ['beside a token', { cookie: SESSION, authorization: 'Bearer acme-token' }, '/v1/lamps', [400, 'auth.two-credentials']],
    [
      'beside a license key',
      { cookie: SESSION, authorization: 'License KL-SECRET-KEY' },
      '/v1/lamps',
      [400, 'auth.two-credentials'],
    ],
    ['beside nonsense', { cookie: SESSION, authorization: '' }, '/v1/lamps', [400, 'auth.two-credentials']],
  ])('%s', async (_, headers, path, expected) => {
    expect(said(await list(headers, path)).slice(0, expected.length)).toEqual(expected);
  });

  it('does not open what takes license keys only, nor does a token what takes sessions only', async () => {
    const leave = (headers: Headers) => lamps.send({ method: 'POST', path: '/v1/server/leave', headers });
    expect(said(await leave({ authorization: 'Bearer acme-token' }))).toEqual([403, 'auth.forbidden']);
    const left = await leave({ cookie: SESSION, 'sec-fetch-site': 'same-origin' });
    expect([left.status, left.headers['set-cookie']]).toEqual([
      204,
      ['__Host-keyledger-acme=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure'],
    ]);
  });

  it('opens nothing but the way out while the password is due to be changed', async () => {
    const due = { cookie: '__Host-keyledger-acme=acme-due-session', 'sec-fetch-site': 'same-origin' };
    expect(said(await list(due))).toEqual([403, 'auth.password-change-due']);
    expect((await lamps.send({ method: 'POST', path: '/v1/server/leave', headers: due })).status).toBe(204);
  });

  // How a request was sent: by which page, and whether it may change something by a session, or begin one.
  const SENT: readonly [string, Headers, boolean][] = [
    ['from the same origin', { 'sec-fetch-site': 'same-origin' }, true],
    ['from the same origin, whatever Origin says', { 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
    ['from the same site', { 'sec-fetch-site': 'same-site' }, false],
    ['from another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['from another site that claims our origin', { 'sec-fetch-site': 'cross-site', origin: 'OWN' }, false],
    ['by somebody who typed the address', { 'sec-fetch-site': 'none' }, false],
    ['with nonsense for a site', { 'sec-fetch-site': 'same-origin, cross-site' }, false],
    ['by an old browser from the same origin', { origin: 'OWN' }, true],
    ['by an old browser from another origin', { origin: 'https://evil.example' }, false],
    ['by an old browser from our host with another port', { origin: 'http://127.0.0.1:1' }, false],
    ['by an old browser from our host with another scheme', { origin: 'https://127.0.0.1' }, false],
    ['by an old browser from a sandbox', { origin: 'null' }, false],
    ['with a Referer only', { referer: 'OWN/' }, false],
    ['without saying from where', {}, false],
  ];
  const spelled = (headers: Headers): Headers =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', own)]));

  it.each(SENT)('changes something when sent %s: %o → %s', async (_, headers, good) => {
    const answer = await hang({ cookie: SESSION, ...spelled(headers) });
    expect(said(answer)).toEqual(good ? [201, undefined] : [403, 'auth.cross-site']);
  });

  it.each(SENT)('is begun when sent %s: %o → %s', async (_, headers, good) => {
    const answer = await lamps.send({ method: 'POST', path: '/v1/server/enter', headers: spelled(headers), body: {} });
    expect(said(answer)).toEqual(good ? [200, undefined] : [403, 'auth.cross-site']);
    expect(answer.headers['set-cookie'] !== undefined).toBe(good);
  });

  it.each(SENT)('is not asked for reading, or for what a token does, when sent %s', async (_, headers) => {
    expect((await list({ cookie: SESSION, ...spelled(headers) })).status).toBe(200);
    expect((await hang({ authorization: 'Bearer acme-token', ...spelled(headers) })).status).toBe(201);
    expect((await lamps.send({ path: '/v1/server/about', headers: spelled(headers) })).status).toBe(200);
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'takes nothing that a form can send: %s',
    async (type) => {
      const headers = { cookie: SESSION, 'sec-fetch-site': 'same-origin', 'content-type': type };
      for (const path of ['/v1/lamps', '/v1/server/enter', '/v1/server/leave'])
        for (const body of ['{"name":"hall"}', ''])
          expect(said(await lamps.send({ method: 'POST', path, headers, body }))).toEqual([
            415,
            'request.unsupported-media-type',
          ]);
    },
  );
});

describe('the cookie', () => {
  let lamps: LampApp;
  afterEach(() => lamps.close());
  const enter = async (headers: Headers) =>
    await lamps.send({ method: 'POST', path: '/v1/server/enter', headers: { 'sec-fetch-site': 'same-origin', ...headers } });
  const PLAIN = 'keyledger-acme=acme-session; Path=/; Max-Age=60; HttpOnly; SameSite=Lax';

  it.each([
    ['this machine', {}, 'local'],
    ['this machine by name', { host: 'localhost:8080' }, 'local'],
    ['a name on this machine', { host: 'acme.localhost' }, 'local'],
    ['another machine', { host: 'licenses.example.com' }, 'plain'],
    ['a name that begins like this machine', { host: 'localhost.example.com' }, 'plain'],
    ['a proxy that is not believed', { host: 'licenses.example.com', 'x-forwarded-proto': 'https' }, 'plain'],
  ])('knows the transport to %s', async (_, headers: Headers, transport) => {
    lamps = await lampApp();
    const entered = await enter(headers);
    expect(entered.json).toEqual({ transport });
    expect(entered.headers['set-cookie']).toEqual([`__Host-${PLAIN}; Secure`]);
  });

  it('believes a proxy that it was told of, and the operator about the address outside', async () => {
    lamps = await lampApp({ trustProxy: ['127.0.0.1'] });
    expect((await enter({ host: 'a.example', 'x-forwarded-proto': 'https' })).json).toEqual({ transport: 'secure' });
    await lamps.close();
    lamps = await lampApp({ publicUrl: 'https://keys.example.com', baseDomain: 'keys.example.com' });
    expect((await enter({ host: 'keys.example.com' })).json).toEqual({ transport: 'secure' });
    expect((await enter({ host: 'acme.keys.example.com' })).json).toEqual({ transport: 'secure' });
    expect((await enter({ host: '10.0.0.7' })).json).toEqual({ transport: 'plain' });
    const byOrigin = (host: string, origin: string) =>
      lamps.send({ method: 'POST', path: '/v1/server/enter', headers: { host, origin } });
    expect((await byOrigin('10.0.0.7', 'https://keys.example.com')).status).toBe(200);
    expect((await byOrigin('acme.keys.example.com', 'https://acme.keys.example.com')).status).toBe(200);
    expect((await byOrigin('acme.keys.example.com', 'https://beta.keys.example.com')).status).toBe(403);
    expect((await byOrigin('keys.example.com', 'http://keys.example.com')).status).toBe(403);
  });

  it('goes without prefix and Secure over plain http, where that is allowed', async () => {
    lamps = await lampApp({ insecureLogin: 'allow' });
    const host = 'licenses.example.com';
    expect((await enter({ host })).headers['set-cookie']).toEqual([PLAIN]);
    const ask = async (headers: Headers) => (await lamps.send({ path: '/v1/lamps', headers })).status;
    expect(await ask({ host, cookie: 'keyledger-acme=acme-session' })).toBe(200);
    expect(await ask({ cookie: 'keyledger-acme=acme-session' })).toBe(401);
    expect((await enter({})).headers['set-cookie']).toEqual([`__Host-${PLAIN}; Secure`]);
  });
});
