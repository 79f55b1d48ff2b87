// Roles through their doors: a change says beforehand whose access it changes how, and then does just that.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessRulesView, FIRST_RULES } from '#identity/access-rules.view.js';
import { accessView } from '#identity/access.view.js';
import { personOf } from '#identity/rights-of.js';
import { roleBookOf } from '#identity/role-book.js';
import { RoleController } from '#identity/role.http.js';
import { UserController } from '#identity/user.http.js';
import { BUILT_IN_ROLES, CONTACT_GRANTS } from '#kernel/permissions.js';
import { ContactController } from '#organizations/contact.http.js';
import { TenantController } from '#tenants/tenant.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { contactOf, createVendor } from './support/vendors.js';

let doors: Doors;
let staff: Client;
beforeAll(async () => {
  doors = await openDoors(UserController, RoleController, ContactController, TenantController);
  staff = doors.as();
  await createVendor(doors, 'acme');
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
});
afterAll(() => doors.close());

let number = 0;
const grant = (permission: string, scope = 'own') => ({ permission, scope });
const role = async (...grants: object[]): Promise<string> =>
  (await staff.done('/v1/roles', { role: `role-${++number}`, kind: 'customer', title: 'Role', grants })).id;
const userWith = async (...roles: string[]): Promise<string> =>
  (await staff.done('/v1/users', { contactId: await contactOf(staff, { name: 'Uma' }), roles })).id;
const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};

/** What somebody may do now, as every request decides it. */
async function rightsOf(id: string): Promise<string[]> {
  const { reads } = doors.installation;
  const access = (await reads.get(accessView, 'acme', id))!.doc;
  const rules = (await reads.get(accessRulesView, 'acme', 'acme'))?.doc ?? FIRST_RULES;
  const { person } = personOf(access, roleBookOf(rules.roles), rules.customerLogin);
  return (person?.rights ?? []).map(({ permission, scope }) => `${permission} ${scope}`);
}

describe('roles', () => {
  it('are those that come built in, and those of the vendor', async () => {
    const id = await role(grant('license.read'));
    const { data } = await staff.read('/v1/roles');
    expect(data.map((each: { id: string }) => each.id)).toEqual(expect.arrayContaining([...Object.keys(BUILT_IN_ROLES), id]));
    expect(await staff.read(`/v1/roles/${id}`)).toMatchObject({ id, kind: 'customer', builtIn: false, isDefault: false });
    expect(await staff.read('/v1/roles/authorized-user')).toMatchObject({ builtIn: true, isDefault: true });
    expect((await staff.get('/v1/roles/nobody-knows')).body.code).toBe('role.not-found');
  });

  it('customers see those for customers, and change none', async () => {
    const contact = doors.as({ person: { contactId: 'x', rights: rightsIn('y', CONTACT_GRANTS) } });
    const { data } = await contact.read('/v1/roles');
    expect(new Set(data.map((each: { kind: string }) => each.kind))).toEqual(new Set(['customer']));
    expect((await contact.get('/v1/roles/administrator')).body.code).toBe('role.not-found');
    expect(await refused(contact, '/v1/roles/support/remove')).toEqual([403, 'auth.forbidden']);
  });

  it('hold nothing that who makes them has not', async () => {
    const keeper = doors.as({ permissions: ['role.manage', 'license.read'] });
    const wide = { role: 'wide', kind: 'staff', title: 'Wide', grants: [grant('license.revoke', 'tenant')] };
    expect(await refused(keeper, '/v1/roles', wide)).toEqual([403, 'role.more-than-yours']);
    expect(await refused(keeper, '/v1/roles/support/change', { grants: wide.grants })).toEqual([403, 'role.more-than-yours']);
    expect(await refused(keeper, '/v1/roles/support/preview', { grants: wide.grants })).toEqual([403, 'role.more-than-yours']);
  });

  it('count from the next request on', async () => {
    const id = await role(grant('license.read'));
    const uma = await userWith(id);
    expect(await rightsOf(uma)).toEqual(['license.read own']);
    await staff.done(`/v1/roles/${id}/change`, { grants: [grant('product.read')] });
    expect(await rightsOf(uma)).toEqual(['product.read own']);
    await staff.done(`/v1/roles/${id}/remove`);
    expect(await rightsOf(uma)).toEqual([]);
  });
});

describe('the default role', () => {
  it('is given to who comes after, and removed only once another one is named', async () => {
    const id = await role(grant('license.read'));
    await staff.done(`/v1/roles/${id}/set-default`);
    expect(await rightsOf((await staff.done('/v1/users', { contactId: await contactOf(staff) })).id)).toEqual([
      'license.read own',
    ]);
    expect(await refused(staff, `/v1/roles/${id}/remove`)).toEqual([409, 'role.is-default']);
    expect(await refused(staff, `/v1/roles/${id}/preview-removal`)).toEqual([409, 'role.is-default']);
    await staff.done('/v1/roles/authorized-user/set-default');
    await staff.done(`/v1/roles/${id}/remove`);
  });
});

