// Users through their doors: who makes them, who sees what of whom, and who decides on whom (the row "Users of the
// organization" of the matrix of sights).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { accessView } from '#identity/access.view.js';
import { MeController } from '#identity/me.http.js';
import { RoleController } from '#identity/role.http.js';
import { UserController } from '#identity/user.http.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import { BUILT_IN_ROLES, CONTACT_GRANTS, type Grant } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { organization as organizationAggregate } from '#organizations/organization.js';
import { OrganizationController } from '#organizations/organization.http.js';
import { TenantController } from '#tenants/tenant.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { contactOf, createVendor, organizationOf, staffed } from './support/vendors.js';

const MISSING = '01j00000000000000000000000';

let doors: Doors;
let staff: Client;
let organization: string;
let [ada, bob] = ['', ''];
beforeAll(async () => {
  const organizations = [OrganizationController, MembershipController, ContactController];
  doors = await openDoors(UserController, RoleController, MeController, TenantController, ...organizations);
  staff = doors.as();
  await createVendor(doors, 'acme');
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
});
afterAll(() => doors.close());
beforeEach(async () => ({ organization, ada, bob } = await staffed(staff)));

const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};
const idsAt = async (client: Client, path: string): Promise<string[]> =>
  ((await client.read(path)).data as { id: string }[]).map(({ id }) => id);

/** A signed-in customer of the organization with these rights there. */
const person = (contactId: string, grants: readonly Grant[], within: string | null = organization) =>
  doors.as({ person: { contactId, rights: rightsIn(within, grants), organizations: [organization] } });
const contact = () => person(ada, CONTACT_GRANTS);
/** One of the vendor's people. */
const vendor = (contactId: string, grants: readonly Grant[]) =>
  doors.as({ person: { contactId, kind: 'staff', rights: rightsIn(null, grants) } });

const login = async (contactId: string, more: object = {}) => {
  await staff.done('/v1/users', { contactId, ...more });
  return contactId;
};
const administrator = async () => login(await contactOf(staff), { kind: 'staff', roles: ['administrator'] });
const join = (contactId: string, organizationId: string) =>
  staff.done(`/v1/organizations/${organizationId}/members`, { contactId });
const accessOf = async (id: string) => (await doors.installation.reads.get(accessView, 'acme', id))!.doc;

describe('a user', () => {
  it('of a customer has the default role, and can log in', async () => {
    const answer = await staff.post('/v1/users', { contactId: ada });
    expect([answer.status, answer.headers.get('location'), answer.body]).toEqual([
      201,
      `/v1/users/${ada}`,
      { id: ada, revision: 0 },
    ]);
    expect(await staff.read(`/v1/users/${ada}`)).toMatchObject({
      id: ada,
      name: 'Ada',
      revision: 0,
      details: {
        email: expect.stringContaining('@'),
        kind: 'customer',
        status: 'active',
        roles: ['authorized-user'],
        organizations: [{ id: organization, place: 'primary', roles: [] }],
        way: 'staff',
        lastLoginAt: null,
        password: false,
        whyNot: null,
      },
    });
  });

  it('of the vendor has roles for staff, and nobody else has', async () => {
    const id = await administrator();
    expect((await staff.read(`/v1/users/${id}`)).details).toMatchObject({
      kind: 'staff',
      roles: ['administrator'],
      whyNot: null,
    });
    await staff.done(`/v1/users/${id}/set-roles`, { roles: ['administrator', 'support'] });
    expect((await accessOf(id)).user).toEqual({ kind: 'staff', status: 'active', roles: ['administrator', 'support'] });
    await login(ada);
    expect(await refused(staff, `/v1/users/${ada}/set-roles`, { roles: ['support'] })).toEqual([422, 'role.not-fitting']);
    expect(await refused(staff, `/v1/users/${id}/set-roles`, { roles: ['authorized-user'] })).toEqual([422, 'role.not-fitting']);
  });

  it('wants a contact, and is his only one', async () => {
    expect(await refused(staff, '/v1/users', { contactId: MISSING })).toEqual([422, 'user.contact-unknown']);
    await login(ada);
    expect(await refused(staff, '/v1/users', { contactId: ada })).toEqual([409, 'user.exists']);
    await staff.done(`/v1/contacts/${bob}/archive`, {});
    expect(await refused(staff, '/v1/users', { contactId: bob })).toEqual([409, 'user.contact-archived']);
  });

  it('is told why he cannot log in', async () => {
    await login(bob);
    const whyNot = async () => (await staff.read(`/v1/users/${bob}`)).details.whyNot as string | null;
    await staff.done(`/v1/users/${bob}/set-roles`, { roles: [] });
    expect(await whyNot()).toBe('no-role');
    await staff.done(`/v1/users/${bob}/disable`, { reason: 'left' });
    expect(await whyNot()).toBe('disabled');
    await staff.done(`/v1/contacts/${bob}/suspend`, {});
    expect(await whyNot()).toBe('suspended');
    await staff.done('/v1/tenant/set-customer-login', { mode: 'contacts' });
    await staff.done(`/v1/contacts/${bob}/resume`, {});
    await staff.done(`/v1/users/${bob}/enable`);
    expect(await whyNot()).toBe('not-a-contact');
    await staff.done('/v1/tenant/set-customer-login', { mode: 'off' });
    expect(await whyNot()).toBe('login-off');
    await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  });

  it('is removed once somebody else is contact, and the same key asks again', async () => {
    await login(ada);
    expect(await refused(staff, `/v1/users/${ada}/remove`)).toEqual([409, 'user.holds-place']);
    await staff.done(`/v1/organizations/${organization}/contacts/assign`, { place: 'primary', contactId: bob });
    const remove = () => staff.post(`/v1/users/${ada}/remove`, { reason: 'left' }, { 'idempotency-key': `remove-${ada}` });
    const [first, again] = [await remove(), await remove()];
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect((await staff.get(`/v1/users/${ada}`)).status).toBe(404);
    expect((await accessOf(ada)).user).toBeNull();
    expect(await refused(staff, `/v1/users/${ada}/remove`)).toEqual([404, 'user.not-found']);
  });

  it('has a language and a zone, which he sets himself', async () => {
    await login(bob);
    await person(bob, []).done(`/v1/users/${bob}/set-profile`, { locale: 'de-AT', zone: 'Europe/Vienna' });
    expect((await staff.read(`/v1/users/${bob}`)).details).toMatchObject({ locale: 'de-AT', zone: 'Europe/Vienna' });
    expect(await refused(person(bob, []), `/v1/users/${ada}/set-profile`, { locale: 'en' })).toEqual([404, 'user.not-found']);
  });
});

