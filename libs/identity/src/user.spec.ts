import { describe, it } from '@jest/globals';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { given, TEST_ID as userId } from '#kernel/testing/given.js';
import { user } from './user.js';

const ORGANIZATION = '01j00000000000000000000031';
const held = BUILT_IN_ROLES.administrator.grants;
const contact = [{ type: 'ContactAdded', data: {} }];
const created = (kind: 'staff' | 'customer', ...roles: string[]) =>
  ({ type: 'UserCreated', data: { userId, kind, roles, way: 'staff' } }) as const;
const customer = created('customer', 'authorized-user');
const staff = created('staff');
const disabled = { type: 'UserDisabled', data: { userId, reason: null } } as const;
const removed = { type: 'UserRemoved', data: { userId, reason: null } } as const;
const keeper = (...grants: object[]) => ({
  type: 'RoleAdded',
  data: { role: 'keeper', kind: 'customer', title: 'Keeper', about: null, grants },
});
const staffRoles = (...roles: string[]) => [{ type: 'StaffRolesSet', data: { userId, roles, previous: [] } }];
const create = (request: object = {}) => ({ kind: 'customer', way: 'staff', held, ...request });

describe('a user', () => {
  it('is made for a contact, with the default role', () => {
    given(user).withFacts({ contact }).when('create', create()).then(customer);
    const another = [keeper(), { type: 'DefaultRoleSet', data: { role: 'keeper' } }];
    given(user)
      .withFacts({ contact, roles: another })
      .when('create', create({ way: 'invitation' }))
      .then({ type: 'UserCreated', data: { userId, kind: 'customer', roles: ['keeper'], way: 'invitation' } });
  });

  it('is made with other roles, or none', () => {
    given(user)
      .withFacts({ contact })
      .when('create', create({ roles: ['customer-representative'] }))
      .then(created('customer', 'customer-representative'));
    given(user)
      .withFacts({ contact })
      .when('create', create({ roles: [] }))
      .then(created('customer'));
  });

  it('is never made without a contact that was there first, and is in use', () => {
    given(user).when('create', create()).thenRefused('user.contact-unknown');
    const archived = [...contact, { type: 'ContactArchived', data: {} }];
    given(user).withFacts({ contact: archived }).when('create', create()).thenRefused('user.contact-archived');
    const restored = [...archived, { type: 'ContactRestored', data: {} }];
    given(user).withFacts({ contact: restored }).when('create', create()).then(customer);
  });

  it('is the one login of its contact', () => {
    given(user, customer).withFacts({ contact }).when('create', create()).thenRefused('user.exists');
    given(user, customer, disabled).withFacts({ contact }).when('create', create()).thenRefused('user.exists');
    given(user, customer, removed).withFacts({ contact }).when('create', create()).then(customer);
  });

  it('of staff has no personal roles', () => {
    given(user)
      .withFacts({ contact })
      .when('create', create({ kind: 'staff' }))
      .then(staff);
    given(user)
      .withFacts({ contact })
      .when('create', create({ kind: 'staff', roles: ['authorized-user'] }))
      .thenRefused('user.not-customer');
  });

  it('has roles for customers that are there', () => {
    given(user)
      .withFacts({ contact })
      .when('create', create({ roles: ['keeper'] }))
      .thenRefused('role.unknown');
    given(user)
      .withFacts({ contact })
      .when('create', create({ roles: ['support'] }))
      .thenRefused('role.not-fitting');
  });

  it('has no more rights than who made it', () => {
    const mine = [{ permission: 'license.read', scope: 'organization' }];
    const roles = [keeper({ permission: 'license.read', scope: 'own' }, { permission: 'user.manage', scope: 'organization' })];
    // What reaches over an organization does not count in a personal role, so nobody need have it to give it.
    given(user)
      .withFacts({ contact, roles })
      .when('create', create({ roles: ['keeper'], held: mine }))
      .then(created('customer', 'keeper'));
    given(user)
      .withFacts({ contact })
      .when('create', create({ held: mine }))
      .thenRefused('user.more-than-yours');
  });
});

