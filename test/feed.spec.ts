// Integrators: the events of a vendor, pulled and pushed, on the built server.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFeed } from './support/feed-reader.js';
import { startServer, type RunningServer } from './support/server.js';
import { firstVendor, type Vendor } from './support/vendor.js';

let server: RunningServer;
let vendor: Vendor;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const tokenWith = async (...permissions: string[]): Promise<string> => {
  const grants = permissions.map((permission) => ({ permission, scope: 'tenant' }));
  return (await vendor.staff.done('/v1/tokens', { name: 'Integration', grants })).secret as string;
};
/** Every event, page by page, as the text that it had. */
const pulled = async (token: string, limit = 1000, filter = ''): Promise<string[]> => {
  const events: string[] = [];
  let after = '0'.repeat(20);
  for (;;) {
    const { body } = await vendor.bearer(token).get(`/v1/events?limit=${limit}&after=${after}${filter}`);
    events.push(...body.data.map((event: unknown) => JSON.stringify(event)));
    if (body.next === after || body.next === body.asOf) return events;
    after = body.next;
  }
};

beforeAll(async () => {
  server = await startServer();
  vendor = await firstVendor(server, { activations: 3 });
  const { key } = await vendor.issue();
  await vendor.holder(key).done('/v1/license/activations', { fingerprint: 'device-one', name: "Ada's laptop" });
});
afterAll(() => server.dispose());

describe('the feed', () => {
  it('tells what happened, in order, as CloudEvents', async () => {
    const { body, headers } = await vendor.staff.get('/v1/events');
    const types = body.data.map(({ type }: { type: string }) => type);
    expect(types.slice(0, 1)).toEqual(['io.keyledger.TenantCreated']);
    expect(types.slice(-2)).toEqual(['io.keyledger.LicenseIssued', 'io.keyledger.KeyActivated']);
    const positions = body.data.map(({ position }: { position: string }) => position);
    expect(positions).toEqual([...new Set(positions)].sort());
    expect(body.next).toBe(body.asOf);
    expect(headers.get('keyledger-position')).toBe(body.asOf);
    expect(body.data.at(-1)).toMatchObject({
      specversion: '1.0',
      source: '/tenants/acme',
      subject: expect.stringMatching(/^license\/[0-9a-z]{26}$/),
      sequence: '0000000001',
      orgid: vendor.organizationId,
      dataschema: 'urn:keyledger:event:KeyActivated:1',
      data: { deviceName: "Ada's laptop", by: 'license-key' },
    });
  });

  it('never tells a key or what a secret is checked against', async () => {
    const { body } = await vendor.staff.get('/v1/events?type=LicenseIssued,ApiTokenCreated');
    expect(body.data.length).toBeGreaterThan(1);
    for (const { data } of body.data) {
      for (const field of ['key', 'keyHash', 'hash']) expect(data).not.toHaveProperty(field);
    }
  });

  it('leaves personal fields out for who may not see them', async () => {
    const { body } = await vendor.bearer(await tokenWith('event.read')).get('/v1/events?type=KeyActivated');
    expect(body.data).toHaveLength(1);
    expect(body.data[0].data).not.toHaveProperty('deviceName');
    expect(body.data[0].data).toHaveProperty('fingerprint');
  });

  it('goes on where a page ended, over events that the filter leaves out, too', async () => {
    const first = (await vendor.staff.get('/v1/events?type=KeyActivated,TenantCreated&limit=1')).body;
    expect(first.data).toHaveLength(1);
    expect(first.next).toBe(first.data[0].position);
    const second = (await vendor.staff.get(`/v1/events?type=KeyActivated,TenantCreated&after=${first.next}`)).body;
    expect(second.data).toHaveLength(1);
    const end = (await vendor.staff.get(`/v1/events?type=PolicyRetired&after=${second.next}`)).body;
    expect(end).toMatchObject({ data: [], next: end.asOf });
  });

  it('gives the same bytes in the same order, pulled in pages of any size and pushed', async () => {
    const whole = await pulled(vendor.token);
    expect(await pulled(vendor.token, 2)).toEqual(whole);
    const reader = await readFeed(server.url, bearer(vendor.token));
    expect([reader.status, reader.type]).toEqual([200, 'text/event-stream']);
    await reader.until(() => reader.events.length >= whole.length);
    reader.leave();
    expect(reader.events).toEqual(whole);
    expect(reader.lastId).toBe(JSON.parse(whole.at(-1)!).position);
  });

  it('is the same for the same question, pulled in pages of any size and pushed, with and without personal fields', async () => {
    const all = (await pulled(vendor.token)).map((event) => JSON.parse(event) as { type: string; orgid?: string });
    const types = ['KeyActivated', 'OrganizationAdded', 'LicenseIssued'];
    const wanted = all.filter(({ type, orgid }) => types.includes(type.slice(13)) && orgid === vendor.organizationId);
    const filter = `type=${types.join()}&organization=${vendor.organizationId}`;
    for (const token of [vendor.token, await tokenWith('event.read')]) {
      const whole = await pulled(token, 1000, `&${filter}`);
      expect(whole.map((event) => JSON.parse(event).id)).toEqual(wanted.map((event) => (event as { id?: string }).id));
      for (const limit of [1, 2, 3]) expect(await pulled(token, limit, `&${filter}`)).toEqual(whole);
      const reader = await readFeed(server.url, bearer(token), `/v1/events?${filter}`);
      await reader.until(() => reader.comments.length > 0);
      reader.leave();
      expect(reader.events).toEqual(whole);
      expect(reader.events.join().includes("Ada's laptop")).toBe(token === vendor.token);
    }
  });

  it('tells of an event once, however often its type is named', async () => {
    const { body } = await vendor.staff.get('/v1/events?type=KeyActivated,KeyActivated');
    expect(body.data).toHaveLength(1);
  });

  it('pushes what happens later, and goes on after the last id', async () => {
    const before = await pulled(vendor.token);
    const lastId = JSON.parse(before.at(-1)!).position as string;
    const reader = await readFeed(
      server.url,
      { ...bearer(vendor.token), 'last-event-id': lastId },
      '/v1/events?type=LicenseIssued',
    );
    await reader.until(() => reader.comments.length > 0);
    expect(reader.events).toEqual([]);
    await vendor.issue();
    await reader.until(() => reader.events.length > 0);
    reader.leave();
    expect(reader.events).toEqual((await pulled(vendor.token)).slice(before.length));
  });
});
