// The demo vendor: a few products, organizations with their people, and a few hundred licenses in every state.
import { clientOf, type Client } from '../support/client.js';
import type { RunningServer } from '../support/server.js';
import { inventedDevice } from './device.js';

export interface Demo {
  readonly tenant: string;
  readonly staffToken: string;
  /** Of a license with free seats. */
  readonly licenseKey: string;
  readonly licenses: number;
}

const TENANT = 'northwind';
const DAY_MS = 86_400_000;

const PRODUCTS = [
  { name: 'Atlas Studio', code: 'atlas-studio' },
  { name: 'Atlas Server', code: 'atlas-server' },
  { name: 'Pocket Atlas', code: 'pocket-atlas' },
];

const POLICIES = [
  {
    product: 0,
    name: 'Studio, for ever',
    code: 'studio-perpetual',
    terms: { activations: 2, deactivations: { window: { allowed: 3, period: 'P30D' } }, maintenance: 'P1Y' },
  },
  {
    product: 0,
    name: 'Studio, by the year',
    code: 'studio-yearly',
    terms: { activations: 3, duration: 'P1Y', grace: 'P14D', entitlements: { export: true, layers: 64 } },
  },
  {
    product: 1,
    name: 'Server, by the year',
    code: 'server-yearly',
    terms: { activations: 25, duration: 'P1Y', expiryStrategy: 'maintain', maintenance: 'P1Y' },
  },
  {
    product: 2,
    name: 'Pocket, trial',
    code: 'pocket-trial',
    terms: { activations: 1, duration: 'P30D', starts: 'first-activation', expiryStrategy: 'revoke' },
  },
];

const ORGANIZATIONS = [
  { name: 'Halvorsen Shipyards', accountNumber: 'N-1001', domains: ['halvorsen.example'] },
  { name: 'Quarry & Daughters', accountNumber: 'N-1002', domains: ['quarry.example'] },
  { name: 'Ministry of Maps', accountNumber: 'N-1003', domains: ['maps.example', 'atlas.example'] },
  { name: 'Ninth Street Bakery', accountNumber: 'N-1004', domains: [] },
  { name: 'Lindqvist Optics', accountNumber: 'N-1005', domains: ['lindqvist.example'] },
];

const FIRST = ['Ada', 'Bo', 'Chidi', 'Dana', 'Emre', 'Freya', 'Goro', 'Hana', 'Iris', 'Jun'];

interface World {
  readonly staff: Client;
  readonly policies: readonly string[];
  readonly organizations: readonly string[];
}

/** @throws Error with the server's problem where a step is refused. */
export async function seedVendor(server: RunningServer): Promise<Demo> {
  const anyone = clientOf(server.url);
  const vendor = { token: server.setupToken, tenant: { slug: TENANT, name: 'Northwind Maps' } };
  const setup = await anyone.done('/v1/setup', {
    ...vendor,
    legalEntity: { name: 'Northwind Maps Ltd' },
    administrator: { name: 'Demo administrator' },
  });
  const staffToken = setup.apiToken.secret as string;
  const staff = clientOf(server.url, { authorization: `Bearer ${staffToken}` });

  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  const policies = await addProducts(staff);
  const organizations = await addOrganizations(staff, setup.legalEntityId as string);
  const world: World = { staff, policies, organizations };
  const licenses = await issueInEveryState(world);
  const { key } = await issue(world, 1, 0);
  return { tenant: TENANT, staffToken, licenseKey: key, licenses: licenses + 1 };
}

async function addProducts(staff: Client): Promise<string[]> {
  const products: string[] = [];
  for (const product of PRODUCTS) products.push((await staff.done('/v1/products', product)).id);
  const policies: string[] = [];
  for (const { product, ...policy } of POLICIES) {
    policies.push((await staff.done('/v1/policies', { ...policy, productId: products[product]! })).id);
  }
  return policies;
}

async function addOrganizations(staff: Client, company: string): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, organization] of ORGANIZATIONS.entries()) {
    const { id } = await staff.done('/v1/organizations', { ...organization, company });
    for (const [nth, place] of ['primary', 'secondary'].entries()) {
      const name = FIRST[2 * index + nth]!;
      const email = `${name.toLowerCase()}@${organization.domains[0] ?? 'bakery.example'}`;
      const contact = await staff.done('/v1/contacts', { name, email });
      await staff.done(`/v1/organizations/${id}/members`, { contactId: contact.id });
      await staff.done(`/v1/organizations/${id}/contacts/assign`, { place, contactId: contact.id });
    }
    ids.push(id);
  }
  return ids;
}

interface Issued {
  readonly id: string;
  readonly key: string;
}

async function issue(world: World, policy: number, organization: number, more: object = {}): Promise<Issued> {
  return world.staff.done('/v1/licenses', {
    policyId: world.policies[policy]!,
    organizationId: world.organizations[organization]!,
    ...more,
  });
}

/** How each state comes about; a number of licenses for each. */
async function issueInEveryState(world: World): Promise<number> {
  const { staff } = world;
  const now = Date.now();
  const at = (days: number) => new Date(now + days * DAY_MS).toISOString();
  const states: readonly [
    count: number,
    policy: number,
    more: object,
    then?: (license: Issued, n: number) => Promise<unknown>,
  ][] = [
    [90, 0, {}],
    [60, 1, {}, (license, n) => activate(world, license, 1 + (n % 3))],
    [40, 2, { effectiveFrom: at(-200) }, (license, n) => activate(world, license, 1 + (n % 8))],
    [20, 3, {}],
    [15, 1, { effectiveFrom: at(-355), expiresAt: at(10) }],
    [12, 1, { effectiveFrom: at(-370), expiresAt: at(-5) }],
    [15, 1, { effectiveFrom: at(-500), expiresAt: at(-135) }],
    [10, 1, { effectiveFrom: at(45) }],
    [10, 0, {}, ({ id }) => staff.done(`/v1/licenses/${id}/suspend`, { reason: 'The invoice is overdue.' })],
    [8, 2, {}, ({ id }) => staff.done(`/v1/licenses/${id}/revoke`, { reason: 'Charged back.' })],
    [6, 3, {}, ({ id }) => staff.done(`/v1/licenses/${id}/archive`, { reason: 'Issued by mistake.' })],
  ];
  let total = 0;
  for (const [count, policy, more, then] of states) {
    for (let n = 0; n < count; n++) {
      const license = await issue(world, policy, (total + n) % world.organizations.length, more);
      await then?.(license, n);
    }
    total += count;
  }
  return total;
}

async function activate(world: World, { id }: Issued, devices: number): Promise<void> {
  for (let n = 0; n < devices; n++) await world.staff.done(`/v1/licenses/${id}/activations`, inventedDevice(`${id}-${n}`));
}
