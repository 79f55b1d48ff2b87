// The vendor's own people through their doors: what none of them gets past, and that an administrator stays.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessView } from '#identity/access.view.js';
import { RoleController } from '#identity/role.http.js';
import { UserController } from '#identity/user.http.js';
import { BUILT_IN_ROLES, type Grant } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import { PersonErasureController } from '#organizations/person-erasure.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { oneOf, randomOf } from './support/random.js';
import { contactOf } from './support/vendors.js';

let doors: Doors;
let staff: Client;
beforeAll(async () => {
  doors = await openDoors(UserController, RoleController, ContactController, PersonErasureController);
  staff = doors.as();
});
afterAll(() => doors.close());

const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};
/** One of the vendor's people, signed in. */
const vendor = (contactId: string, grants: readonly Grant[]) =>
  doors.as({ person: { contactId, kind: 'staff', rights: rightsIn(null, grants) } });
const made = async (...roles: string[]): Promise<string> =>
  (await staff.done('/v1/users', { contactId: await contactOf(staff), kind: 'staff', roles })).id;
const accessOf = async (id: string) => (await doors.installation.reads.get(accessView, 'acme', id))!.doc;

describe('nobody rises above what he has', () => {
  const half: Grant[] = [...BUILT_IN_ROLES.support.grants, { permission: 'user.manage', scope: 'tenant' }];

  it('by giving it, or by taking over somebody who has more', async () => {
    const [boss, helper] = [await made('administrator'), await made('support')];
    const climber = vendor(helper, half);
    expect(await refused(climber, `/v1/users/${helper}/set-roles`, { roles: ['administrator'] })).toEqual([
      403,
      'role.more-than-yours',
    ]);
    const fresh = { contactId: await contactOf(staff), kind: 'staff', roles: ['administrator'] };
    expect(await refused(climber, '/v1/users', fresh)).toEqual([403, 'role.more-than-yours']);
    expect(await refused(climber, `/v1/users/${boss}/disable`)).toEqual([403, 'user.more-than-yours']);
    expect(await refused(climber, `/v1/users/${boss}/set-roles`, { roles: [] })).toEqual([403, 'user.more-than-yours']);
    await climber.done(`/v1/users/${helper}/disable`);
  });

  it('not even as a half-made user: one of the vendor is made with his roles or not at all', async () => {
    const contactId = await contactOf(staff);
    expect(await refused(staff, '/v1/users', { contactId, kind: 'staff', roles: ['nobody-knows'] })).toEqual([
      422,
      'role.unknown',
    ]);
    expect((await accessOf(contactId)).user).toBeNull();
  });
});

