import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLog, NestLog } from './log.js';
import { lampApp, type LampApp } from './testing/lamp-app.js';

const TOKEN = `klt_${'a1'.repeat(20)}_abc123`;
const SECRETS = [TOKEN, 'hunter2', 'klt_topsecret', 'ABCDE-12345-FGHJK-67890', 'ann@example.com', 'acme-token', 'KL-SECRET-KEY'];

function logging() {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line: string) => void lines.push(line) });
  return { log, lines };
}

describe('the log', () => {
  it('keeps secrets and addresses out, wherever they stand', () => {
    const { log, lines } = logging();
    log.pino.info({ headers: { authorization: 'Bearer klt_topsecret', Cookie: 'a=hunter2', 'set-cookie': ['hunter2'] } }, 'x');
    log.pino.info(
      { body: { key: 'KL-SECRET-KEY', licenseKey: 'KL-SECRET-KEY', password: 'hunter2', newPassword: 'hunter2' } },
      'x',
    );
    log.pino.info(
      {
        apiKey: 'hunter2',
        token: 'klt_topsecret',
        accessToken: 'klt_topsecret',
        clientSecret: 'klt_topsecret',
        email: 'ann@example.com',
      },
      'x',
    );
    log.pino.info('wrote to ann@example.com with License ABCDE-12345-FGHJK-67890, or just ABCDE-12345-FGHJK-67890');
    log.pino.info(`the secret is ${TOKEN}`);
    log.pino.error({ err: new Error('Bearer klt_topsecret was refused', { cause: new Error('by ann@example.com') }) }, 'x');
    log.pino.info({ deep: [{ deeper: { text: 'authorization: Bearer klt_topsecret' } }] }, 'x %s', 'Bearer klt_topsecret');
    for (const line of lines) for (const secret of SECRETS) expect(line).not.toContain(secret);
    expect(lines).toHaveLength(7);
    expect(lines[0]).toContain('[redacted]');
  });

  it.each([
    ['of three groups', 'ABCDEFG-1234567-FGHJKMN'],
    ['of eight groups with a prefix', 'EDITOR-ABCD-1234-FGHJ-5678-KMNP-9ABC-DEFG-H1J2'],
    ['as somebody typed it', 'abcde-12345-fghjk-67890'],
    ['in an address', '/v1/licenses?key=ABCDE-12345-FGHJK-67890&limit=1'],
    ['in a header', 'license ABCDEFGHJK1234567890'],
  ])('keeps a license key out: %s', (_, text) => {
    const { log, lines } = logging();
    log.pino.info({ path: text, err: new Error(`refused: ${text}`) }, `asked with ${text}`);
    const key = text.replace(/^EDITOR-/, '').replace(/.*key=|&.*|license /g, '');
    expect(lines[0]).not.toContain(key);
  });

  it('keeps bytes out, and headers of proxies and basic credentials', () => {
    const { log, lines } = logging();
    const credential = Buffer.from('ann:opensesame').toString('base64');
    log.pino.info({ body: Buffer.from('hunter2'), more: new Uint8Array([1, 2, 3]) }, 'x');
    log.pino.info({ headers: { 'x-api-key': 'hunter2', 'proxy-authorization': 'hunter2', license_key: 'hunter2' } }, 'x');
    log.pino.info({ header: 'Basic QWxhZGRpbjpPcGVuU2VzYW1l' }, `Basic ${credential}`);
    expect(JSON.parse(lines[0]!)).toMatchObject({ body: '[7 bytes]', more: '[3 bytes]' });
    for (const secret of ['hunter2', credential, 'QWxhZGRpbjpPcGVuU2VzYW1l']) expect(lines.join('')).not.toContain(secret);
  });

  it('keeps what is no secret', () => {
    const { log, lines } = logging();
    log.pino.warn(
      {
        tenant: 'acme',
        keyFormat: 'groups',
        requestId: '0af76519-16cd-43dd-8448-eb211c80319c',
        ms: 3,
        list: [1, { id: 'x' }],
        none: null,
      },
      'the license is well: License granted, bearer known',
    );
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      tenant: 'acme',
      keyFormat: 'groups',
      requestId: '0af76519-16cd-43dd-8448-eb211c80319c',
      ms: 3,
      list: [1, { id: 'x' }],
      none: null,
      msg: 'the license is well: License granted, bearer known',
    });
  });

  it('writes one line per entry, whatever it holds', () => {
    const { log, lines } = logging();
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    log.pino.info({ text: 'a\nb\r\n{"level":"fatal"}', loop }, 'c\nd');
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toMatch(/[\r\n]/);
  });

  it('takes what Nest says', () => {
    const { log, lines } = logging();
    const nest = new NestLog(log);
    nest.log('started', 'NestApplication');
    nest.error(new Error('broken'), 'a stack', 'ExceptionsHandler');
    nest.warn('careful', 'Router');
    nest.fatal('gone');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'debug', context: 'NestApplication', msg: 'started' },
      { level: 'error', context: 'ExceptionsHandler', stack: 'a stack', err: { message: 'broken' } },
      { level: 'warn', context: 'Router', msg: 'careful' },
      { level: 'fatal', msg: 'gone' },
    ]);
  });

  describe('of requests', () => {
    let lamps: LampApp;
    beforeAll(async () => {
      lamps = await lampApp();
    });
    afterAll(() => lamps.close());

    it('names the route, never the address, headers or body, and no secret of any request', async () => {
      await lamps.send({
        path: '/v1/lamps/01j00000000000000000000001?token=hunter2',
        as: 'acme-token',
        headers: { 'x-request-id': 'r-1', cookie: 'hunter2' },
      });
      await lamps.send({
        method: 'POST',
        path: '/v1/lamps',
        as: 'acme-token',
        headers: { 'idempotency-key': 'hunter2' },
        body: { password: 'hunter2' },
      });
      await lamps.send({ path: '/v1/lamps', headers: { authorization: 'License KL-SECRET-KEY', 'keyledger-tenant': 'acme' } });
      await lamps.send({ path: '/hunter2/KL-SECRET-KEY' });
      await lamps.send({ path: '/v1/server/crash' });
      const text = lamps.logged.join('');
      for (const secret of [...SECRETS, 'acme', 'token:']) expect(text).not.toContain(secret);
      const first = lamps.logged
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find(({ requestId }) => requestId === 'r-1');
      expect(first).toMatchObject({
        method: 'GET',
        route: '/v1/lamps/:id',
        status: 422,
        ms: expect.any(Number),
      });
    });
  });
});
