// Many licenses: issued in one call and repeated, listed by every filter and sort against a model, page by page.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { clientOf, type Client } from '../support/client.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';
import { until } from '../support/until.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

const folder = temporaryFolder();
let server: RunningServer;
let vendor: Vendor;
beforeAll(async () => {
  server = await startServer({ folder, env: UNLIMITED });
  vendor = await firstVendor(server, { activations: 5 });
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** All pages of a list. */
async function walked(client: Client, query: string, between: () => Promise<unknown> = async () => {}): Promise<Item[]> {
  const all: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page } = await client.read(`/v1/licenses?${query}${cursor && `&cursor=${cursor}`}`);
    expect(data.length).toBeLessThanOrEqual(page.limit);
    all.push(...data);
    cursor = page.next;
    await between();
  }
  return all;
}

interface Item {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly product: { readonly id: string };
  readonly policy: { readonly id: string; readonly version: number };
  readonly organization: { readonly id: string } | null;
  readonly contact: { readonly id: string } | null;
  readonly expiresAt: string | null;
  readonly issuedAt: string;
  readonly changedAt: string;
  readonly activations: { readonly used: number };
}

describe('a thousand licenses in one call', () => {
  const order = (name: string) => ({ policyId: vendor.policyId, organizationId: vendor.organizationId, name, quantity: 1000 });
  const issue = (name: string) => vendor.staff.post('/v1/licenses', order(name), { 'idempotency-key': `order-${name}` });

  it('are each there once, and the same call again answers the same keys', async () => {
    const first = await issue('Bulk');
    expect(first.status).toBe(201);
    const { licenses } = first.body as { licenses: { id: string; key: string }[] };
    expect(new Set(licenses.map(({ id }) => id)).size).toBe(1000);
    expect(new Set(licenses.map(({ key }) => key)).size).toBe(1000);
    const again = await issue('Bulk');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    const listed = await walked(vendor.staff, 'q=Bulk&limit=100');
    expect(listed.map(({ id }) => id).sort()).toEqual(licenses.map(({ id }) => id).sort());
    expect((await vendor.holder(licenses[999]!.key).read('/v1/license')).id).toBe(licenses[999]!.id);
  }, 60_000);

  it('cut off half-way by a crash, are completed by the same call', async () => {
    const before = await headOf();
    const cut = issue('Halfway').catch(() => null);
    await until(async () => Number(await headOf()) > Number(before) + 200);
    await server.end('SIGKILL');
    await cut;
    server = await startServer({ folder, env: UNLIMITED });
    vendor = { ...vendor, staff: clientOf(server.url, { authorization: `Bearer ${vendor.token}` }) };
    const { body } = await issue('Halfway');
    expect(new Set(body.licenses.map(({ key }: { key: string }) => key)).size).toBe(1000);
    expect(await walked(vendor.staff, 'q=Halfway&limit=100')).toHaveLength(1000);
  }, 60_000);

  async function headOf(): Promise<string> {
    const log = SqliteEventStore.openReader(folder);
    const head = await log.head();
    await log.close();
    return head;
  }
});

interface Modelled {
  readonly item: Item;
  readonly words: readonly string[];
}

