import { describe, it } from '@jest/globals';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { roles } from './roles.js';

const OTHER = '01j00000000000000000000012';
const held = BUILT_IN_ROLES.administrator.grants;
const grant = (permission: string, scope: 'tenant' | 'organization' | 'group' | 'own' = 'tenant') => ({ permission, scope });
const title = 'License keeper';
const keeper = { role: 'keeper', kind: 'customer' as const, title, about: null, grants: [grant('license.read', 'organization')] };
const added = { type: 'RoleAdded' as const, data: keeper };
const staff = [{ type: 'UserCreated', data: { kind: 'staff' } }];
const customer = [{ type: 'UserCreated', data: { kind: 'customer' } }];
const has = (userId: string, ...has: string[]) => {
  const previous: string[] = [];
  return { type: 'StaffRolesSet' as const, data: { userId, roles: has, previous } };
};
const removed = (role: string) => ({ type: 'RoleRemoved', data: { role } }) as const;

describe('a role of the vendor', () => {
  it('is added with its rights, each once', () => {
    const twice = [...keeper.grants, ...keeper.grants];
    given(roles)
      .when('add', { ...keeper, grants: twice, held })
      .then(added);
  });

  it('has an id that none has or had', () => {
    given(roles, added)
      .when('add', { ...keeper, held })
      .thenRefused('role.exists');
    given(roles, added, removed('keeper'))
      .when('add', { ...keeper, held })
      .thenRefused('role.exists');
    given(roles)
      .when('add', { ...keeper, role: 'support', held })
      .thenRefused('role.exists');
  });

  it('for staff reaches over the whole tenant, for customers never', () => {
    given(roles)
      .when('add', { ...keeper, grants: [grant('license.read')], held })
      .thenRefused('role.scope-not-fitting');
    given(roles)
      .when('add', { ...keeper, kind: 'staff', held })
      .thenRefused('role.scope-not-fitting');
  });

  it('for customers never creates, revokes, edits or renews a license', () => {
    for (const permission of ['license.issue', 'license.manage', 'license.revoke', 'license.suspend', 'license.reveal-key'])
      given(roles)
        .when('add', { ...keeper, grants: [grant(permission, 'organization')], held })
        .thenRefused('role.never-for-customers', { permissions: [permission] });
  });

  it('holds no right that its maker has not', () => {
    const mine = [grant('license.read')];
    given(roles)
      .when('add', { ...keeper, held: mine })
      .then(added);
    const more = { ...keeper, kind: 'staff', grants: [grant('license.read'), grant('license.revoke')] };
    given(roles)
      .when('add', { ...more, held: mine })
      .thenRefused('role.more-than-yours', { missing: [grant('license.revoke')] });
  });

  it('is one of at most a hundred', () => {
    const many = Array.from({ length: 100 }, (_, n) => ({ type: 'RoleAdded' as const, data: { ...keeper, role: `role-${n}` } }));
    given(roles, ...many)
      .when('add', { ...keeper, held })
      .thenRefused('role.too-many');
  });
});

describe('the change of a role', () => {
  it('keeps what is not named', () => {
    given(roles, added)
      .when('change', { role: 'keeper', title: 'Keeper', held })
      .then({ type: 'RoleChanged', data: { role: 'keeper', title: 'Keeper', about: null, grants: [...keeper.grants] } });
  });

  it('changes a built-in one too', () => {
    given(roles)
      .when('change', { role: 'support', grants: [grant('license.read')], held })
      .then({ type: 'RoleChanged', data: { role: 'support', title: 'Support', about: null, grants: [grant('license.read')] } });
  });

  it('to what it is changes nothing', () => {
    given(roles, added).when('change', { role: 'keeper', title, grants: keeper.grants, held }).thenNothing();
  });

  it('takes away whatever it likes, and adds what its maker has', () => {
    const wide = {
      type: 'RoleChanged' as const,
      data: { role: 'support', title: 'Support', about: null, grants: [grant('license.revoke')] },
    };
    const change = (...grants: object[]) =>
      given(roles, wide).when('change', { role: 'support', grants, held: [grant('role.manage')] });
    change(grant('license.revoke'), grant('role.manage')).decided();
    change().decided();
    change(grant('license.issue')).thenRefused('role.more-than-yours', { missing: [grant('license.issue')] });
    change(grant('license.read', 'own')).thenRefused('role.scope-not-fitting');
  });

  it('wants a role that is there', () => {
    given(roles).when('change', { role: 'keeper', title, held }).thenRefused('role.not-found');
    given(roles, added, removed('keeper')).when('change', { role: 'keeper', title, held }).thenRefused('role.not-found');
    given(roles).when('remove', { role: 'keeper' }).thenRefused('role.not-found');
    given(roles).when('setDefault', { role: 'keeper', held }).thenRefused('role.not-found');
  });
});