describe('the vendor finds users', () => {
  it('by name, address, status, role and organization; contacts without a login are none', async () => {
    await login(ada);
    const { email } = (await staff.read(`/v1/users/${ada}`)).details;
    const at = (query: string) => idsAt(staff, `/v1/users?organization=${organization}${query}`);
    expect(await at('')).toEqual([ada]);
    await login(bob, { roles: ['customer-representative'] });
    expect(await at('&sort=-name')).toEqual([bob, ada]);
    expect(await at('&q=ad')).toEqual([ada]);
    expect(await at(`&q=${email.split('@')[0]}`)).toEqual([ada]);
    expect(await at('&role=customer-representative')).toEqual([bob]);
    expect(await at('&kind=staff')).toEqual([]);
    await staff.done(`/v1/users/${bob}/disable`);
    expect(await at('&status=disabled')).toEqual([bob]);
    expect(await at('&status=active')).toEqual([ada]);
  });
});

describe('a contact of an organization', () => {
  it('sees and manages the users of it, and no others', async () => {
    const other = await staffed(staff);
    await login(other.ada);
    await login(ada);
    await contact().done('/v1/users', { contactId: bob });
    expect(await idsAt(contact(), '/v1/users')).toEqual([ada, bob]);
    expect(await idsAt(contact(), `/v1/users?organization=${other.organization}`)).toEqual([]);
    expect((await contact().get(`/v1/users/${other.ada}`)).status).toBe(404);
    expect((await contact().read(`/v1/users/${bob}`)).details).toMatchObject({ roles: ['authorized-user'] });
    for (const verb of ['disable', 'enable', 'remove']) {
      expect(await refused(contact(), `/v1/users/${other.ada}/${verb}`)).toEqual([404, 'user.not-found']);
      await contact().done(`/v1/users/${bob}/${verb}`);
    }
    expect(await refused(contact(), '/v1/users', { contactId: other.bob })).toEqual([422, 'user.contact-unknown']);
    expect(await refused(contact(), '/v1/users', { contactId: MISSING })).toEqual([422, 'user.contact-unknown']);
  });

  it('sees of a user of two organizations only what is of his, and does not decide on him', async () => {
    const elsewhere = await organizationOf(staff);
    await login(bob);
    await join(bob, elsewhere);
    expect((await contact().read(`/v1/users/${bob}`)).details.organizations).toEqual([
      { id: organization, place: null, roles: [] },
    ]);
    expect(await refused(contact(), `/v1/users/${bob}/disable`)).toEqual([403, 'user.of-others']);
    await staff.done(`/v1/users/${bob}/disable`);
  });

  it('makes nobody of the vendor, and gives no role for staff', async () => {
    expect(await refused(contact(), '/v1/users', { contactId: bob, kind: 'staff' })).toEqual([403, 'auth.forbidden']);
    expect(await refused(contact(), '/v1/users', { contactId: bob, roles: ['administrator'] })).toEqual([
      422,
      'role.not-fitting',
    ]);
  });

  it('gives every role for customers that comes built in, and so does an organization administrator', async () => {
    const roles = ['authorized-user', 'customer-representative', 'organization-administrator'];
    await contact().done('/v1/users', { contactId: bob, roles });
    const administrator = person(ada, BUILT_IN_ROLES['organization-administrator'].grants);
    await administrator.done(`/v1/users/${bob}/set-roles`, { roles: [] });
    await administrator.done(`/v1/users/${bob}/set-roles`, { roles });
  });

  it('makes as many users as the vendor allows', async () => {
    const ctx = rootContext('acme', 'operator', doors.clock.instant, newCommandId());
    await doors.installation.executor.execute(organizationAggregate, organization, 'setAllowedUsers', { allowedUsers: 1 }, ctx);
    await contact().done('/v1/users', { contactId: bob });
    const { body } = await contact().post('/v1/users', { contactId: ada });
    expect(body).toMatchObject({ status: 409, code: 'user.too-many', allowed: 1, used: 1 });
    expect(await refused(contact(), '/v1/users', { contactId: bob })).toEqual([409, 'user.exists']);
    await login(ada); // the vendor himself is not bound by it
  });
});

