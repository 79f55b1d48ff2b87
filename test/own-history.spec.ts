// Who reads how much of the past (licensing.md §2.14): all of it, what was since it came to his organization, or what
// he did himself.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditModule } from '#audit/audit.module.js';
import { events } from '#catalogue/events.js';
import { signedIn, type Somebody } from '#http/testing/signed-in.js';
import { IntegrationsModule } from '#integrations/integrations.module.js';
import { LicensingModule } from '#licensing/licensing.module.js';
import { OrganizationsModule } from '#organizations/organizations.module.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { organizationOf, staffed } from './support/vendors.js';

let doors: Doors;
let vendor: Client;
let firm: { organization: string; ada: string; bob: string };
let other: string;
let team: string;
const licenses = { own: '', linked: '', firm: '', foreign: '' };
type Name = keyof typeof licenses;

const as = (somebody: Somebody): Client => doors.as({ person: signedIn(somebody).person! });
const user = (): Somebody => ({
  id: firm.bob,
  roles: ['authorized-user'],
  memberships: [{ organization: firm.organization }],
  groups: [{ id: team, organizationId: firm.organization }],
});
const within = (organization: string, more: object): Somebody => ({ id: firm.ada, memberships: [{ organization, ...more }] });

beforeAll(async () => {
  doors = await openDoors(
    { module: LicensingModule },
    { module: OrganizationsModule },
    { module: AuditModule },
    IntegrationsModule.with(events),
  );
  vendor = doors.as();
  firm = await staffed(vendor);
  other = await organizationOf(vendor);
  const { id: productId } = await vendor.done('/v1/products', { name: 'Editor', code: 'editor' });
  const { id: policyId } = await vendor.done('/v1/policies', { productId, name: 'Any', code: 'any', terms: { activations: 9 } });
  const issue = async (owner: object) => (await vendor.done('/v1/licenses', { policyId, ...owner })).id as string;
  const { organization, bob } = firm;
  licenses.own = await issue({ organizationId: organization, contactId: bob });
  licenses.linked = await issue({ organizationId: organization });
  licenses.firm = await issue({ organizationId: organization });
  licenses.foreign = await issue({ organizationId: other });
  team = (await vendor.done('/v1/groups', { organizationId: organization, name: 'Team' })).id;
  await vendor.done(`/v1/groups/${team}/members`, { contactId: bob });
  await vendor.done(`/v1/groups/${team}/licenses`, { licenseId: licenses.linked });
  for (const name of ['own', 'linked'] as const) {
    await vendor.done(`/v1/licenses/${licenses[name]}/suspend`, { reason: 'overdue' });
    await vendor.done(`/v1/licenses/${licenses[name]}/resume`, {});
    await as(user()).done(`/v1/licenses/${licenses[name]}/activations`, { fingerprint: `of Bob ${name}` });
    await vendor.done(`/v1/licenses/${licenses[name]}/activations`, { fingerprint: `of the vendor ${name}` });
  }
});
afterAll(() => doors.close());

const OWN = ['KeyActivated'];
const ALL = ['KeyActivated', 'KeyActivated', 'LicenseIssued', 'LicenseResumed', 'LicenseSuspended'];
const NONE: string[] = [];
type Seen = Partial<Record<Name, string[]>>;

/** What each sees of the histories of licenses: the types of the events, sorted; nothing named: not found. */
const readers: [string, () => Somebody, Seen | 'forbidden'][] = [
  [
    'support',
    () => ({ id: firm.ada, staff: ['support'] }),
    { own: ALL, linked: ALL, firm: ['LicenseIssued'], foreign: ['LicenseIssued'] },
  ],
  ['a contact', () => within(firm.organization, { place: 'primary' }), { own: ALL, linked: ALL, firm: ['LicenseIssued'] }],
  [
    'an organization administrator',
    () => within(firm.organization, { roles: ['organization-administrator'] }),
    { own: ALL, linked: ALL, firm: ['LicenseIssued'] },
  ],
  ['a contact of another organization', () => within(other, { place: 'secondary' }), { foreign: ['LicenseIssued'] }],
  [
    'a customer representative',
    () => ({
      ...user(),
      roles: [],
      memberships: [{ organization: firm.organization, roles: ['customer-representative'] }],
    }),
    { own: OWN, linked: OWN },
  ],
  ['an authorized user', user, { own: OWN, linked: OWN }],
  ['an authorized user who did nothing', () => ({ ...user(), id: firm.ada }), { linked: NONE }],
  ['an authorized user without a group', () => ({ ...user(), groups: [] }), { own: OWN }],
  ['a member without a role', () => ({ ...user(), roles: [] }), 'forbidden'],
];

