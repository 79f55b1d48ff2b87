// The vendor's own people through their doors: what none of them gets past, and that an administrator stays.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessView } from '#identity/access.view.js';
import { UserController } from '#identity/user.http.js';
import { BUILT_IN_ROLES, type Grant } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { contactOf } from './support/vendors.js';

let doors: Doors;
let staff: Client;
beforeAll(async () => {
  doors = await openDoors(UserController, ContactController);
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