describe('the default role', () => {
  const another = { type: 'DefaultRoleSet', data: { role: 'keeper', previous: 'authorized-user' } } as const;

  it('is a role for customers', () => {
    given(roles, added).when('setDefault', { role: 'keeper', held }).then(another);
    given(roles).when('setDefault', { role: 'authorized-user', held }).thenNothing();
    given(roles).when('setDefault', { role: 'support', held }).thenRefused('role.not-fitting');
  });

  it('gives no more than who names it has', () => {
    given(roles, added)
      .when('setDefault', { role: 'keeper', held: [grant('role.manage')] })
      .thenRefused('role.more-than-yours', { missing: [...keeper.grants] });
  });

  it('is removed only once another one is named', () => {
    given(roles, added).when('remove', { role: 'authorized-user' }).thenRefused('role.is-default');
    given(roles, added, another).when('remove', { role: 'authorized-user' }).then(removed('authorized-user'));
    given(roles, added, another).when('remove', { role: 'keeper' }).thenRefused('role.is-default');
  });
});

describe('the roles of a person of the vendor', () => {
  const set = (wanted: string[], mine: readonly object[] = held) => ({ userId: TEST_ID, roles: wanted, held: mine });

  it('are given and taken as a whole', () => {
    given(roles)
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['support', 'administrator', 'support']))
      .then({ type: 'StaffRolesSet', data: { userId: TEST_ID, roles: ['administrator', 'support'], previous: [] } });
    given(roles, has(TEST_ID, 'support'))
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['support']))
      .thenNothing();
    given(roles, has(TEST_ID, 'support'))
      .withFacts({ user: staff })
      .when('setStaffRoles', set([]))
      .then({ type: 'StaffRolesSet', data: { userId: TEST_ID, roles: [], previous: ['support'] } });
  });

  it('are roles for staff, and there', () => {
    given(roles)
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['keeper']))
      .thenRefused('role.unknown', { roles: ['keeper'] });
    given(roles)
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['authorized-user']))
      .thenRefused('role.not-fitting');
  });

  it('are for people of the vendor alone', () => {
    given(roles)
      .when('setStaffRoles', set(['support']))
      .thenRefused('user.not-found');
    given(roles)
      .withFacts({ user: customer })
      .when('setStaffRoles', set(['support']))
      .thenRefused('user.not-staff');
    const gone = [...staff, { type: 'UserRemoved', data: {} }];
    given(roles)
      .withFacts({ user: gone })
      .when('setStaffRoles', set(['support']))
      .thenRefused('user.not-found');
  });

  it('are not given to who is disabled, but may be taken from him', () => {
    const disabled = [...staff, { type: 'UserDisabled', data: {} }];
    given(roles)
      .withFacts({ user: disabled })
      .when('setStaffRoles', set(['support']))
      .thenRefused('user.disabled');
    given(roles, has(TEST_ID, 'support')).withFacts({ user: disabled }).when('setStaffRoles', set([])).decided();
    const enabled = [...disabled, { type: 'UserEnabled', data: {} }];
    given(roles)
      .withFacts({ user: enabled })
      .when('setStaffRoles', set(['support']))
      .decided();
  });

  it('hold no right that who gives them has not', () => {
    given(roles)
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['administrator'], BUILT_IN_ROLES.support.grants))
      .thenRefused('role.more-than-yours');
    given(roles)
      .withFacts({ user: staff })
      .when('setStaffRoles', set(['support'], BUILT_IN_ROLES.support.grants))
      .decided();
  });
});

describe('the last administrator', () => {
  const alone = [has(TEST_ID, 'administrator', 'support'), has(OTHER, 'support')];
  const two = [has(TEST_ID, 'administrator'), has(OTHER, 'administrator')];
  const take = { userId: TEST_ID, roles: ['support'], held };

  it('stays one, whichever way he would stop being it', () => {
    given(roles, ...alone)
      .withFacts({ user: staff })
      .when('setStaffRoles', take)
      .thenRefused('role.last-administrator');
    given(roles, ...alone)
      .when('remove', { role: 'administrator' })
      .thenRefused('role.last-administrator');
    for (const lost of ['role.manage', 'user.manage'])
      given(roles, ...alone)
        .when('change', { role: 'administrator', grants: held.filter(({ permission }) => permission !== lost), held })
        .thenRefused('role.last-administrator');
  });

  it('may go where another one is', () => {
    given(roles, ...two)
      .withFacts({ user: staff })
      .when('setStaffRoles', take)
      .decided();
  });

  it('may be one by any roles together that let him decide on roles and on users', () => {
    const half = (role: string, permission: string) => ({
      type: 'RoleAdded' as const,
      data: { ...keeper, role, kind: 'staff' as const, grants: [grant(permission)] },
    });
    const halves = [half('people', 'user.manage'), half('rights', 'role.manage'), has(OTHER, 'people', 'rights')];
    given(roles, ...alone, ...halves)
      .withFacts({ user: staff })
      .when('setStaffRoles', take)
      .decided();
    given(roles, ...alone, ...halves.slice(0, 2), has(OTHER, 'people'))
      .withFacts({ user: staff })
      .when('setStaffRoles', take)
      .thenRefused('role.last-administrator');
  });

  it('is not asked for while there never was one: tokens run the place', () => {
    given(roles).when('remove', { role: 'administrator' }).then(removed('administrator'));
  });
});
