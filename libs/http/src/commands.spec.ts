import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';
import { LampController } from './testing/lamps.js';

describe('commands over HTTP', () => {
  let lamps: LampApp;
  let id: string;
  /** A key that no other test has used. */
  let key: string;
  let tests = 0;

  beforeAll(async () => {
    lamps = await lampApp({ inFlightWaitMs: 60, rateLimitCredential: 0 });
  });
  beforeEach(async () => {
    key = `key-${++tests}`;
    lamps.clock.instant = '2026-06-01T12:00:00.000Z';
    id = (await hang(`lamp-${tests}`)).json.id as string;
    LampController.runs = 0;
    LampController.gate = null;
  });
  afterAll(() => lamps.close());

  const hang = (key: string, body: object = { name: 'hall' }) =>
    lamps.send({ method: 'POST', path: '/v1/lamps', as: 'acme-token', headers: { 'idempotency-key': key }, body });
  const light = (watts: unknown, headers: Record<string, string> = {}, as = 'acme-token', lampId = id) =>
    lamps.send({ method: 'POST', path: `/v1/lamps/${lampId}/light`, as, headers, body: { watts } });
  const smash = () => lamps.send({ method: 'POST', path: `/v1/lamps/${id}/smash`, as: 'acme-token' });
  const eventsAfter = async (since: string) => (await lamps.events.readLog({ categories: ['lamp'], after: since })).events.length;

  it('answer a creation with where it stands, its revision and its position', async () => {
    const { status, headers, json } = await lamps.send({
      method: 'POST',
      path: '/v1/lamps',
      as: 'acme-token',
      body: { name: 'x' },
    });
    expect([status, json]).toEqual([201, { id: expect.any(String), revision: 0 }]);
    expect(headers).toMatchObject({
      location: `/v1/lamps/${json.id}`,
      etag: '"0"',
      'keyledger-position': await lamps.events.head(),
    });
    expect(headers['idempotency-replayed']).toBeUndefined();
  });

  it('need no body where there is nothing to say, and answer nothing where nothing is declared', async () => {
    const { status, text, headers } = await smash();
    expect([status, text, headers['etag']]).toEqual([204, '', '"1"']);
  });

  it('carry who asked, the request id and the trace into the event', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await light(5, { 'x-request-id': 'abc-1', traceparent });
    const event = (await lamps.events.readLog({ categories: ['lamp'], direction: 'backward', limit: 1 })).events[0]!;
    expect(event.metadata).toMatchObject({ actor: 'token:t1', requestId: 'abc-1', traceparent, occurredAt: lamps.clock.instant });
  });

  describe('with If-Match', () => {
    it('happen only at the revision that the caller saw', async () => {
      expect((await light(1, { 'if-match': '"0"' })).headers['etag']).toBe('"1"');
      const refused = await light(2, { 'if-match': '"0"' });
      expect([refused.status, refused.json.code]).toEqual([412, 'precondition.failed']);
      expect((await light(2, { 'if-match': '*' })).status).toBe(200);
    });

    it.each(['0', 'W/"0"', '"0", "1"', '"-1"', '"x"', '""', '"01"'])('refuse %s as malformed', async (value) => {
      const { status, json } = await light(1, { 'if-match': value });
      expect([status, json.code, json.pointers[0]]).toMatchObject([
        422,
        'request.invalid',
        { in: 'header', pointer: '/if-match' },
      ]);
    });
  });

  describe('with an idempotency key', () => {
    it('make a thing once', async () => {
      const before = await lamps.events.head();
      const first = await hang(key);
      const again = await hang(key);
      expect([again.status, again.json, again.headers['location']]).toEqual([201, first.json, first.headers['location']]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['keyledger-position']).toBe(first.headers['keyledger-position']);
      expect(await eventsAfter(before)).toBe(1);
    });

    it('answer a success that changed nothing as before, also when it would change something by now', async () => {
      await light(10);
      const first = await light(10, { 'idempotency-key': key });
      await light(20);
      const again = await light(10, { 'idempotency-key': key });
      expect(first.headers['idempotency-replayed']).toBeUndefined();
      expect([again.status, again.text]).toEqual([200, first.text]);
      for (const name of ['etag', 'keyledger-position', 'content-type'])
        expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(LampController.runs).toBe(3);
    });

    it('refuse as before, with the same body', async () => {
      await smash();
      const first = await light(10, { 'idempotency-key': key });
      const again = await light(10, { 'idempotency-key': key });
      expect([first.status, first.json.code, first.json.allowed, first.json.status]).toEqual([409, 'lamp.broken', 0, 409]);
      expect([again.status, again.text, again.headers['content-type']]).toEqual([409, first.text, first.headers['content-type']]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(LampController.runs).toBe(1);
    });

    it('forget what left no event after a day', async () => {
      await light(10);
      await light(10, { 'idempotency-key': key });
      lamps.clock.instant = '2026-06-02T12:00:00.000Z';
      expect((await light(10, { 'idempotency-key': key })).headers['idempotency-replayed']).toBeUndefined();
    });

    it.each([
      ['after a change', 10],
      ['after a success that changed nothing', 0],
    ])('refuse another request under the same key %s', async (_, before) => {
      if (before === 0) await light(10);
      await light(10, { 'idempotency-key': key });
      for (const other of [
        await light(11, { 'idempotency-key': key }),
        await light(10, { 'idempotency-key': key }, 'acme-token', '01j00000000000000000000009'),
        await hang(key),
      ]) {
        expect([other.status, other.json.code]).toEqual([422, 'idempotency.key-reused']);
      }
    });

    it('keep keys of principals and tenants apart', async () => {
      await light(10, { 'idempotency-key': key });
      const other = await light(11, { 'idempotency-key': key }, 'acme-other-token');
      expect([other.status, other.headers['etag']]).toEqual([200, '"2"']);
    });

    it('keep no answer to a wrong form, a lack of rights or a failed precondition', async () => {
      expect((await light('much', { 'idempotency-key': key })).status).toBe(422);
      expect((await light(10, { 'idempotency-key': key, 'if-match': '"7"' })).status).toBe(412);
      expect((await light(10, { 'idempotency-key': key })).headers['etag']).toBe('"1"');
      expect((await light(10, { 'idempotency-key': `${key}-r` }, 'acme-reader')).status).toBe(403);
      expect((await light(10, { 'idempotency-key': `${key}-r` }, 'acme-reader')).headers['idempotency-replayed']).toBeUndefined();
    });

    it('wait for a first request under way, and answer the same', async () => {
      let open!: () => void;
      const before = await lamps.events.head();
      LampController.gate = new Promise((resolve) => (open = resolve));
      const both = [light(10, { 'idempotency-key': key }), light(10, { 'idempotency-key': key })];
      while (LampController.runs === 0) await new Promise(setImmediate);
      open();
      const answers = await Promise.all(both);
      expect(answers.map(({ status, text }) => [status, text])).toEqual([
        [200, answers[0]!.text],
        [200, answers[0]!.text],
      ]);
      expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(1);
      expect(await eventsAfter(before)).toBe(1);
    });

    it('say so where the first one takes too long, and at once where it is another request', async () => {
      let open!: () => void;
      LampController.gate = new Promise((resolve) => (open = resolve));
      const first = light(10, { 'idempotency-key': key });
      while (LampController.runs === 0) await new Promise(setImmediate);
      const waited = await light(10, { 'idempotency-key': key });
      const other = await light(11, { 'idempotency-key': key });
      open();
      expect([waited.status, waited.json.code, waited.headers['retry-after']]).toEqual([409, 'idempotency.in-flight', '1']);
      expect(other.json.code).toBe('idempotency.key-reused');
      expect((await first).status).toBe(200);
    });

    it.each([' ', 'a b', 'é', 'x'.repeat(256), 'a\tb'])('refuse the key "%s"', async (wrong) => {
      const { status, json } = await light(10, { 'idempotency-key': Buffer.from(wrong).toString('latin1') });
      expect([status, json.code, json.pointers[0]]).toMatchObject([
        422,
        'request.invalid',
        { in: 'header', pointer: '/idempotency-key' },
      ]);
    });

    it('mean nothing to a question', async () => {
      const ask = () =>
        lamps.send({ method: 'POST', path: '/v1/lamps/ask', as: 'acme-token', headers: { 'idempotency-key': key } });
      expect([(await ask()).json.seen, (await ask()).json.seen]).toEqual([1, 2]);
    });
  });
});
