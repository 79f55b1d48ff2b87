import { connect } from 'node:net';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';

const PATH = '/v1/lamps';
const deep = (levels: number, open = '[', close = ']') => `{"name":${open.repeat(levels)}${close.repeat(levels)}}`;

describe('the conduct of the server', () => {
  let lamps: LampApp;
  const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    lamps.send({ method: 'POST', path: PATH, as: 'acme-token', headers, body });
  const eventCount = async () => (await lamps.events.readLog()).events.length;

  beforeAll(async () => {
    lamps = await lampApp({
      bodyLimit: 2_000,
      maxUrlLength: 1_000,
      maxHeaderSize: 8_192,
      rateLimitCredential: 0,
      rateLimitAddress: 0,
    });
  });
  afterAll(() => lamps.close());

  /** Writes bytes on a connection as they are, and answers all that comes back until it is closed. */
  function raw(bytes: string | Buffer, port = lamps.port): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
  }

  describe('refuses a body', () => {
    it.each<[string, unknown, Record<string, string>, number, string]>([
      ['of garbage', '\u0000\u0001{{{', {}, 400, 'request.malformed-json'],
      ['cut off', '{"name":"x"', {}, 400, 'request.malformed-json'],
      ['with something behind it', '{"name":"x"}}', {}, 400, 'request.malformed-json'],
      ['with a number that JSON does not know', '{"name":NaN}', {}, 400, 'request.malformed-json'],
      ['that is not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), {}, 400, 'request.malformed-json'],
      ['that would poison prototypes', '{"name":"x","__proto__":{"admin":true}}', {}, 400, 'request.malformed-json'],
      ['that would poison them deeper', '{"name":{"__proto__":{"admin":true}}}', {}, 400, 'request.malformed-json'],
      [
        'that would poison them by another name',
        '{"constructor":{"prototype":{"admin":true}}}',
        {},
        400,
        'request.malformed-json',
      ],
      ['that escapes the poison', '{"name":"x","\\u005f_proto__":{"admin":true}}', {}, 400, 'request.malformed-json'],
      ['nested 33 levels deep in lists', deep(32), {}, 400, 'request.malformed-json'],
      ['nested deep in objects', deep(40, '{"a":', '1}').replace('1}', '{}}'), {}, 400, 'request.malformed-json'],
      ['larger than the limit', `{"name":"${'x'.repeat(2_000)}"}`, {}, 413, 'request.body-too-large'],
      ['of a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'request.unsupported-media-type'],
      ['of text', '{"name":"x"}', { 'content-type': 'text/plain' }, 415, 'request.unsupported-media-type'],
      ['without a type', '{"name":"x"}', { 'content-type': '' }, 415, 'request.unsupported-media-type'],
      ['of a patch', '{"name":"x"}', { 'content-type': 'application/merge-patch+json' }, 415, 'request.unsupported-media-type'],
      [
        'in another charset',
        '{"name":"x"}',
        { 'content-type': 'application/json; charset=utf-16' },
        415,
        'request.unsupported-media-type',
      ],
      ['that is compressed', gzipSync('{"name":"x"}'), { 'content-encoding': 'gzip' }, 400, 'request.malformed-json'],
      ['that is a list', '[]', {}, 422, 'request.invalid'],
      ['that is null', 'null', {}, 422, 'request.invalid'],
      ['with half a character', '{"name":"\\ud800"}', {}, 400, 'request.malformed-json'],
      ['with half a character in a name', '{"\\udfff":1}', {}, 400, 'request.malformed-json'],
      ['that is null in a field', '{"name":null}', {}, 422, 'request.invalid'],
      ['with an unknown field', '{"name":"x","color":"red"}', {}, 422, 'request.invalid'],
    ])('%s', async (_, body, headers, status, code) => {
      const before = await eventCount();
      const answer = await post(body, { 'content-type': 'application/json', ...headers });
      expect([answer.status, answer.json.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json).toMatchObject({
        status,
        type: `urn:keyledger:problem:${code}`,
        requestId: answer.headers['x-request-id'],
      });
      expect(await eventCount()).toBe(before);
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

    it.each([
      ['a number out of range', '{"name":"x","n":1e999}'],
      ['half a character', '{"name":"\\ud800"}'],
    ])('with %s, that has no canonical form, under an idempotency key', async (_, body) => {
      const answer = await post(body, { 'content-type': 'application/json', 'idempotency-key': 'k' });
      expect([answer.status, answer.json.code]).toEqual([400, 'request.malformed-json']);
    });

    it('where the route takes none, and a query likewise', async () => {
      const path = '/v1/lamps/01j00000000000000000000001';
      expect((await lamps.send({ path: `${path}?token=x`, as: 'acme-token' })).json).toMatchObject({
        code: 'request.invalid',
        pointers: [{ in: 'query', pointer: '/token', detail: 'is not known here' }],
      });
      const smash = (body: unknown) => lamps.send({ method: 'POST', path: `${path}/smash`, as: 'acme-token', body });
      expect((await smash({ why: 'x' })).json.pointers).toEqual([{ in: 'body', pointer: '/why', detail: 'is not known here' }]);
    });

    it('that is broken, and says where', async () => {
      expect((await post('{"name": "X", }')).json.detail).toBe('The body is not JSON: it breaks at character 15.');
      expect((await post('{"name":"x","__proto__":{"admin":true}}')).json.detail).toContain('`__proto__`');
    });

    it('but takes an empty one for none, whatever type it names', async () => {
      const { json } = await post('');
      expect(json).toMatchObject({ code: 'request.invalid', pointers: [{ in: 'body', pointer: '/name' }] });
    });

    it('but takes 32 levels, and any charset name of UTF-8', async () => {
      expect((await post(deep(31))).json.code).toBe('request.invalid');
      expect((await post('{"name":"\\u007b[[["}', { 'content-type': 'application/json;charset="UTF-8"' })).status).toBe(201);
      expect((await post(`{"name":"${'[{'.repeat(20)}\\"["}`)).status).toBe(201);
    });

    it('with a pointer to everything that is wrong', async () => {
      const { json } = await post({ organization: 7, 'a/b~c': 1 });
      expect(json.pointers).toEqual([
        { in: 'body', pointer: '/name', detail: expect.any(String) },
        { in: 'body', pointer: '/organization', detail: expect.any(String) },
        { in: 'body', pointer: '/a~1b~0c', detail: expect.stringMatching(/^is not known here; known are name, organization/) },
      ]);
    });

    it('with no more pointers than anybody reads', async () => {
      const { json } = await post(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, 1])));
      expect(json.pointers).toHaveLength(50);
    });
  });

  describe('refuses an address', () => {
    it('that is nothing, or ends in a slash', async () => {
      for (const path of ['/nothing', '/', '/v1', '/v1/lamps/', '/v2/lamps']) {
        expect(await lamps.send({ path, as: 'acme-token' })).toMatchObject({ status: 404, json: { code: 'route.not-found' } });
      }
    });

    it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('that does not know %s, and says what it knows', async (method) => {
      const answer = await lamps.send({ method, path: '/v1/lamps/01j00000000000000000000001/light', as: 'acme-token' });
      expect([answer.status, answer.json.code, answer.headers['allow']]).toEqual([405, 'route.method-not-allowed', 'POST']);
    });

    it('with a method that nobody knows', async () => {
      expect((await lamps.send({ method: 'PROPFIND', path: PATH })).json.code).toBe('route.not-found');
      expect((await lamps.send({ method: 'TRACE', path: PATH })).status).toBe(404);
    });

    it.each([
      ['too long as a whole', `${PATH}?q=${'x'.repeat(1_000)}`, 414, 'request.url-too-long'],
      ['with a part that is too long', `${PATH}/${'x'.repeat(201)}`, 414, 'request.url-too-long'],
      ['with a broken escape', `${PATH}/%zz`, 400, 'request.malformed'],
      ['with half a character', `${PATH}/%c3`, 400, 'request.malformed'],
    ])('%s', async (_, path, status, code) => {
      const answer = await lamps.send({ path, as: 'acme-token' });
      expect([answer.status, answer.json.code]).toEqual([status, code]);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'x-request-id': answer.json.requestId,
      });
    });
  });

  describe('on the wire', () => {
    it('refuses headers that are too large', async () => {
      const text = await raw(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-Filler: ${'x'.repeat(9_000)}\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 431 /);
      expect(text).toContain('"code":"request.headers-too-large"');
    });

    it.each([
      ['what is not HTTP', 'hello\r\n\r\n'],
      ['two lengths', `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
      [
        'a length and chunks',
        `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ],
      ['no host', `GET ${PATH} HTTP/1.1\r\nConnection: close\r\n\r\n`],
      [
        'two hosts, of which a proxy may believe the other',
        `GET ${PATH} HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n`,
      ],
      ['a tunnel', `CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n`],
      ['a line break in a header', `GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n`],
    ])('refuses %s and closes', async (_, bytes) => {
      const text = await raw(bytes);
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(text).toContain('"code":"request.malformed"');
    });

    it.each([
      ['a body', `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{`],
      ['headers', `GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-A: `],
    ])('waits only so long for the rest of %s', async (_, bytes) => {
      const impatient = await lampApp({ requestTimeout: 300 });
      const text = await raw(bytes, impatient.port);
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toContain('"code":"request.timeout"');
      await impatient.close();
    });

    it('answers pipelined requests in order, each with its own rights', async () => {
      const one = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
      const text = await raw(
        one('/v1/server/about') +
          one(PATH) +
          one(PATH, 'Authorization: Bearer acme-token\r\n') +
          one('/nothing', 'Connection: close\r\n'),
      );
      expect([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['200', '401', '200', '404']);
    });

    it('survives a client that hangs up in the middle of a body, and does nothing for it', async () => {
      const before = await eventCount();
      await new Promise<void>((resolve) => {
        const headers = { authorization: 'Bearer acme-token', 'content-type': 'application/json', 'content-length': '100' };
        const sent = request({ host: '127.0.0.1', port: lamps.port, method: 'POST', path: PATH, headers });
        sent.on('error', () => resolve());
        sent.write('{"name":');
        setImmediate(() => sent.destroy());
      });
      expect((await lamps.send({ path: '/v1/server/about' })).status).toBe(200);
      expect(await eventCount()).toBe(before);
      expect(lamps.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    });
  });

  describe('of every answer', () => {
    it('names the request: by the caller’s id where that is harmless, else by its own', async () => {
      const sent = async (id?: string) =>
        (await lamps.send({ path: '/nothing', headers: id === undefined ? {} : { 'x-request-id': id } })).headers['x-request-id'];
      expect(await sent('my-id:1.2_3')).toBe('my-id:1.2_3');
      for (const wrong of [undefined, 'a b', 'x'.repeat(101), '"><script>', 'é']) {
        expect(await sent(wrong)).toMatch(/^[0-9a-f-]{36}$/);
      }
    });

    it.each([
      ['a success', '/v1/server/about', 200],
      ['a refusal', PATH, 401],
      ['nothing', '/nothing', 404],
      ['a fault', '/v1/server/crash', 500],
    ])('keeps browsers from doing anything with %s', async (_, path, status) => {
      const answer = await lamps.send({ path });
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
        'content-type': expect.stringMatching(/^application\/(problem\+)?json; charset=utf-8$/),
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
      });
      expect(
        answer.headers['x-powered-by'] ?? answer.headers['server'] ?? answer.headers['access-control-allow-origin'],
      ).toBeUndefined();
    });

    it('tells nothing of a fault but its request id, and logs it', async () => {
      const { json, text } = await lamps.send({ path: '/v1/server/crash', headers: { 'x-request-id': 'crash-1' } });
      expect(json).toMatchObject({ status: 500, code: 'internal.error', requestId: 'crash-1' });
      expect(text).not.toContain('fire');
      expect(lamps.logged.find((line) => line.includes('"requestId":"crash-1"') && line.includes('"level":"error"'))).toContain(
        'fire',
      );
    });

    it('fails rather than to let out what the schema does not name', async () => {
      expect(await lamps.send({ path: '/v1/server/leak' })).toMatchObject({ status: 500, json: { code: 'internal.error' } });
    });
  });

  it('believes no X-Forwarded-For of anybody', async () => {
    const other = await lampApp({ rateLimitAddress: 3 });
    const ask = (address: string) => other.send({ path: '/v1/server/about', headers: { 'x-forwarded-for': address } });
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) expect((await ask(address)).status).toBe(200);
    expect((await ask('10.0.0.4')).status).toBe(429);
    await other.close();
  });
});