describe('the last administrator', () => {
  it('stays, and the preview says so first', async () => {
    const boss = (await staff.done('/v1/users', { contactId: await contactOf(staff), kind: 'staff', roles: ['administrator'] }))
      .id;
    for (const verb of ['preview-removal', 'remove'])
      expect(await refused(staff, `/v1/roles/administrator/${verb}`)).toEqual([409, 'role.last-administrator']);
    for (const verb of ['preview', 'change'])
      expect(await refused(staff, `/v1/roles/administrator/${verb}`, { grants: [] })).toEqual([409, 'role.last-administrator']);
    expect(await refused(staff, `/v1/users/${boss}/set-roles`, { roles: [] })).toEqual([409, 'role.last-administrator']);
  });

  it('stays, when two who are the last two step down at the same moment', async () => {
    const fresh = async () =>
      (await staff.done('/v1/users', { contactId: await contactOf(staff), kind: 'staff', roles: ['administrator'] }))
        .id as string;
    const two = [await fresh(), await fresh()];
    const { data } = await staff.read('/v1/users?kind=staff&role=administrator');
    const all = (data as { id: string }[]).map(({ id }) => id);
    expect(all).toEqual(expect.arrayContaining(two));
    const answers = await Promise.all(all.map((id) => staff.post(`/v1/users/${id}/set-roles`, { roles: [] })));
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.code)).toEqual(['role.last-administrator']);
    expect((await staff.read('/v1/users?role=administrator')).data).toHaveLength(1);
  });
});

describe('a preview', () => {
  it('names who gains and who loses what by which role, and changes nothing', async () => {
    const [id, other] = [await role(grant('license.read'), grant('product.read')), await role(grant('product.read'))];
    const [one, both] = [await userWith(id), await userWith(id, other)];
    const before = doors.positions.highest;
    const preview = await staff.done(`/v1/roles/${id}/preview`, { grants: [grant('license.read'), grant('history.read')] });
    const uma = (user: string) => ({ id: user, name: 'Uma' });
    expect(preview).toMatchObject({ role: id, users: 2, changed: 2, complete: true });
    expect(preview.gained).toMatchObject([{ permission: 'history.read', scope: 'own', via: `role:${id}`, users: 2 }]);
    // Who keeps it by another role loses nothing.
    expect(preview.lost).toEqual([
      { permission: 'product.read', scope: 'own', via: `role:${id}`, users: 1, samples: [uma(one)] },
    ]);
    expect([preview.lockedOut.users, preview.letIn.users]).toEqual([0, 0]);
    expect(await rightsOf(both)).toEqual(['license.read own', 'product.read own', 'product.read own']);
    expect(doors.positions.highest).toBe(before);
  });

  it('names who would be locked out, and who would be let in', async () => {
    const id = await role(grant('license.read'));
    const uma = await userWith(id);
    const removal = await staff.done(`/v1/roles/${id}/preview-removal`);
    expect(removal.lockedOut).toEqual({ users: 1, samples: [{ id: uma, name: 'Uma' }] });
    await staff.done(`/v1/roles/${id}/change`, { grants: [] });
    expect((await staff.done(`/v1/roles/${id}/preview`, { grants: [grant('license.read')] })).letIn.users).toBe(1);
  });

  it('is what then happens, to everybody', async () => {
    const [a, b] = [
      await role(grant('license.read'), grant('product.read')),
      await role(grant('user.read'), grant('license.read')),
    ];
    const users = [await userWith(a), await userWith(b), await userWith(a, b)];
    const rights = () => Promise.all(users.map(async (id) => new Set(await rightsOf(id))));
    const changes = [
      [a, 'preview', 'change', { grants: [grant('user.read'), grant('history.read')] }],
      [b, 'preview', 'change', { grants: [] }],
      [a, 'preview-removal', 'remove', {}],
    ] as const;
    for (const [id, ask, act, body] of changes) {
      const preview = await staff.done(`/v1/roles/${id}/${ask}`, body);
      const before = await rights();
      await staff.done(`/v1/roles/${id}/${act}`, body);
      const after = await rights();
      const count = (more: Set<string>[], less: Set<string>[], right: string) =>
        more.filter((has, n) => has.has(right) && !less[n]!.has(right)).length;
      const told = (side: 'gained' | 'lost') =>
        Object.fromEntries(
          preview[side].map((each: { permission: string; scope: string; users: number }) => [
            `${each.permission} ${each.scope}`,
            each.users,
          ]),
        );
      const all = [...new Set([...before, ...after].flatMap((each) => [...each]))];
      const really = (more: Set<string>[], less: Set<string>[]) =>
        Object.fromEntries(all.map((right) => [right, count(more, less, right)]).filter(([, users]) => users !== 0));
      expect([told('gained'), told('lost')]).toEqual([really(after, before), really(before, after)]);
      expect(preview.lockedOut.users).toBe(before.filter((has, n) => has.size > 0 && after[n]!.size === 0).length);
    }
  });
});