describe('an administrator', () => {
  it('is neither disabled nor removed until he is none', async () => {
    const [one, another] = [await made('administrator'), await made('administrator')];
    expect(await refused(staff, `/v1/users/${one}/disable`)).toEqual([409, 'user.is-administrator']);
    expect(await refused(staff, `/v1/users/${one}/remove`)).toEqual([409, 'user.has-staff-roles']);
    await staff.done(`/v1/users/${one}/set-roles`, { roles: [] });
    await staff.done(`/v1/users/${one}/remove`);
    expect((await accessOf(another)).user?.roles).toEqual(['administrator']);
  });

  it('is never made of somebody who is disabled, whatever comes at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const id = await made();
      const answers = await Promise.all([
        staff.post(`/v1/users/${id}/disable`),
        staff.post(`/v1/users/${id}/set-roles`, { roles: ['administrator'] }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const { status, roles } = (await accessOf(id)).user!;
      expect([status, roles.length]).toEqual(status === 'disabled' ? ['disabled', 0] : ['active', 1]);
    }
  });
});

describe('the last administrator who can log in', () => {
  const CONTACT_ENDS = ['suspend', 'archive', 'erase'] as const;
  let vendors = 0;
  /** A vendor of its own, with so many administrators. */
  const vendorWith = async (administrators: number) => {
    const tenant = `vendor-${++vendors}`;
    const client = doors.as({ tenant });
    const user = async (...roles: string[]): Promise<string> =>
      (await client.done('/v1/users', { contactId: await contactOf(client), kind: 'staff', roles })).id;
    const ids: string[] = [];
    for (let number = 0; number < administrators; number++) ids.push(await user('administrator'));
    const canLogIn = async (id: string) => {
      const { user: login, standing } = (await doors.installation.reads.get(accessView, tenant, id))!.doc;
      return login?.status === 'active' && !standing.suspended && !standing.archived;
    };
    const isOne = async (id: string) =>
      (await doors.installation.reads.get(accessView, tenant, id))!.doc.user?.roles.includes('administrator') === true;
    return { client, user, ids, canLogIn, isOne };
  };

  it.each(CONTACT_ENDS)('stays, though his contact would be gone (%s), until there is another one', async (end) => {
    const { client, user, ids, canLogIn } = await vendorWith(1);
    const [boss] = ids;
    expect(await refused(client, `/v1/contacts/${boss}/${end}`)).toEqual([409, 'role.last-administrator']);
    expect(await canLogIn(boss!)).toBe(true);
    await user('administrator');
    await client.done(`/v1/contacts/${boss}/${end}`);
    expect(await canLogIn(boss!)).toBe(false);
  });

  it('is not somebody whose contact is suspended or put away: he gets no roles', async () => {
    const { client, user } = await vendorWith(1);
    const [suspended, archived] = [await user(), await user()];
    await client.done(`/v1/contacts/${suspended}/suspend`);
    await client.done(`/v1/contacts/${archived}/archive`);
    const set = (id: string) => refused(client, `/v1/users/${id}/set-roles`, { roles: ['administrator'] });
    expect(await set(suspended)).toEqual([409, 'user.contact-suspended']);
    expect(await set(archived)).toEqual([409, 'user.contact-archived']);
    await client.done(`/v1/contacts/${suspended}/resume`);
    await client.done(`/v1/users/${suspended}/set-roles`, { roles: ['administrator'] });
  });

  it('is not made of people who cannot log in by giving their role more', async () => {
    const { client, user, ids } = await vendorWith(1);
    const [suspended, disabled] = [await user('support'), await user('support')];
    await client.done(`/v1/contacts/${suspended}/suspend`);
    await client.done(`/v1/users/${disabled}/disable`);
    const { grants } = BUILT_IN_ROLES.administrator;
    await client.done('/v1/roles/support/change', { grants });
    expect(await refused(client, `/v1/users/${ids[0]}/set-roles`, { roles: [] })).toEqual([409, 'role.last-administrator']);
    await client.done(`/v1/users/${disabled}/enable`);
    await client.done(`/v1/users/${ids[0]}/set-roles`, { roles: [] });
  });

  it('is there whatever comes at the same moment', async () => {
    const { client, ids, canLogIn, isOne } = await vendorWith(3);
    const next = randomOf(7);
    const commands = (id: string): [string, object][] => [
      [`/v1/contacts/${id}/suspend`, {}],
      [`/v1/contacts/${id}/archive`, {}],
      [`/v1/contacts/${id}/resume`, {}],
      [`/v1/contacts/${id}/restore`, {}],
      [`/v1/users/${id}/set-roles`, { roles: [] }],
      [`/v1/users/${id}/set-roles`, { roles: ['administrator'] }],
      [`/v1/users/${id}/disable`, {}],
      [`/v1/users/${id}/enable`, {}],
    ];
    let refusals = 0;
    for (let round = 0; round < 40; round++) {
      const together = [...ids, ...ids].map((id) => client.post(...oneOf(next, commands(id))));
      for (const { body } of await Promise.all(together)) refusals += body.code === 'role.last-administrator' ? 1 : 0;
      const standing = await Promise.all(ids.map(async (id) => (await canLogIn(id)) && (await isOne(id))));
      expect(standing).toContain(true);
    }
    expect(refusals).toBeGreaterThan(0);
  });
});
