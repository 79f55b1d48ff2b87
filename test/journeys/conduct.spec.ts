// How the server keeps its word to a client: reading one's own writes, edits at a seen revision, repeated requests.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { Database } from '#event-store/sqlite.driver.js';
import { clientOf, type Answer, type Client } from '../support/client.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const folder = temporaryFolder();
let server: RunningServer;
let vendor: Vendor;
/** Sends no position of its own accord. */
let plain: Client;

beforeAll(async () => {
  server = await startServer({ folder, env: UNLIMITED });
  vendor = await firstVendor(server, { activations: 1 });
  plain = forgetful(vendor.token);
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function forgetful(token: string): Client {
  const headers = { authorization: `Bearer ${token}` };
  const call: Client['call'] = (method, path, options) => clientOf(server.url, headers).call(method, path, options);
  return { ...clientOf(server.url, headers), call, get: (path, more) => call('GET', path, { headers: more }) };
}

/** Keeps the projector from writing while something happens. */
async function stalled<T>(happens: () => Promise<T>): Promise<T> {
  const views = new Database(join(folder, 'views.db'));
  views.exec('BEGIN IMMEDIATE');
  try {
    return await happens();
  } finally {
    views.exec('ROLLBACK');
    views.close();
  }
}

const positionOf = ({ headers }: Answer) => headers.get('keyledger-position')!;

describe('reading one’s own writes', () => {
  it('a write answers its position, and a read that asks for it sees the write, each time', async () => {
    for (let n = 0; n < 30; n++) {
      const written = await plain.post('/v1/organizations', { name: `Seen ${n}` });
      const read = await plain.get(written.headers.get('location')!, { 'keyledger-position': positionOf(written) });
      expect(read).toMatchObject({ status: 200, body: { name: `Seen ${n}` } });
      expect(read.body.asOf >= positionOf(written)).toBe(true);
      expect(positionOf(read)).toBe(read.body.asOf);
    }
  });

  it('where the view is not that far in time it is refused, or older on demand, and never silently old', async () => {
    const before = await vendor.staff.get(`/v1/organizations/${vendor.organizationId}`);
    const written = await stalled(async () => {
      const renamed = await plain.post(`/v1/organizations/${vendor.organizationId}/rename`, { name: 'Renamed' });
      const asking = { 'keyledger-position': positionOf(renamed), 'keyledger-wait': '50' };
      const path = `/v1/organizations/${vendor.organizationId}`;
      const refused = await plain.get(path, asking);
      expect(refused.body).toMatchObject({ status: 409, code: 'read.not-caught-up', position: positionOf(renamed) });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const stale = await plain.get(path, { ...asking, 'keyledger-stale': 'allow' });
      expect(stale).toMatchObject({ status: 200, body: { name: before.body.name } });
      expect(stale.body.asOf < positionOf(renamed)).toBe(true);
      const list = await plain.get('/v1/organizations', asking);
      expect(list.body.code).toBe('read.not-caught-up');
      return renamed;
    });
    const caughtUp = await plain.get(`/v1/organizations/${vendor.organizationId}`, {
      'keyledger-position': positionOf(written),
    });
    expect(caughtUp).toMatchObject({ status: 200, body: { name: 'Renamed' } });
  });

  it('a position that nobody was given is refused at once', async () => {
    const ahead = await plain.get('/v1/organizations', { 'keyledger-position': '9'.repeat(20) });
    expect(ahead.body).toMatchObject({ status: 422, code: 'read.position-ahead' });
    for (const headers of [{ 'keyledger-position': 'x' }, { 'keyledger-wait': '-1' }, { 'keyledger-stale': 'yes' }])
      expect((await plain.get('/v1/organizations', headers as never)).body.code).toBe('request.invalid');
  });
});

describe('edits at a seen revision', () => {
  it('go through where it is still that one, and change nothing where it is not', async () => {
    const { id } = await vendor.staff.done('/v1/organizations', { name: 'First' });
    const path = `/v1/organizations/${id}`;
    const seen = (await vendor.staff.get(path)).headers.get('etag')!;
    const rename = (name: string, match: string) => vendor.staff.post(`${path}/rename`, { name }, { 'if-match': match });
    const second = await rename('Second', seen);
    expect(second.status).toBe(200);
    const late = await rename('Third', seen);
    expect(late.body).toMatchObject({ status: 412, code: 'precondition.failed' });
    const now = await vendor.staff.get(path);
    expect([now.body.name, now.headers.get('etag')]).toEqual(['Second', second.headers.get('etag')]);
    expect((await rename('Fourth', '*')).status).toBe(200);
    expect((await rename('Fifth', 'W/"1"')).body.code).toBe('request.invalid');
  });

  it('let exactly one of many win', async () => {
    const { id } = await vendor.staff.done('/v1/organizations', { name: 'Contended' });
    const edits = Array.from({ length: 20 }, (_, n) =>
      vendor.staff.post(`/v1/organizations/${id}/rename`, { name: `By ${n}` }, { 'if-match': '"0"' }),
    );
    const statuses = (await Promise.all(edits)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });
});

describe('a request that is repeated under its idempotency key', () => {
  const said = ({ status, body, headers }: Answer) => ({
    status,
    body: { ...body, requestId: undefined },
    headers: ['etag', 'location', 'keyledger-position'].map((name) => headers.get(name)),
  });
  const isReplay = ({ headers }: Answer) => headers.get('idempotency-replayed') === 'true';

  interface Keyed {
    readonly name: string;
    readonly path: () => string;
    readonly body: object;
    readonly other: object;
    readonly status: number;
  }
  let full: { readonly id: string };
  const matrix: readonly Keyed[] = [
    {
      name: 'something new',
      path: () => '/v1/organizations',
      body: { name: 'Once', accountNumber: 'ONCE' },
      other: { name: 'Other' },
      status: 201,
    },
    {
      name: 'a change',
      path: () => `/v1/organizations/${vendor.organizationId}/rename`,
      body: { name: 'Twice' },
      other: { name: 'Thrice' },
      status: 200,
    },
    {
      name: 'a success that changes nothing',
      path: () => `/v1/organizations/${vendor.organizationId}/resume`,
      body: {},
      other: { surprise: 1 },
      status: 200,
    },
    {
      name: 'a refusal',
      path: () => `/v1/licenses/${full.id}/activations`,
      body: { fingerprint: 'second-device' },
      other: { fingerprint: 'third-device' },
      status: 409,
    },
    {
      name: 'what is missing',
      path: () => '/v1/products/01j00000000000000000000000/retire',
      body: {},
      other: { reason: 'x' },
      status: 404,
    },
    {
      name: 'a license with its key',
      path: () => '/v1/licenses',
      body: {},
      other: { quantity: 2 },
      status: 201,
    },
  ];
  const bodyOf = (each: Keyed, body: object) =>
    each.path() === '/v1/licenses' ? { policyId: vendor.policyId, organizationId: vendor.organizationId, ...body } : body;
  const ask = (each: Keyed, body: object, key = each.name.replaceAll(' ', '-')) =>
    vendor.staff.post(each.path(), bodyOf(each, body), { 'idempotency-key': key });
  const first = new Map<string, Answer>();

  beforeAll(async () => {
    full = await vendor.issue();
    await vendor.staff.done(`/v1/licenses/${full.id}/activations`, { fingerprint: 'first-device' });
  });

  it.each(matrix)('is answered the same: $name', async (each) => {
    const once = await ask(each, each.body);
    first.set(each.name, once);
    expect([once.status, isReplay(once)]).toEqual([each.status, false]);
    for (let n = 0; n < 3; n++) {
      const again = await ask(each, each.body);
      expect(said(again)).toEqual(said(once));
      expect(isReplay(again)).toBe(true);
    }
  });

  it.each(matrix)('is refused with another body: $name', async (each) => {
    const refused = await ask(each, each.other);
    expect(refused.status).toBe(422);
    expect(['idempotency.key-reused', 'request.invalid']).toContain(refused.body.code);
    if (!('surprise' in each.other)) expect(refused.body.code).toBe('idempotency.key-reused');
    expect(said(await ask(each, each.body))).toEqual(said(first.get(each.name)!));
  });

  it.each(matrix)('waits for the first where both are under way: $name', async (each) => {
    const key = `flight-${matrix.indexOf(each)}`;
    const body = 'accountNumber' in each.body ? { name: 'Flight' } : each.body;
    const [others, same] = [{ ...each.other }, Array.from({ length: 8 }, () => ask(each, body, key))];
    const other = ask(each, others, key);
    const answers = await Promise.all(same);
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
    expect((await other).status).toBe(422);
  });

  it('belongs to who sent it: another token may use the same key for its own', async () => {
    const { secret } = await vendor.staff.done('/v1/tokens', { name: 'other', role: 'administrator' });
    const other = clientOf(server.url, { authorization: `Bearer ${secret}` });
    const mine = await vendor.staff.post('/v1/organizations', { name: 'Mine' }, { 'idempotency-key': 'shared' });
    const theirs = await other.post('/v1/organizations', { name: 'Theirs' }, { 'idempotency-key': 'shared' });
    expect([mine.status, theirs.status, isReplay(theirs)]).toEqual([201, 201, false]);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('is answered the same after the server was ended by %s', async (signal) => {
    await server.end(signal);
    server = await startServer({ folder, env: UNLIMITED });
    const { token, staff: _old, ...rest } = vendor;
    vendor = { ...rest, token, staff: clientOf(server.url, { authorization: `Bearer ${token}` }) };
    plain = forgetful(token);
    for (const each of matrix) {
      const again = await ask(each, each.body);
      expect([each.name, said(again)]).toEqual([each.name, said(first.get(each.name)!)]);
      expect([each.name, isReplay(again)]).toEqual([each.name, true]);
    }
    const { data } = await vendor.staff.read('/v1/organizations?accountNumber=ONCE');
    expect(data).toHaveLength(1);
  });
});
