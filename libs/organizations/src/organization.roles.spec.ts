import { describe, it } from '@jest/globals';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { organization } from './organization.js';

const ADA = '01j00000000000000000000021';

const id = { organizationId: TEST_ID };
const added = {
  type: 'OrganizationAdded',
  data: { ...id, name: 'Globex', accountNumber: null, company: null, domains: [] as string[] },
} as const;
const archived = { type: 'OrganizationArchived', data: { ...id, reason: null } } as const;
const member = (contactId: string) => ({ type: 'MemberAdded', data: { ...id, contactId } }) as const;

describe('the roles of a member', () => {
  const set = (contactId: string, roles: string[], previous: string[] = []) =>
    ({ type: 'MemberRolesSet', data: { ...id, contactId, roles, previous } }) as const;
  const ask = (contactId: string, roles: string[], held: string[] | null = null) =>
    ['setMemberRoles', { contactId, roles, held }] as const;
  const ADMINISTRATOR = 'organization-administrator';
  const buyer = { role: 'buyer', title: 'Buyer', about: null, grants: [{ permission: 'license.read', scope: 'own' }] };
  const roles = [{ type: 'RoleAdded', data: { ...buyer, kind: 'customer' } }];

  it('are set, each once and in order, in the place of those before', () => {
    given(organization, added, member(ADA))
      .withFacts({ roles })
      .when(...ask(ADA, ['organization-administrator', 'buyer', 'buyer']))
      .then(set(ADA, ['buyer', 'organization-administrator']));
    given(organization, added, member(ADA), set(ADA, ['buyer']))
      .when(...ask(ADA, []))
      .then(set(ADA, [], ['buyer']));
    given(organization, added, member(ADA), set(ADA, ['buyer']))
      .when(...ask(ADA, ['buyer']))
      .thenNothing();
  });

  it('hang on the membership: nobody else has any, and they are gone with it', () => {
    given(organization, added)
      .when(...ask(ADA, ['buyer']))
      .thenRefused('organization.not-member');
    const back = [set(ADA, ['buyer']), { type: 'MemberRemoved', data: { ...id, contactId: ADA } } as const, member(ADA)];
    given(organization, added, member(ADA), ...back)
      .withFacts({ roles })
      .when(...ask(ADA, ['buyer']))
      .then(set(ADA, ['buyer']));
  });

  it('stay as they are while the organization is archived', () => {
    given(organization, added, member(ADA), archived)
      .when(...ask(ADA, ['buyer']))
      .thenRefused('organization.archived');
  });

  it('are roles of the vendor for customers, as they are now', () => {
    const asked = (role: string, facts: Parameters<ReturnType<typeof given>['withFacts']>[0]) =>
      given(organization, added, member(ADA))
        .withFacts(facts)
        .when(...ask(ADA, [role]));
    const removed = (role: string) => ({ type: 'RoleRemoved', data: { role } });
    asked('buyer', {}).thenRefused('organization.role-unknown', { roles: ['buyer'] });
    asked('support', {}).thenRefused('organization.role-unknown');
    asked('buyer', { roles: [{ type: 'RoleAdded', data: { ...buyer, kind: 'staff' } }] }).thenRefused(
      'organization.role-unknown',
    );
    asked('buyer', { roles: [...roles, removed('buyer')] }).thenRefused('organization.role-unknown');
    asked(ADMINISTRATOR, { roles: [removed(ADMINISTRATOR)] }).thenRefused('organization.role-unknown');
  });

  it('give no more than who gives them may do himself; what a member has stays', () => {
    const grants = [...buyer.grants, { permission: 'license.reveal-key', scope: 'own' }];
    const changed = { type: 'RoleChanged', data: { role: 'buyer', title: 'Buyer', about: null, grants } };
    const asked = (held: string[], ...before: ReturnType<typeof set>[]) =>
      given(organization, added, member(ADA), ...before)
        .withFacts({ roles: [...roles, changed] })
        .when(...ask(ADA, ['buyer', 'authorized-user'], held));
    const missing = { missing: ['license.reveal-key'] };
    const held = BUILT_IN_ROLES['authorized-user'].grants.map(({ permission }) => permission);
    asked(held).thenRefused('organization.role-beyond-yours', missing);
    asked(held, set(ADA, ['buyer'])).then(set(ADA, ['authorized-user', 'buyer'], ['buyer']));
  });
});

describe('the number of users that the people of an organization may make', () => {
  const allowed = (allowedUsers: number | null, previous: number | null = null) =>
    ({ type: 'AllowedUsersSet', data: { ...id, allowedUsers, previous } }) as const;

  it('is set and lifted', () => {
    given(organization, added).when('setAllowedUsers', { allowedUsers: 5 }).then(allowed(5));
    given(organization, added, allowed(5)).when('setAllowedUsers', { allowedUsers: null }).then(allowed(null, 5));
    given(organization, added, allowed(5)).when('setAllowedUsers', { allowedUsers: 5 }).thenNothing();
    given(organization, added, archived).when('setAllowedUsers', { allowedUsers: 5 }).thenRefused('organization.archived');
  });
});
