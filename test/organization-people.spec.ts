// What the people of an organization manage of it themselves: its contacts, its members, their names and roles.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES, CONTACT_GRANTS, type Grant } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { staffed } from './support/vendors.js';

const MISSING = '01j00000000000000000000000';
const ADMINISTRATOR = BUILT_IN_ROLES['organization-administrator'].grants;

let doors: Doors;
let staff: Client;
let organization: string;
let [ada, bob] = ['', ''];
beforeAll(async () => {
  doors = await openDoors(OrganizationController, MembershipController, ContactController);
  staff = doors.as();
});
afterAll(() => doors.close());
beforeEach(async () => ({ organization, ada, bob } = await staffed(staff)));

/** A signed-in member with these rights in the organization, or in several. */
const person = (contactId: string, grants: readonly Grant[], organizations: readonly string[] = [organization]) =>
  doors.as({ person: { contactId, rights: organizations.flatMap((id) => rightsIn(id, grants)), organizations } });
const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};
const at = (path = '') => `/v1/organizations/${organization}${path}`;
let number = 0;
const somebody = () => ({ name: 'Grace', email: `grace${++number}@globex.example` });

describe('the contacts of an organization', () => {
  it('change both places themselves, and the last one stays', async () => {
    const contact = person(ada, CONTACT_GRANTS);
    await contact.done(at('/contacts/assign'), { place: 'secondary', contactId: bob });
    expect(await refused(contact, at('/contacts/unassign'), { place: 'primary' })).toEqual([409, 'organization.primary-stays']);
    expect(await refused(contact, at(`/members/${ada}/remove`))).toEqual([409, 'organization.member-holds-place']);
    await contact.done(at('/contacts/unassign'), { place: 'secondary' });
    await contact.done(at('/contacts/assign'), { place: 'primary', contactId: bob });
    expect(await staff.read(at())).toMatchObject({ primary: { id: bob }, secondary: null });
  });

  it('are changed by nobody else of the organization', async () => {
    for (const { grants } of Object.values(BUILT_IN_ROLES).filter(({ kind }) => kind === 'customer')) {
      const asked = { place: 'primary', contactId: bob };
      expect(await refused(person(bob, grants), at('/contacts/assign'), asked)).toEqual([403, 'auth.forbidden']);
    }
  });

  it('of another one are not theirs to change', async () => {
    const other = await staffed(staff);
    const asked = { place: 'secondary', contactId: other.bob };
    const path = `/v1/organizations/${other.organization}/contacts/assign`;
    expect(await refused(person(ada, CONTACT_GRANTS), path, asked)).toEqual([404, 'organization.not-found']);
  });
});

