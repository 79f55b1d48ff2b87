// Who gets which events, and when a stream ends: on the built server, under a clock that the test moves.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startClockedServer, type ClockedServer } from './support/clocked-server.js';
import { clientOf, type Body } from './support/client.js';
import { readFeed, type FeedReader } from './support/feed-reader.js';
import { secondVendor } from './support/operator.js';
import { firstVendor, type Vendor } from './support/vendor.js';
import { until } from './support/until.js';

let server: ClockedServer;
let vendor: Vendor;
let license: { readonly id: string; readonly key: string };

const START = '0'.repeat(20);
const typesOf = ({ data }: Body): string[] => data.map(({ type }: { type: string }) => type.replace('io.keyledger.', ''));
const follow = (secret: string, path?: string): Promise<FeedReader> =>
  readFeed(server.url, { authorization: `Bearer ${secret}` }, path);
const tokenOf = (rights: object): Promise<Body> => vendor.staff.done('/v1/tokens', { name: 'Integration', ...rights });

beforeAll(async () => {
  server = await startClockedServer();
  vendor = await firstVendor(server, { activations: 3 });
  license = await vendor.issue();
});
afterAll(() => server.dispose());

describe('the feed', () => {
  it('never tells one vendor of another', async () => {
    const secret = await secondVendor(server.folder, 'beta', 'Beta');
    const beta = clientOf(server.url, { authorization: `Bearer ${secret}` });
    const stream = await follow(secret);
    await beta.done('/v1/organizations', { name: 'Coyote Ltd' });
    await vendor.issue();
    const end = (await vendor.staff.read('/v1/events?limit=1')).asOf;
    const own = await beta.get(`/v1/events?after=${START}`, { 'keyledger-position': end });
    expect(typesOf(own.body)).toEqual(['TenantCreated', 'LegalEntityAdded', 'ApiTokenCreated', 'OrganizationAdded']);
    expect(own.body.data.every(({ source }: { source: string }) => source === '/tenants/beta')).toBe(true);
    await stream.until(() => stream.events.length >= 4);
    stream.leave();
    expect(stream.events).toEqual(own.body.data.map((event: unknown) => JSON.stringify(event)));
    const other = await beta.get(`/v1/events?organization=${vendor.organizationId}`);
    expect(other.body.data).toEqual([]);
  });

  it('tells a token that is bound to an organization of nothing else, whatever it asks for', async () => {
    const other = await vendor.staff.done('/v1/organizations', { name: 'Coyote Ltd' });
    const { secret } = await tokenOf({ role: 'organization-administrator', organizationId: vendor.organizationId });
    const { body } = await vendor.bearer(secret).get('/v1/events');
    expect(typesOf(body)).toEqual(expect.arrayContaining(['OrganizationAdded', 'LicenseIssued']));
    for (const { orgid } of body.data) expect(orgid).toBe(vendor.organizationId);
    const issued = body.data.find(({ type }: { type: string }) => type.endsWith('LicenseIssued'));
    expect(Object.keys(issued.data)).not.toContain('name');
    expect((await vendor.bearer(secret).get(`/v1/events?organization=${other.id}`)).body.data).toEqual([]);
    const missing = (await vendor.bearer(secret).get(`/v1/events?organization=${license.id}`)).body;
    expect(missing.data).toEqual([]);
    expect(missing.next).toBe(missing.asOf);
    const stream = await follow(secret);
    await stream.until(() => stream.comments.length > 0);
    stream.leave();
    expect(stream.events).toEqual(body.data.map((event: unknown) => JSON.stringify(event)));
    const foreign = await follow(secret, `/v1/events?organization=${other.id}`);
    await foreign.until(() => foreign.comments.length > 0);
    foreign.leave();
    expect(foreign.events).toEqual([]);
  });

  it('is closed to who has not the permission', async () => {
    for (const grants of [
      [{ permission: 'license.read', scope: 'tenant' }],
      [{ permission: 'event.read-personal', scope: 'tenant' }],
    ]) {
      const { secret } = await tokenOf({ grants });
      for (const accept of ['application/json', 'text/event-stream']) {
        const answer = await vendor.bearer(secret).get('/v1/events', { accept });
        expect([answer.status, answer.body.code]).toEqual([403, 'auth.forbidden']);
      }
    }
  });

  it.each([
    ['beyond the end of the log', `?after=${'9'.repeat(20)}`, {}, 'read.position-ahead'],
    ['beyond the end of the log, in a header', '', { 'last-event-id': '9'.repeat(20) }, 'read.position-ahead'],
    ['that is no position', '?after=17', {}, 'request.invalid'],
    ['that is no position, in a header', '', { 'last-event-id': 'seventeen' }, 'request.invalid'],
    ['with a wrong name of an event', '?type=license.issued', {}, 'request.invalid'],
    ['with a name that no event has', '?type=KeyActived', {}, 'request.invalid'],
    ['with more than a page holds', '?limit=1001', {}, 'request.invalid'],
  ])('refuses to begin at a place %s', async (_what, query, headers, code) => {
    const asked = { accept: 'text/event-stream', ...headers } as Record<string, string>;
    const { status, body } = await vendor.staff.get(`/v1/events${query}`, asked);
    expect([status, body.code]).toEqual([422, code]);
  });

  it('gives a sign of life every 15 seconds, and ends with the one after the token was revoked', async () => {
    const { id, secret } = await tokenOf({ grants: [{ permission: 'event.read', scope: 'tenant' }] });
    const stream = await follow(secret, '/v1/events?type=PolicyRetired');
    await stream.until(() => stream.comments.length === 1);
    server.pass({ ms: 15_000 });
    await stream.until(() => stream.comments.length === 2);
    expect(stream.comments[1]).toMatch(/^\d{20}$/);
    expect(stream.lastId).toBe(stream.comments[1]);
    await vendor.staff.done(`/v1/tokens/${id}/revoke`);
    server.pass({ ms: 15_000 });
    await stream.over;
    expect(stream.comments[2]).toBe('auth.revoked');
    expect(await vendor.bearer(secret).get('/v1/events')).toMatchObject({ status: 401 });
  });

  it('has ten places for a credential; one that is left is free again', async () => {
    const { secret } = await tokenOf({ grants: [{ permission: 'event.read', scope: 'tenant' }] });
    const streams = await Promise.all(Array.from({ length: 10 }, () => follow(secret)));
    expect(streams.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const asked = () => vendor.bearer(secret).get('/v1/events', { accept: 'text/event-stream' });
    expect(await asked()).toMatchObject({
      status: 429,
      body: { code: 'feed.too-many-connections', allowed: 10, used: 10 },
    });
    streams[0]!.leave();
    await until(async () => {
      const again = await follow(secret);
      again.leave();
      return again.status === 200;
    });
    for (const stream of streams) stream.leave();
  });

  it('answers HEAD and ends', async () => {
    const { status } = await vendor.staff.call('HEAD', '/v1/events', { headers: { accept: 'text/event-stream' } });
    expect(status).toBe(200);
  });
});
