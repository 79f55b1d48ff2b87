import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ALL_PERMISSIONS, BUILT_IN_ROLES, CONTACT_GRANTS, SCOPES } from '#kernel/permissions.js';
import type { AccessDoc } from './access.view.js';
import { personOf } from './rights-of.js';
import { CUSTOMER_PERMISSIONS } from './rights.js';
import { roleBookOf, type Role, type RoleChanges } from './role-book.js';

const X = '01j00000000000000000000031';
const Y = '01j00000000000000000000032';
const nobody: AccessDoc = {
  id: '01j00000000000000000000001',
  user: null,
  standing: { suspended: false, archived: false },
  organizations: [],
  placed: null,
  groups: [],
  sessionsFrom: null,
  tokensFrom: null,
  mustChangePassword: false,
  ...{ password: true, factors: [], providers: [] },
};
const user = (kind: 'staff' | 'customer', ...roles: string[]) => ({ kind, status: 'active' as const, roles });
const member = (id: string, place: 'primary' | 'secondary' | null, ...roles: string[]) => ({ id, place, roles });
const customer: AccessDoc = { ...nobody, user: user('customer', 'authorized-user') };
const staff: AccessDoc = { ...nobody, user: user('staff', 'support') };
const contactOfX: AccessDoc = { ...nobody, user: user('customer'), organizations: [member(X, 'secondary')] };
const rightless: AccessDoc = { ...nobody, user: user('customer') };
const book = (changes: RoleChanges = {}) => roleBookOf(changes);
const role = (kind: 'staff' | 'customer', ...grants: string[]): Role => ({
  title: 'Keeper',
  about: null,
  kind,
  grants: grants.map((grant) => {
    const [permission, scope] = grant.split(' ');
    return { permission: permission!, scope: scope as (typeof SCOPES)[number] };
  }),
});

/** Rights in short: permission, scope, organization, where it comes from. */
function rights(doc: AccessDoc, changes: RoleChanges = {}): string[] {
  const { person } = personOf(doc, book(changes), 'users');
  return (person?.rights ?? []).map(({ permission, scope, organizationId, via }) =>
    [permission, scope, organizationId === X ? 'X' : organizationId === Y ? 'Y' : '-', via].join(' '),
  );
}

describe('why somebody may not log in', () => {
  const { standing } = nobody;
  it.each([
    ['there is no contact', null, 'users', 'no-user'],
    ['the contact has no user', nobody, 'users', 'no-user'],
    ['the contact is archived', { ...customer, standing: { ...standing, archived: true } }, 'users', 'archived'],
    ['the contact is suspended', { ...customer, standing: { ...standing, suspended: true } }, 'users', 'suspended'],
    ['staff whose contact is suspended', { ...staff, standing: { ...standing, suspended: true } }, 'off', 'suspended'],
    ['the user is disabled', { ...customer, user: { ...customer.user!, status: 'disabled' } }, 'users', 'disabled'],
    ['staff that is disabled', { ...staff, user: { ...staff.user!, status: 'disabled' } }, 'off', 'disabled'],
    ['customers do not log in here', customer, 'off', 'login-off'],
    ['not even contacts do', contactOfX, 'off', 'login-off'],
    ['only contacts do, and he is none', customer, 'contacts', 'not-a-contact'],
    ['only contacts do, and he is a member', { ...customer, organizations: [member(X, null)] }, 'contacts', 'not-a-contact'],
    ['he has neither place nor role', rightless, 'users', 'no-role'],
    ['membership alone gives nothing', { ...rightless, organizations: [member(X, null)] }, 'users', 'no-role'],
    ['his only role was removed', { ...nobody, user: user('customer', 'gone') }, 'users', 'no-role'],
    ['staff without a role', { ...nobody, user: user('staff') }, 'users', 'no-role'],
  ] as const)('%s', (_why, doc, login, whyNot) => {
    expect(personOf(doc, book(), login)).toEqual({ person: null, whyNot });
  });

  it.each([
    ['staff, whatever customers may', staff, 'off'],
    ['contacts, where contacts may', contactOfX, 'contacts'],
    ['contacts, where all users may', contactOfX, 'users'],
    ['users, where all users may', customer, 'users'],
  ] as const)('not: %s', (_who, doc, login) => {
    expect(personOf(doc, book(), login)).toMatchObject({ whyNot: null, person: { contactId: doc.id, kind: doc.user!.kind } });
  });
});