describe('an organization without a primary contact', () => {
  it('has one user at most, whom to make it', async () => {
    const organizationId = await organizationOf(staff);
    const [first, second] = [await contactOf(staff), await contactOf(staff)];
    for (const contactId of [first, second]) await join(contactId, organizationId);
    await login(first);
    const { status, body } = await staff.post('/v1/users', { contactId: second });
    expect([status, body.code, body.organizationId]).toEqual([409, 'user.primary-needed', organizationId]);
    await staff.done(`/v1/organizations/${organizationId}/contacts/assign`, { place: 'primary', contactId: first });
    await login(second);
  });
});

describe('others of an organization', () => {
  it('a customer representative sees names, and of himself all', async () => {
    const representative = person(bob, BUILT_IN_ROLES['customer-representative'].grants);
    await login(ada);
    await login(bob);
    const { email } = (await staff.read(`/v1/users/${ada}`)).details;
    const { data } = await representative.read('/v1/users');
    expect(data).toEqual([
      { id: ada, name: 'Ada', revision: 0, details: null },
      expect.objectContaining({ id: bob, details: expect.objectContaining({ kind: 'customer' }) }),
    ]);
    expect(await idsAt(representative, '/v1/users?status=active')).toEqual([bob]);
    expect(await idsAt(representative, `/v1/users?q=${email.split('@')[0]}`)).toEqual([]);
    expect(await idsAt(representative, '/v1/users?q=ada')).toEqual([ada]);
    expect(await refused(representative, `/v1/users/${ada}/disable`)).toEqual([403, 'auth.forbidden']);
  });

  it('a member sees himself', async () => {
    await login(ada);
    await login(bob);
    const member = person(bob, BUILT_IN_ROLES['authorized-user'].grants);
    expect(await idsAt(member, '/v1/users')).toEqual([bob]);
    expect((await member.get(`/v1/users/${ada}`)).status).toBe(404);
    expect((await member.read(`/v1/users/${bob}`)).details).not.toBeNull();
  });

  it('support reads all of them, and decides on none', async () => {
    await login(ada);
    const support = vendor(await contactOf(staff), BUILT_IN_ROLES.support.grants);
    expect((await support.read(`/v1/users/${ada}`)).details).not.toBeNull();
    expect(await refused(support, `/v1/users/${ada}/disable`)).toEqual([403, 'auth.forbidden']);
  });
});

describe('who one is', () => {
  it('says of a signed-in user where he may do what, and why', async () => {
    await login(bob);
    await person(bob, []).done(`/v1/users/${bob}/set-profile`, { locale: 'de' });
    const rights = [...rightsIn(organization, [{ permission: 'user.read', scope: 'organization' }])];
    const me = await doors
      .as({ person: { contactId: bob, rights: [...rights, ...rights], organizations: [organization] } })
      .read('/v1/me');
    expect(me).toMatchObject({
      kind: 'user',
      id: bob,
      grants: [{ permission: 'user.read', scope: 'organization' }],
      person: {
        kind: 'customer',
        name: 'Bob',
        roles: ['authorized-user'],
        organizations: [{ id: organization, place: null, roles: [] }],
        rights: [...rights, ...rights],
        locale: 'de',
        zone: null,
        factors: ['password'],
      },
    });
    expect((await staff.read('/v1/me')).person).toBeNull();
  });
});
