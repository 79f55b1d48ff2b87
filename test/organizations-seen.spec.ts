// What others see of organizations and contacts: a credential of one of them, and another vendor.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signedIn, type Somebody } from '#http/testing/signed-in.js';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { staffed } from './support/vendors.js';

let doors: Doors;
let vendor: Client;
beforeAll(async () => {
  doors = await openDoors(OrganizationController, MembershipController, ContactController);
  vendor = doors.as();
});
afterAll(() => doors.close());

describe('a credential that is bound to an organization', () => {
  it('sees that organization and its members only', async () => {
    const mine = await staffed(vendor);
    const other = await staffed(vendor);
    await vendor.done(`/v1/organizations/${other.organization}/members`, { contactId: mine.ada });
    await vendor.done(`/v1/organizations/${mine.organization}/suspend`, { reason: 'unpaid, says Eve' });
    const bound = doors.as({ organization: mine.organization });
    const ids = async (path: string) => ((await bound.read(path)).data as { id: string }[]).map(({ id }) => id).sort();
    expect(await ids('/v1/organizations')).toEqual([mine.organization]);
    expect(await ids('/v1/contacts')).toEqual([mine.ada, mine.bob].sort());
    expect(await ids(`/v1/organizations/${mine.organization}/members`)).toEqual([mine.ada, mine.bob].sort());
    expect(await ids(`/v1/contacts?organization=${other.organization}`)).toEqual([]);
    expect(await bound.read(`/v1/organizations/${mine.organization}`)).toMatchObject({ suspension: { reason: null } });
    expect(await bound.read(`/v1/contacts/${mine.ada}`)).toMatchObject({ organizations: [{ id: mine.organization }] });
    expect(JSON.stringify(await bound.read('/v1/contacts'))).not.toContain(other.organization);
  });

  it('gets the same answer for what is foreign as for what is missing', async () => {
    const mine = await staffed(vendor);
    const other = await staffed(vendor);
    const bound = doors.as({ organization: mine.organization });
    const missing = '01j00000000000000000000000';
    const problem = async (path: string, body?: object) => {
      const { status, body: answer } = body ? await bound.post(path, body) : await bound.get(path);
      return { status, ...answer, requestId: null, instance: null };
    };
    for (const path of ['', '/members']) {
      expect(await problem(`/v1/organizations/${other.organization}${path}`)).toEqual(
        await problem(`/v1/organizations/${missing}${path}`),
      );
    }
    expect(await problem(`/v1/contacts/${other.ada}`)).toEqual(await problem(`/v1/contacts/${missing}`));
    const assign = { place: 'primary', contactId: other.bob };
    expect(await problem(`/v1/organizations/${other.organization}/contacts/assign`, assign)).toEqual(
      await problem(`/v1/organizations/${missing}/contacts/assign`, assign),
    );
    for (const contactId of [other.bob, missing]) {
      const own = await bound.post(`/v1/organizations/${mine.organization}/contacts/assign`, { place: 'secondary', contactId });
      expect(own.body).toMatchObject({ status: 409, code: 'organization.not-member' });
    }
    const unassign = { place: 'secondary' };
    const unassigned = await problem(`/v1/organizations/${other.organization}/contacts/unassign`, unassign);
    expect(unassigned).toMatchObject({ status: 404, code: 'organization.not-found' });
  });

  it('changes its contacts, and nothing that is the vendor’s', async () => {
    const { organization, ada, bob } = await staffed(vendor);
    const bound = doors.as({ organization });
    await bound.done(`/v1/organizations/${organization}/contacts/assign`, { place: 'secondary', contactId: bob });
    for (const [path, body] of [
      [`/v1/organizations/${organization}/rename`, { name: 'X' }],
      [`/v1/organizations/${organization}/set-allowed-users`, { allowedUsers: null }],
      ['/v1/organizations', { name: 'X' }],
      [`/v1/contacts/${ada}/set-email`, { email: 'x@globex.example' }],
      [`/v1/contacts/${ada}/archive`, {}],
    ] as const) {
      expect([path, (await bound.post(path, body)).status]).toEqual([path, 403]);
    }
  });
});