describe('contacts and organization administrators', () => {
  it('add people to their organization, who have its account from then on, and remove them', async () => {
    for (const grants of [CONTACT_GRANTS, ADMINISTRATOR]) {
      const client = person(ada, grants);
      const { id } = await client.done('/v1/contacts', { ...somebody(), organizationId: organization });
      expect(await client.read(`/v1/contacts/${id}`)).toMatchObject({ name: 'Grace', organizations: [{ id: organization }] });
      await client.done(`/v1/contacts/${id}/rename`, { name: 'Grace Hopper' });
      expect(await client.read(`/v1/contacts/${id}`)).toMatchObject({ name: 'Grace Hopper', accountNumber: null });
      await client.done(at(`/members/${id}/remove`));
      expect((await client.get(`/v1/contacts/${id}`)).body.code).toBe('contact.not-found');
      expect(await refused(client, `/v1/contacts/${id}/rename`, { name: 'X' })).toEqual([404, 'contact.not-found']);
    }
  });

  it('add nobody without an organization, nor to another one, nor whom the vendor knows already', async () => {
    const client = person(ada, CONTACT_GRANTS);
    const other = await staffed(staff);
    expect(await refused(client, '/v1/contacts', somebody())).toEqual([422, 'contact.organization-needed']);
    for (const organizationId of [other.organization, MISSING])
      expect(await refused(client, '/v1/contacts', { ...somebody(), organizationId })).toEqual([404, 'organization.not-found']);
    const { email } = await staff.read(`/v1/contacts/${other.ada}`);
    const taken = { name: 'Ada', email, organizationId: organization };
    expect(await refused(client, '/v1/contacts', taken)).toEqual([409, 'contact-email.taken']);
    for (const contactId of [other.ada, MISSING])
      expect(await refused(client, at('/members'), { contactId })).toEqual([422, 'contact.unknown']);
  });

  it('make nothing at all where a part of it is refused', async () => {
    await staff.done(at('/archive'));
    const asked = { ...somebody(), organizationId: organization };
    expect(await refused(staff, '/v1/contacts', asked)).toEqual([409, 'organization.archived']);
    expect((await staff.read(`/v1/contacts?email=${asked.email}`)).data).toEqual([]);
  });

  it('take members of one of their organizations into another', async () => {
    const other = (await staffed(staff)).organization;
    const client = person(ada, ADMINISTRATOR, [organization, other]);
    await client.done(`/v1/organizations/${other}/members`, { contactId: bob });
    const { organizations } = await client.read(`/v1/contacts/${bob}`);
    expect(organizations.map(({ id }: { id: string }) => id)).toEqual([organization, other]);
  });

  it('leave what is the vendor’s to the vendor', async () => {
    for (const [verb, body] of [
      ['set-email', { email: 'other@globex.example' }],
      ['set-account', { accountNumber: null, company: null }],
      ['suspend', {}],
      ['archive', {}],
    ] as const) {
      expect([verb, ...(await refused(person(ada, CONTACT_GRANTS), `/v1/contacts/${bob}/${verb}`, body))]).toEqual([
        ...[verb, 403, 'auth.forbidden'],
      ]);
      const foreign = `/v1/contacts/${(await staffed(staff)).bob}/${verb}`;
      expect(await refused(person(ada, CONTACT_GRANTS), foreign, body)).toEqual([404, 'contact.not-found']);
    }
    expect(await refused(person(ada, CONTACT_GRANTS), at('/set-allowed-users'), { allowedUsers: 1 })).toEqual([
      ...[403, 'auth.forbidden'],
    ]);
  });

  it('give roles to members, none beyond their own rights', async () => {
    const client = person(ada, ADMINISTRATOR);
    const path = at(`/members/${bob}/set-roles`);
    await client.done(path, { roles: ['customer-representative', 'organization-administrator'] });
    const { data } = await client.read(at('/members'));
    expect(data.find(({ id }: { id: string }) => id === bob).roles).toEqual([
      'customer-representative',
      'organization-administrator',
    ]);
    expect(await refused(client, path, { roles: ['support'] })).toEqual([422, 'organization.role-unknown']);
    const lesser = person(
      ada,
      ADMINISTRATOR.filter(({ permission }) => permission !== 'group.manage'),
    );
    await lesser.done(path, { roles: ['customer-representative'] });
    const { status, body } = await lesser.post(path, { roles: ['organization-administrator'] });
    expect([status, body.code, body.missing]).toEqual([403, 'organization.role-beyond-yours', ['group.manage']]);
    await staff.done(path, { roles: ['organization-administrator'] });
    await client.done(path, { roles: [] });
    expect(await refused(client, at(`/members/${MISSING}/set-roles`), { roles: [] })).toEqual([409, 'organization.not-member']);
  });
});

describe('members without a part in managing', () => {
  it('add and change nobody', async () => {
    for (const role of ['customer-representative', 'authorized-user'] as const) {
      const client = person(bob, BUILT_IN_ROLES[role].grants);
      for (const [path, body] of [
        ['/v1/contacts', { ...somebody(), organizationId: organization }],
        [at('/members'), { contactId: bob }],
        [at(`/members/${ada}/remove`), {}],
        [at(`/members/${bob}/set-roles`), { roles: ['organization-administrator'] }],
        [`/v1/contacts/${bob}/rename`, { name: 'X' }],
      ] as const)
        expect([path, ...(await refused(client, path, body))]).toEqual([path, 403, 'auth.forbidden']);
    }
  });
});

describe('the number of users that an organization may make', () => {
  it('is shown, set and lifted by the vendor', async () => {
    expect(await staff.read(at())).toMatchObject({ allowedUsers: null });
    await staff.done(at('/set-allowed-users'), { allowedUsers: 3 });
    expect(await person(ada, CONTACT_GRANTS).read(at())).toMatchObject({ allowedUsers: 3 });
    await staff.done(at('/set-allowed-users'), { allowedUsers: null });
    expect(await staff.read(at())).toMatchObject({ allowedUsers: null });
  });
});