describe('a list of licenses', () => {
  let model: readonly Modelled[];
  let products: readonly string[];
  let policies: readonly string[];
  let organizations: readonly string[];

  beforeAll(async () => {
    ({ products, policies } = await sold());
    organizations = [vendor.organizationId, (await vendor.staff.done('/v1/organizations', { name: 'Second' })).id];
    const issued = await issueInEveryStatus();
    model = await Promise.all(
      issued.map(async ({ id, status, words }) => {
        const item = (await vendor.staff.read(`/v1/licenses/${id}`)) as Item;
        expect([id, item.status]).toEqual([id, status]);
        return { item, words };
      }),
    );
  }, 60_000);

  async function sold() {
    const [products, policies]: [string[], string[]] = [[], []];
    for (const code of ['draw', 'paint']) {
      const { id } = await vendor.staff.done('/v1/products', { name: code, code });
      products.push(id);
      for (const terms of [{ activations: 3, grace: 'P10D' }, { activations: -1 }]) {
        const policy = { productId: id, name: code, code: `${code}-${policies.length}`, terms };
        policies.push((await vendor.staff.done('/v1/policies', policy)).id);
      }
    }
    await vendor.staff.done(`/v1/policies/${policies[0]}/revise`, { terms: { activations: 4 } });
    return { products, policies };
  }

  /** What each status takes: dates at the issue, and commands after it. */
  const STATUSES: Readonly<Record<string, readonly [issue: object, ...verbs: string[]]>> = {
    unused: [{}],
    active: [{ expiresAt: inDays(400) }, 'activations'],
    'not-yet-effective': [{ effectiveFrom: inDays(20), expiresAt: inDays(300) }],
    'expiring-soon': [{ effectiveFrom: inDays(-50), expiresAt: inDays(12) }, 'activations'],
    expired: [{ effectiveFrom: inDays(-90), expiresAt: inDays(-40) }],
    grace: [{ effectiveFrom: inDays(-90), expiresAt: inDays(-4) }],
    suspended: [{ expiresAt: inDays(200) }, 'suspend'],
    revoked: [{}, 'activations', 'revoke'],
    archived: [{ expiresAt: inDays(100) }, 'archive'],
  };

  async function issueInEveryStatus(): Promise<{ id: string; status: string; words: string[] }[]> {
    const plans = Object.entries(STATUSES).flatMap(([status, how]) => Array.from({ length: 27 }, (_, n) => ({ status, how, n })));
    const made: { id: string; status: string; words: string[] }[] = [];
    for (let at = 0; at < plans.length; at += 9) made.push(...(await Promise.all(plans.slice(at, at + 9).map(issueOne))));
    return made;
  }

  async function issueOne({
    status,
    how: [dates, ...verbs],
    n,
  }: {
    status: string;
    how: readonly [object, ...string[]];
    n: number;
  }) {
    const words = [['red', 'green', 'blue'][n % 3]!, `number${n % 5}`];
    // Only the first policy of a product has grace.
    const policyId = policies[status === 'grace' ? (n % 2) * 2 : n % 4]!;
    const organizationId = organizations[(n >> 2) % 2]!;
    const { id } = await vendor.staff.done('/v1/licenses', { policyId, organizationId, name: words.join(' '), ...dates });
    for (const verb of verbs) {
      const devices = verb === 'activations' ? 1 + (n % 3) : 1;
      for (let device = 0; device < devices; device++)
        await vendor.staff.done(`/v1/licenses/${id}/${verb}`, verb === 'activations' ? { fingerprint: `${id}-${device}` } : {});
    }
    return { id, status, words };
  }

  interface Asked {
    readonly status?: readonly string[];
    readonly productId?: number;
    readonly policyId?: readonly number[];
    readonly policyVersion?: number;
    readonly organizationId?: readonly number[];
    readonly expiresFrom?: number;
    readonly expiresTo?: number;
    readonly q?: string;
    readonly sort: string;
    readonly limit: number;
  }

  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
  const asking: fc.Arbitrary<Asked> = fc.record({
    status: optional(fc.subarray(Object.keys(STATUSES), { minLength: 1 })),
    productId: optional(fc.nat(1)),
    policyId: optional(fc.subarray([0, 1, 2, 3], { minLength: 1 })),
    policyVersion: optional(fc.integer({ min: 1, max: 2 })),
    organizationId: optional(fc.subarray([0, 1], { minLength: 1 })),
    expiresFrom: optional(fc.integer({ min: -100, max: 350 })),
    expiresTo: optional(fc.integer({ min: -100, max: 450 })),
    q: optional(fc.constantFrom('red', 'gre', 'blue number1', 'number', 'NUMBER3', 'purple')),
    sort: fc.constantFrom('issuedAt', 'expiresAt', 'used', 'changedAt', '-issuedAt', '-expiresAt', '-used', '-changedAt'),
    limit: fc.integer({ min: 7, max: 100 }),
  });

  function queryOf(asked: Asked): string {
    const dates = { expiresFrom: asked.expiresFrom, expiresTo: asked.expiresTo };
    const own = {
      status: asked.status?.join(),
      productId: asked.productId === undefined ? products.join() : products[asked.productId],
      policyId: asked.policyId?.map((n) => policies[n]).join(),
      policyVersion: asked.policyVersion,
      organizationId: asked.organizationId?.map((n) => organizations[n]).join(),
      ...Object.fromEntries(Object.entries(dates).map(([name, days]) => [name, days === undefined ? undefined : dayOf(days)])),
      q: asked.q,
      sort: asked.sort,
      limit: asked.limit,
    };
    const given = Object.entries(own).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
    return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  }

  const today = Date.now();
  const dayOf = (days: number) => new Date(today + days * DAY_MS).toISOString();

  function wanted(asked: Asked): (each: Modelled) => boolean {
    const words = asked.q?.toLowerCase().split(' ') ?? [];
    const among = (ids: readonly string[], some: readonly number[] | undefined, id: string) =>
      some === undefined || some.some((n) => ids[n] === id);
    return ({ item, words: named }) =>
      (asked.status?.includes(item.status) ?? item.status !== 'archived') &&
      (asked.productId === undefined || item.product.id === products[asked.productId]) &&
      among(policies, asked.policyId, item.policy.id) &&
      among(organizations, asked.organizationId, item.organization!.id) &&
      (asked.policyVersion ?? item.policy.version) === item.policy.version &&
      (asked.expiresFrom === undefined || (item.expiresAt ?? '9999') >= dayOf(asked.expiresFrom)) &&
      (asked.expiresTo === undefined || (item.expiresAt ?? '9999') < dayOf(asked.expiresTo)) &&
      words.every((word) => named.some((name) => name.startsWith(word)));
  }

  function inOrder(sort: string): (a: Modelled, b: Modelled) => number {
    const value = ({ item }: Modelled): string | number => {
      if (sort.endsWith('used')) return item.activations.used;
      return item[sort.replace('-', '') as 'issuedAt' | 'expiresAt' | 'changedAt'] ?? '9999';
    };
    const up = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
    const sign = sort.startsWith('-') ? -1 : 1;
    return (a, b) => sign * (up(value(a), value(b)) || up(a.item.id, b.item.id));
  }

  it('is what the filters and the sort say, over all its pages', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(asking, async (asked) => {
        const ids = (await walked(vendor.staff, queryOf(asked))).map(({ id }) => id);
        const expected = model.filter(wanted(asked)).sort(inOrder(asked.sort));
        expect(ids).toEqual(expected.map(({ item }) => item.id));
        found += ids.length;
      }),
      { numRuns: 120 },
    );
    expect(found).toBeGreaterThan(500);
  }, 90_000);

  it('holds each license once while others come and go', async () => {
    const { policyId, organizationId } = vendor;
    const known = model.map(({ item }) => item).filter(({ status }) => status !== 'archived' && status !== 'revoked');
    const free = known.filter(({ status }) => status === 'unused' || status === 'active').map(({ id }) => id);
    for (const sort of ['issuedAt', '-issuedAt', 'expiresAt', '-expiresAt']) {
      let n = 0;
      const listed = await walked(vendor.staff, `limit=23&sort=${sort}&productId=${products.join()}`, async () => {
        await vendor.staff.done('/v1/licenses', { policyId, organizationId });
        await vendor.staff.done('/v1/licenses', { policyId: policies[1]!, organizationId });
        const id = free[n++ % free.length]!;
        await vendor.staff.done(`/v1/licenses/${id}/suspend`);
        await vendor.staff.done(`/v1/licenses/${id}/resume`);
      });
      const ids = listed.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toEqual(expect.arrayContaining(known.map(({ id }) => id)));
    }
  }, 60_000);

  it('belongs to its cursor: another list, or a changed one, does not go on from it', async () => {
    const { page } = await vendor.staff.read('/v1/licenses?limit=5&status=unused');
    const on = async (query: string) => (await vendor.staff.get(`${query}&cursor=${page.next}`)).body.code;
    expect(await on('/v1/licenses?limit=50&status=unused')).toBeUndefined();
    for (const query of ['/v1/licenses?limit=5', '/v1/licenses?limit=5&status=unused&sort=used', '/v1/contacts?limit=5'])
      expect(await on(query)).toBe('read.bad-cursor');
    for (const query of ['limit=0', 'limit=101', 'sort=key', 'status=gone', 'offset=5', 'cursor=x'])
      expect((await vendor.staff.get(`/v1/licenses?${query}`)).status).toBeGreaterThanOrEqual(400);
  });
});