describe('a person', () => {
  const ALL = { organization: 'whole', members: 'whole', contacts: 2, change: 'done' };
  const NOTHING = { organization: 'auth.forbidden', members: 'auth.forbidden', contacts: null, change: 'auth.forbidden' };
  const membership = (more: object) => (id: string, organization: string) => ({ id, memberships: [{ organization, ...more }] });

  it.each<[string, (id: string, organization: string) => Somebody, object]>([
    ['of the administrators', (id) => ({ id, staff: ['administrator'] }), ALL],
    ['of support', (id) => ({ id, staff: ['support'] }), { ...ALL, change: 'auth.forbidden' }],
    ['who is primary contact', membership({ place: 'primary' }), ALL],
    ['who is secondary contact', membership({ place: 'secondary' }), ALL],
    [
      'who administers the organization',
      membership({ roles: ['organization-administrator'] }),
      { ...ALL, change: 'auth.forbidden' },
    ],
    ['who represents it', membership({ roles: ['customer-representative'] }), { ...NOTHING, organization: 'whole' }],
    ['who is an authorized user of it', membership({ roles: ['authorized-user'] }), { ...NOTHING, organization: 'name' }],
    [
      'who is a member, and authorized user wherever he is',
      (id, organization) => ({ id, roles: ['authorized-user'], memberships: [{ organization }] }),
      { ...NOTHING, organization: 'name' },
    ],
    ['who is a member without a role', membership({}), NOTHING],
    [
      'who belongs to no organization',
      (id) => ({ id, roles: ['authorized-user'] }),
      { ...NOTHING, organization: 'organization.not-found' },
    ],
  ])('%s sees of it what is his to see', async (_, who, wanted) => {
    const { organization, ada, bob } = await staffed(vendor);
    const other = await staffed(vendor);
    const path = `/v1/organizations/${organization}`;
    const person = signedIn(who(ada, organization)).person!;
    const client = doors.as({ person });
    const { status, body } = await client.get(path);
    const ofContacts = await client.get('/v1/contacts?limit=100');
    const mine =
      ofContacts.status < 300 ? ofContacts.body.data.filter(({ id }: { id: string }) => [ada, bob].includes(id)) : null;
    const members = await client.get(`${path}/members`);
    const changed = await client.post(`${path}/contacts/assign`, { place: 'secondary', contactId: bob });
    const outcome = (answer: { status: number; body: { code?: string } }, done: string) =>
      answer.status < 300 ? done : answer.body.code;
    const seen = status < 300 ? (Object.keys(body).sort().join() === 'asOf,id,name' ? 'name' : 'whole') : body.code;
    expect({
      organization: seen,
      members: outcome(members, 'whole'),
      contacts: mine && mine.length,
      change: outcome(changed, 'done'),
    }).toEqual(wanted);
    if (person.kind === 'staff') return;
    const listed = await client.get('/v1/organizations');
    const ids = listed.status < 300 ? listed.body.data.map(({ id }: { id: string }) => id) : [];
    expect(ids).toEqual(['whole', 'name'].includes(seen) ? [organization] : []);
    if (seen === 'name') {
      expect(Object.keys(listed.body.data[0]).sort()).toEqual(['id', 'name']);
      const accountNumber = (await vendor.read(path)).accountNumber as string;
      for (const query of [`accountNumber=${accountNumber}`, `q=${accountNumber}`, 'status=active', 'sort=accountNumber'])
        expect([query, (await client.read(`/v1/organizations?${query}`)).data]).toEqual([query, []]);
    }
    for (const foreign of ['', '/members']) {
      const answer = await client.get(`/v1/organizations/${other.organization}${foreign}`);
      expect(['auth.forbidden', 'organization.not-found']).toContain(answer.body.code);
    }
  });
});

describe('another vendor', () => {
  it('sees nothing of this one', async () => {
    const { organization, ada } = await staffed(vendor);
    const foreign = doors.as({ tenant: 'foreign' });
    for (const path of [
      `/v1/organizations/${organization}`,
      `/v1/organizations/${organization}/members`,
      `/v1/contacts/${ada}`,
    ]) {
      expect([path, (await foreign.get(path)).status]).toEqual([path, 404]);
    }
    for (const path of [`/v1/organizations/${organization}/rename`, `/v1/contacts/${ada}/rename`]) {
      expect([path, (await foreign.post(path, { name: 'X' })).status]).toEqual([path, 404]);
    }
  });
});
