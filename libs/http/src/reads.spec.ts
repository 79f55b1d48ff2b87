import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';
import { LampController } from './testing/lamps.js';
import type { RawAnswer } from './testing/raw-request.js';

describe('reading over HTTP', () => {
  let lamps: LampApp;
  let id: string;

  beforeAll(async () => {
    lamps = await lampApp();
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const answer = await lamps.send({ method: 'POST', path: '/v1/lamps', as: 'acme-token', body: { name } });
      id = answer.json.id as string;
    }
    await lamps.project();
  });
  afterAll(() => lamps.close());
  beforeEach(() => {
    lamps.projecting = true;
    LampController.instants = [];
  });

  const get = (path: string, headers: Record<string, string> = {}, as = 'acme-token') => lamps.send({ path, headers, as });
  const list = (query = '', headers: Record<string, string> = {}, as?: string) => get(`/v1/lamps${query}`, headers, as);
  const names = ({ json }: RawAnswer) => (json.data as { name: string }[]).map(({ name }) => name);
  const light = (watts: number) =>
    lamps.send({ method: 'POST', path: `/v1/lamps/${id}/light`, as: 'acme-token', body: { watts } });
  const ahead = (position: string) => (BigInt(position) + 1000n).toString().padStart(20, '0');

  it('says as of when, and nothing that the schema does not name', async () => {
    const { json, headers } = await get(`/v1/lamps/${id}`);
    const head = await lamps.events.head();
    expect(json).toEqual({ id, name: 'e', watts: 0, asOf: head });
    expect(headers['keyledger-position']).toBe(head);
  });

  describe('with a position', () => {
    it('waits until the view has reached it', async () => {
      const position = (await light(7)).headers['keyledger-position']!;
      expect((await get(`/v1/lamps/${id}`)).json.watts).toBe(0);
      const { json } = await get(`/v1/lamps/${id}`, { 'keyledger-position': position });
      expect([json.watts, json.asOf >= position]).toEqual([7, true]);
    });

    it('says that time ran out, or answers what it has where the caller takes that', async () => {
      lamps.projecting = false;
      const position = (await light(8)).headers['keyledger-position']!;
      const refused = await get(`/v1/lamps/${id}`, { 'keyledger-position': position });
      expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([409, 'read.not-caught-up', '1']);
      const stale = await get(`/v1/lamps/${id}`, { 'keyledger-position': position, 'keyledger-stale': 'allow' });
      expect([stale.status, stale.json.asOf < position]).toEqual([200, true]);
      lamps.projecting = true;
      await lamps.project();
    });

    it('refuses one that this server never gave', async () => {
      const { status, json } = await get(`/v1/lamps/${id}`, { 'keyledger-position': ahead(await lamps.events.head()) });
      expect([status, json.code]).toEqual([422, 'read.position-ahead']);
    });

    it.each([
      ['keyledger-position', '12'],
      ['keyledger-position', '-'.repeat(20)],
      ['keyledger-wait', 'long'],
      ['keyledger-stale', 'yes'],
    ])('refuses a malformed %s', async (name, value) => {
      const { status, json } = await list('', { [name]: value });
      expect([status, json.code, json.pointers[0]]).toMatchObject([
        422,
        'request.invalid',
        { in: 'header', pointer: `/${name}` },
      ]);
    });
  });

  describe('a list', () => {
    it('comes in pages that agree on the instant', async () => {
      const first = await list('?limit=2&sort=-name');
      lamps.clock.instant = '2026-07-01T00:00:00.000Z';
      const second = await list(`?limit=2&sort=-name&cursor=${first.json.page.next}`);
      const third = await list(`?limit=2&sort=-name&cursor=${second.json.page.next}`);
      expect([first, second, third].flatMap(names)).toEqual(['e', 'd', 'c', 'b', 'a']);
      expect([first.json.page.limit, third.json.page.next]).toEqual([2, null]);
      expect(new Set(LampController.instants)).toEqual(new Set(['2026-06-01T12:00:00.000Z']));
      expect(first.json.asOf).toBe(first.headers['keyledger-position']);
    });

    it('takes filters as comma lists', async () => {
      expect(names(await list('?watts=7,8'))).toEqual(['e']);
      expect(names(await list('?watts=0,8&limit=100'))).toEqual(['a', 'b', 'c', 'd', 'e']);
    });

    it.each([
      ['?limit=0', '/limit'],
      ['?limit=101', '/limit'],
      ['?limit=1.5', '/limit'],
      ['?limit=', '/limit'],
      ['?limit=2&limit=3', '/limit'],
      ['?sort=secretNote', '/sort'],
      ['?sort=name&sort=watts', '/sort'],
      ['?watts=many', '/watts/0'],
      ['?dark=1', '/dark'],
      ['?offset=3', '/offset'],
      ['?__proto__=3', '/__proto__'],
      ['?constructor[prototype]=3', '/constructor[prototype]'],
      ['?cursor=', '/cursor'],
    ])('refuses %s with a pointer', async (query, pointer) => {
      const { status, json } = await list(query);
      expect([status, json.code, json.pointers[0]]).toMatchObject([422, 'request.invalid', { in: 'query', pointer }]);
    });

    it('refuses a cursor of another list, order, filter or tenant, and one that is none', async () => {
      const { next } = (await list('?limit=2')).json.page as { next: string };
      const decoded = JSON.parse(Buffer.from(next, 'base64url').toString()) as object;
      const forged = (change: object) => Buffer.from(JSON.stringify({ ...decoded, ...change })).toString('base64url');
      for (const answer of [
        await list(`?limit=2&sort=watts&cursor=${next}`),
        await list(`?limit=2&watts=7&cursor=${next}`),
        await list(`?limit=2&cursor=${next}`, {}, 'globex-token'),
        await list('?cursor=nonsense'),
        await list(`?cursor=${forged({ t: '2026-13-01T00:00:00.000Z' })}`),
        await list(`?cursor=${forged({ t: '2999-01-01T00:00:00.000Z' })}`),
        await list(`?cursor=${forged({ v: [{}] })}`),
        await list(`?cursor=${forged({ x: 1 })}`),
      ]) {
        expect([answer.status, answer.json.code]).toEqual([422, 'read.bad-cursor']);
      }
      expect(names(await list(`?limit=3&cursor=${next}`))).toEqual(['c', 'd', 'e']);
    });
  });
});
