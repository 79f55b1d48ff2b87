// A person and his login, made in one and taken apart again: contacts, memberships and groups follow in the same append.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessView } from '#identity/access.view.js';
import { UserController } from '#identity/user.http.js';
import { CONTACT_GRANTS } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import { GroupContentController } from '#organizations/group-content.http.js';
import { GroupController } from '#organizations/group.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { organizationOf, staffed } from './support/vendors.js';

const MISSING = '01j00000000000000000000000';

let doors: Doors;
let staff: Client;
let organization: string;
let [ada, bob] = ['', ''];
beforeAll(async () => {
  const organizations = [OrganizationController, MembershipController, ContactController];
  doors = await openDoors(UserController, GroupController, GroupContentController, ...organizations);
  staff = doors.as();
});
afterAll(() => doors.close());
beforeEach(async () => ({ organization, ada, bob } = await staffed(staff)));

let number = 0;
const somebody = (organizationId: string | null = organization) => {
  number++;
  return { name: `New ${number}`, email: `new${number}@globex.example`, organizationId };
};
const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};
const contact = () =>
  doors.as({ person: { contactId: ada, rights: rightsIn(organization, CONTACT_GRANTS), organizations: [organization] } });
const accessOf = async (id: string) => (await doors.installation.reads.get(accessView, 'acme', id))!.doc;

describe('a contact and his login in one', () => {
  it('are made by staff, with or without an organization', async () => {
    const made = somebody();
    const { id, revision } = await staff.done('/v1/users', { contact: made, roles: ['customer-representative'] });
    expect(revision).toBe(0);
    expect(await staff.read(`/v1/contacts/${id}`)).toMatchObject({ name: made.name, email: made.email });
    expect(await accessOf(id)).toMatchObject({
      user: { kind: 'customer', roles: ['customer-representative'] },
      organizations: [{ id: organization, place: null }],
    });
    const alone = await staff.done('/v1/users', { contact: somebody(null) });
    expect((await accessOf(alone.id)).organizations).toEqual([]);
    const { id: boss } = await staff.done('/v1/users', { contact: somebody(null), kind: 'staff', roles: ['administrator'] });
    expect((await accessOf(boss)).user).toMatchObject({ kind: 'staff', roles: ['administrator'] });
  });

  it('are both made or none, and once, however often it is asked', async () => {
    const made = somebody();
    expect(await refused(staff, '/v1/users', { contact: made, roles: ['nobody-knows'] })).toEqual([422, 'role.unknown']);
    const make = () => staff.post('/v1/users', { contact: made }, { 'idempotency-key': `make-${made.email}` });
    const [first, again] = [await make(), await make()];
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect(await refused(staff, '/v1/users', { contact: made })).toEqual([409, 'contact-email.taken']);
    expect(await refused(staff, '/v1/users', { contact: somebody(MISSING) })).toEqual([404, 'organization.not-found']);
    expect(await refused(staff, '/v1/users', { contact: somebody(), contactId: ada })).toEqual([422, 'request.invalid']);
    expect(await refused(staff, '/v1/users')).toEqual([422, 'request.invalid']);
  });

  it('are made by a contact for his own organization', async () => {
    const { id } = await contact().done('/v1/users', { contact: somebody() });
    expect((await accessOf(id)).organizations).toEqual([{ id: organization, place: null, roles: [] }]);
    const elsewhere = await organizationOf(staff);
    for (const other of [elsewhere, MISSING, null])
      expect(await refused(contact(), '/v1/users', { contact: somebody(other) })).toEqual([422, 'user.organization-unknown']);
    const usersOnly = doors.as({ permissions: ['user.manage'] });
    expect(await refused(usersOnly, '/v1/users', { contact: somebody() })).toEqual([403, 'auth.forbidden']);
  });
});

describe('the removal of a user', () => {
  it('ends his memberships and groups with his login; the contact stays', async () => {
    const group = (await staff.done('/v1/groups', { organizationId: organization, name: 'Design' })).id;
    await staff.done(`/v1/groups/${group}/members`, { contactId: bob });
    await staff.done('/v1/users', { contactId: bob });
    expect((await accessOf(bob)).groups).toHaveLength(1);
    await contact().done(`/v1/users/${bob}/remove`);
    expect(await accessOf(bob)).toMatchObject({ user: null, organizations: [], groups: [] });
    expect(await staff.read(`/v1/contacts/${bob}`)).toMatchObject({ id: bob, organizations: [] });
  });

  it('leaves an organization that is put away as it is', async () => {
    await staff.done('/v1/users', { contactId: bob });
    await staff.done(`/v1/organizations/${organization}/archive`, {});
    await staff.done(`/v1/users/${bob}/remove`);
    expect(await accessOf(bob)).toMatchObject({ user: null, organizations: [{ id: organization }] });
  });
});