describe('where rights come from', () => {
  it('staff has those of its roles over the tenant', () => {
    expect(rights(staff)).toEqual(BUILT_IN_ROLES.support.grants.map(({ permission }) => `${permission} tenant - role:support`));
  });

  it('a personal role gives what is own or of a group, and nothing over an organization', () => {
    const changes = { keeper: role('customer', 'license.read own', 'license.read group', 'license.read organization') };
    const doc = { ...nobody, user: user('customer', 'keeper') };
    expect(rights(doc, changes)).toEqual(['license.read own - role:keeper', 'license.read group - role:keeper']);
    expect(rights({ ...doc, organizations: [member(X, null)] }, changes)).toEqual(rights(doc, changes));
  });

  it('a role of a membership gives all of it, within the organization', () => {
    const changes = { keeper: role('customer', 'license.read own', 'user.read organization') };
    const doc = { ...rightless, organizations: [member(X, null, 'keeper'), member(Y, null)] };
    expect(rights(doc, changes)).toEqual(['license.read own X role:keeper', 'user.read organization X role:keeper']);
  });

  it('a place gives by itself what contacts have, there', () => {
    expect(rights(contactOfX)).toEqual(CONTACT_GRANTS.map(({ permission, scope }) => `${permission} ${scope} X place:secondary`));
  });

  it('they add up, each with where it comes from', () => {
    const changes = { keeper: role('customer', 'license.read own') };
    const doc = {
      ...nobody,
      user: user('customer', 'keeper'),
      organizations: [member(X, null, 'keeper'), member(Y, null, 'keeper')],
    };
    expect(rights(doc, changes)).toEqual([
      'license.read own - role:keeper',
      'license.read own X role:keeper',
      'license.read own Y role:keeper',
    ]);
  });

  it('staff that is a contact of a customer has both', () => {
    expect(rights({ ...staff, organizations: [member(X, 'primary')] })).toEqual(
      expect.arrayContaining(['license.read tenant - role:support', 'license.read organization X place:primary']),
    );
  });

  it('a role for staff gives a customer nothing, one for customers gives staff nothing by itself', () => {
    const changes = { both: role('staff', 'license.read tenant') };
    expect(rights({ ...nobody, user: user('customer', 'both'), organizations: [member(X, null, 'both')] }, changes)).toEqual([]);
    expect(rights({ ...nobody, user: user('staff', 'authorized-user') })).toEqual([]);
  });

  it('whatever a role says, a customer has no right that no customer has', () => {
    const changes = { keeper: role('customer', 'license.revoke own', 'license.read tenant', 'dropped.since own') };
    expect(rights({ ...nobody, user: user('customer', 'keeper'), organizations: [member(X, null, 'keeper')] }, changes)).toEqual(
      [],
    );
  });

  it('a group counts while he belongs to its organization', () => {
    const groups = [
      { id: 'g1', organizationId: X },
      { id: 'g2', organizationId: Y },
    ];
    const { person } = personOf({ ...customer, groups, organizations: [member(X, null)] }, book(), 'users');
    expect(person).toMatchObject({ groups: [{ id: 'g1', organizationId: X }], organizations: [X] });
  });
});

describe('whatever the roles', () => {
  const aRole = fc
    .record({
      kind: fc.constantFrom('staff', 'customer'),
      grants: fc.array(
        fc.record({ permission: fc.constantFrom(...ALL_PERMISSIONS, 'dropped.since'), scope: fc.constantFrom(...SCOPES) }),
        {
          maxLength: 6,
        },
      ),
    })
    .map((given): Role => ({ ...given, title: 'Role', about: null }));
  const ids = ['r0', 'r1', 'r2', 'support', 'authorized-user'];
  const someRoles = fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 4 });
  const aMember = (id: string) =>
    fc.record({ id: fc.constant(id), place: fc.constantFrom(null, 'primary' as const, 'secondary' as const), roles: someRoles });
  const aPerson = fc
    .record({
      kind: fc.constantFrom('staff' as const, 'customer' as const),
      roles: someRoles,
      organizations: fc.tuple(aMember(X), aMember(Y)).chain((all) => fc.subarray(all)),
    })
    .map(({ kind, roles, organizations }): AccessDoc => ({ ...nobody, user: user(kind, ...roles), organizations }));
  const someChanges = fc.record({ r0: aRole, r1: aRole, r2: aRole });
  const set = (doc: AccessDoc, changes: RoleChanges) => new Set(rights(doc, changes));
  const isWithin = (less: Set<string>, more: Set<string>) => [...less].every((right) => more.has(right));

  it('rights add up: two roles give what each gives, and no more', () => {
    fc.assert(
      fc.property(aPerson, someChanges, someRoles, (doc, changes, more) => {
        const having = (roles: readonly string[]) => set({ ...doc, user: user(doc.user!.kind, ...roles) }, changes);
        const both = having([...new Set([...doc.user!.roles, ...more])]);
        expect(both).toEqual(new Set([...having(doc.user!.roles), ...having(more)]));
      }),
    );
  });

  it('never more after something was taken: a role, a membership, a place, a right of a role', () => {
    fc.assert(
      fc.property(aPerson, someChanges, fc.constantFrom(...ids), fc.nat(5), (doc, changes, lost, n) => {
        const before = set(doc, changes);
        const without = doc.user!.roles.filter((id) => id !== lost);
        expect(isWithin(set({ ...doc, user: user(doc.user!.kind, ...without) }, changes), before)).toBe(true);
        expect(isWithin(set({ ...doc, organizations: doc.organizations.slice(1) }, changes), before)).toBe(true);
        const displaced = doc.organizations.map((each) => ({ ...each, place: null }));
        expect(isWithin(set({ ...doc, organizations: displaced }, changes), before)).toBe(true);
        expect(isWithin(set(doc, { ...changes, [lost]: null }), before)).toBe(true);
        const poorer = { ...changes.r0, grants: changes.r0.grants.filter((_, index) => index !== n) };
        expect(isWithin(set(doc, { ...changes, r0: poorer }), before)).toBe(true);
      }),
    );
  });

  it('a customer never has the whole tenant, nor a right that no customer has', () => {
    fc.assert(
      fc.property(aPerson, someChanges, (doc, changes) => {
        const { person } = personOf({ ...doc, user: user('customer', ...doc.user!.roles) }, book(changes), 'users');
        for (const { permission, scope } of person?.rights ?? []) {
          expect(scope).not.toBe('tenant');
          expect(CUSTOMER_PERMISSIONS.has(permission)).toBe(true);
        }
      }),
    );
  });

  it('a right over an organization is of a membership there', () => {
    fc.assert(
      fc.property(aPerson, someChanges, (doc, changes) => {
        const organizations = doc.organizations.map(({ id }) => id);
        for (const right of personOf(doc, book(changes), 'users').person?.rights ?? []) {
          if (right.scope === 'organization') expect(organizations).toContain(right.organizationId);
        }
      }),
    );
  });
});