interface Entry {
  readonly what: { readonly type: string };
  readonly why: { readonly reason: string | null };
}

describe.each(readers)('%s', (_, who, seen) => {
  it.each(Object.keys(licenses) as Name[])('reads the history of a license: %s', async (name) => {
    const path = `/v1/licenses/${licenses[name]}/history`;
    const { status, body } = await as(who()).get(path);
    const file = await as(who()).get(`${path}/export`);
    if (seen === 'forbidden') return expect([status, file.status]).toEqual([403, 403]);
    if (!seen[name]) return expect([status, body.code, file.status]).toEqual([404, 'history.not-found', 404]);
    const entries = body.data as Entry[];
    expect(entries.map(({ what }) => what.type).sort()).toEqual(seen[name]);
    const lines = String(file.body)
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.map((line) => (JSON.parse(line) as Entry).what.type).sort()).toEqual(seen[name]);
    const reasons = entries.some(({ why }) => why.reason === 'overdue');
    expect(reasons).toBe(who().staff !== undefined && seen[name].includes('LicenseSuspended'));
  });

  it('follows the events as far as his histories reach', async () => {
    const { status, body } = await as(who()).get('/v1/events?limit=1000');
    if (who().staff) return expect(status).toBe(403); // support follows no events
    if (seen === 'forbidden') return expect(status).toBe(403);
    const told = body.data as { orgid?: string; actor: string; type: string }[];
    const ofFirm = Object.values(seen).includes(ALL) || seen.foreign !== undefined;
    const himself = `user:${who().id}`;
    for (const { orgid, actor } of told)
      expect(ofFirm ? orgid === who().memberships?.[0]?.organization : actor === himself).toBe(true);
    const positions = told.map((event) => (event as unknown as { position: string }).position);
    expect(new Set(positions).size).toBe(positions.length);
    expect(told.length > 0).toBe(ofFirm || who().id === firm.bob);
    const foreign = (await as(who()).get(`/v1/events?organization=${seen.foreign ? firm.organization : other}`)).body;
    expect(foreign.data).toEqual([]);
  });
});

describe('the history of an organization', () => {
  it('is that of its contacts, and of a member no more than what he did himself', async () => {
    const path = `/v1/organizations/${firm.organization}/history`;
    const contact = within(firm.organization, { place: 'primary' });
    const whole = (await as(contact).read(path)).data as Entry[];
    expect(whole.map(({ what }) => what.type)).toContain('OrganizationAdded');
    expect((await as(user()).read(path)).data).toEqual([]);
    await as(contact).done(`/v1/organizations/${firm.organization}/contacts/assign`, { place: 'secondary', contactId: firm.bob });
    const mine = { ...user(), id: firm.ada };
    expect(((await as(mine).read(path)).data as Entry[]).map(({ what }) => what.type)).toEqual(['ContactAssigned']);
    expect((await as(within(other, { place: 'primary' })).get(path)).status).toBe(404);
    expect((await as(user()).get(`/v1/organizations/${other}/history`)).status).toBe(404);
  });
});

describe('events of several organizations', () => {
  it('come once each, in the order of the log, page by page', async () => {
    const memberships = [firm.organization, other].map((organization) => ({ organization, place: 'primary' as const }));
    const both = as({ ...user(), memberships });
    const all: string[] = [];
    let after = '0'.repeat(20);
    for (let more = true; more;) {
      const { data, next } = await both.read(`/v1/events?after=${after}&limit=3`);
      all.push(...data.map((event: { position: string }) => event.position));
      more = data.length > 0;
      after = next;
    }
    expect(all).toEqual([...new Set(all)].sort());
    const one = async (organization: string) =>
      (await both.read(`/v1/events?organization=${organization}&limit=1000`)).data.length;
    expect(all.length).toBe((await one(firm.organization)) + (await one(other)));
  });
});