describe('disabling and enabling', () => {
  it('are done once', () => {
    given(user, customer).when('disable', { reason: null }).then(disabled);
    given(user, customer, disabled).when('disable', {}).thenNothing();
    given(user, customer, disabled).when('enable', {}).then({ type: 'UserEnabled', data: { userId } });
    given(user, customer).when('enable', {}).thenNothing();
  });

  it('want a user that is there', () => {
    for (const command of ['disable', 'enable'] as const) {
      given(user).when(command, {}).thenRefused('user.not-found');
      given(user, customer, removed).when(command, {}).thenRefused('user.not-found');
    }
  });

  it('are not for an administrator, until he is none', () => {
    given(user, staff)
      .withFacts({ roles: staffRoles('administrator') })
      .when('disable', {})
      .thenRefused('user.is-administrator');
    given(user, staff)
      .withFacts({ roles: staffRoles('support') })
      .when('disable', {})
      .then(disabled);
    given(user, staff).when('disable', {}).then(disabled);
  });
});

describe('removing', () => {
  it('ends the login', () => {
    given(user, customer).when('remove', { places: [] }).then(removed);
    given(user, customer, disabled).when('remove', { places: [] }).then(removed);
    given(user, customer, removed).when('remove', { places: [] }).thenRefused('user.not-found');
  });

  it('waits until somebody else stands for the organization', () => {
    const places = [{ organizationId: ORGANIZATION, place: 'secondary' }];
    given(user, customer).when('remove', { places }).thenRefused('user.holds-place', { places });
  });

  it('waits until the roles for staff are taken', () => {
    given(user, staff)
      .withFacts({ roles: staffRoles('support') })
      .when('remove', { places: [] })
      .thenRefused('user.has-staff-roles');
    given(user, staff).withFacts({ roles: staffRoles() }).when('remove', { places: [] }).then(removed);
  });
});

describe('the personal roles of a customer', () => {
  it('are given and taken as a whole', () => {
    const roles = ['authorized-user', 'customer-representative'];
    given(user, customer)
      .when('setRoles', { roles: [...roles].reverse(), held })
      .then({ type: 'UserRolesSet', data: { userId, roles, previous: ['authorized-user'] } });
    given(user, customer)
      .when('setRoles', { roles: ['authorized-user'], held })
      .thenNothing();
    given(user, customer).when('setRoles', { roles: [], held: [] }).decided();
  });

  it('are those that may be given', () => {
    given(user, customer)
      .when('setRoles', { roles: ['keeper'], held })
      .thenRefused('role.unknown');
    given(user, customer)
      .when('setRoles', { roles: ['administrator'], held })
      .thenRefused('role.not-fitting');
    given(user, customer)
      .when('setRoles', { roles: ['customer-representative'], held: [] })
      .thenRefused('user.more-than-yours');
    given(user, staff).when('setRoles', { roles: [], held }).thenRefused('user.not-customer');
    given(user).when('setRoles', { roles: [], held }).thenRefused('user.not-found');
  });
});

describe('sessions and profile', () => {
  it('all sessions end at a word', () => {
    given(user, customer)
      .when('endSessions', { by: 'staff' })
      .then({ type: 'UserSessionsEnded', data: { userId, by: 'staff' } });
    given(user).when('endSessions', { by: 'staff' }).thenRefused('user.not-found');
  });

  it('a user has a language and a zone, or those of the vendor', () => {
    const changed = {
      type: 'UserProfileChanged',
      data: { userId, locale: 'de-AT', zone: null, firstName: null, lastName: null },
    } as const;
    given(user, customer).when('changeProfile', { locale: 'de-AT' }).then(changed);
    given(user, customer, changed).when('changeProfile', { locale: 'de-AT', zone: null }).thenNothing();
    given(user, customer, changed)
      .when('changeProfile', { zone: 'Europe/Vienna' })
      .then({
        type: 'UserProfileChanged',
        data: { userId, locale: 'de-AT', zone: 'Europe/Vienna', firstName: null, lastName: null },
      });
    given(user).when('changeProfile', {}).thenRefused('user.not-found');
  });
});

describe('the roles of one of the vendor, told in his own stream', () => {
  it('follow those of the vendor', () => {
    const data = { userId, roles: ['support'], previous: [] as string[] };
    const noted = { type: 'UserRolesSet' as const, data };
    given(user, staff)
      .when('noteStaffRoles', { roles: ['support'] })
      .then(noted);
    given(user, staff, noted)
      .when('noteStaffRoles', { roles: ['support'] })
      .thenNothing();
    given(user, customer).when('noteStaffRoles', { roles: [] }).thenRefused('user.not-staff');
  });
});
