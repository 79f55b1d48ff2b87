import { describe, expect, it } from '@jest/globals';
import { TEST_ID as id } from '#kernel/testing/given.js';
import { folded, type Happening } from '#read-models/testing/folded.js';
import { accessRulesView, FIRST_RULES } from './access-rules.view.js';
import { accessView, type AccessDoc } from './access.view.js';

const ORGANIZATION = '01j00000000000000000000031';
const GROUP = '01j00000000000000000000041';
const OTHER = '01j00000000000000000000012';
const at = '2026-02-01T00:00:00.000Z';

const happened = (type: string, data: object = {}, more: Partial<Happening> = {}): Happening => ({ type, data, at, ...more });
const added = happened('ContactAdded', { contactId: id, name: 'Ada', email: 'ada@acme.example' });
const created = happened('UserCreated', { userId: id, kind: 'customer', roles: ['authorized-user'], way: 'staff' });
const inOrganization = (type: string, data: object = {}) =>
  happened(type, { organizationId: ORGANIZATION, contactId: id, ...data }, { id: ORGANIZATION });
const inGroup = (type: string, data: object = {}) =>
  happened(type, { groupId: GROUP, organizationId: ORGANIZATION, contactId: id, ...data }, { id: GROUP });
const joined = inOrganization('MemberAdded');

function seen(...events: Happening[]): AccessDoc | undefined {
  return folded(accessView, added, ...events).doc();
}

describe('what the rights of a person are made of', () => {
  it('is there from the contact on, before any login', () => {
    expect(seen()).toEqual({
      id,
      user: null,
      standing: { suspended: false, archived: false },
      organizations: [],
      placed: null,
      groups: [],
      sessionsFrom: null,
      tokensFrom: null,
      mustChangePassword: false,
      ...{ password: false, factors: [], providers: [] },
    });
  });

  it('knows the login and its end', () => {
    expect(seen(created)?.user).toEqual({ kind: 'customer', status: 'active', roles: ['authorized-user'] });
    expect(seen(created, happened('UserDisabled'))?.user).toMatchObject({ status: 'disabled' });
    expect(seen(created, happened('UserDisabled'), happened('UserEnabled'))?.user).toMatchObject({ status: 'active' });
    expect(seen(created, happened('UserRemoved'))?.user).toBeNull();
  });

  it('knows by what he proves who he is', () => {
    const [app, key] = [
      { factorId: 'app', kind: 'totp' },
      { factorId: 'key', kind: 'passkey' },
    ] as const;
    const linked = happened('IdentityLinked', { provider: 'p', issuer: 'https://id.example', subject: 's' });
    const unlinked = happened('IdentityUnlinked', { provider: 'p', issuer: 'https://id.example', subject: 's', by: 'self' });
    const all = [created, happened('FactorAdded', app), happened('FactorAdded', key), linked, linked];
    expect(seen(...all)).toMatchObject({
      factors: [
        { id: 'app', kind: 'totp' },
        { id: 'key', kind: 'passkey' },
      ],
      providers: ['p', 'p'],
    });
    expect(seen(...all, happened('FactorRemoved', app), unlinked)).toMatchObject({
      ...{ factors: [{ id: 'key', kind: 'passkey' }], providers: ['p'] },
    });
    expect(seen(...all, happened('UserRemoved'))).toMatchObject({ factors: [], providers: [], password: false });
  });

  it('knows the standing of the contact', () => {
    expect(seen(happened('ContactSuspended'))?.standing).toEqual({ suspended: true, archived: false });
    expect(seen(happened('ContactSuspended'), happened('ContactResumed'))?.standing.suspended).toBe(false);
    expect(seen(happened('ContactArchived'))?.standing.archived).toBe(true);
    expect(seen(happened('ContactArchived'), happened('ContactRestored'))?.standing.archived).toBe(false);
  });

  it('knows personal roles, and roles for staff', () => {
    expect(seen(created, happened('UserRolesSet', { roles: ['keeper'] }))?.user?.roles).toEqual(['keeper']);
    const staff = happened('UserCreated', { userId: id, kind: 'staff', roles: [], way: 'staff' });
    const set = happened('StaffRolesSet', { userId: id, roles: ['support'] }, { id: 'acme' });
    expect(seen(staff, set)?.user?.roles).toEqual(['support']);
  });

  it('knows memberships with their places and roles, which end with them', () => {
    const roles = inOrganization('MemberRolesSet', { roles: ['organization-administrator'] });
    const placed = inOrganization('ContactAssigned', { place: 'primary', previous: null });
    expect(seen(joined, roles, placed)?.organizations).toEqual([
      { id: ORGANIZATION, place: 'primary', roles: ['organization-administrator'] },
    ]);
    expect(seen(joined, roles, placed, inOrganization('MemberRemoved'))?.organizations).toEqual([]);
    expect(seen(joined, roles, inOrganization('MemberRemoved'), joined)?.organizations).toEqual([
      { id: ORGANIZATION, place: null, roles: [] },
    ]);
  });

  it('knows that a place went to somebody else', () => {
    const placed = inOrganization('ContactAssigned', { place: 'primary', previous: null });
    const replaced = inOrganization('ContactAssigned', { place: 'primary', contactId: OTHER, previous: id });
    expect(seen(joined, placed, replaced)?.organizations[0]?.place).toBeNull();
    const given = inOrganization('ContactUnassigned', { place: 'primary' });
    expect(seen(joined, placed, given)?.organizations[0]?.place).toBeNull();
  });

  it('knows groups', () => {
    const group = { id: GROUP, organizationId: ORGANIZATION };
    expect(seen(joined, inGroup('GroupMemberAdded'))?.groups).toEqual([group]);
    expect(seen(joined, inGroup('GroupMemberAdded'), inOrganization('MemberRemoved'))?.groups).toEqual([group]);
    expect(seen(joined, inGroup('GroupMemberAdded'), inGroup('GroupMemberRemoved'))?.groups).toEqual([]);
    expect(seen(joined, inGroup('GroupMemberAdded'), inGroup('GroupDeleted', { members: [id] }))?.groups).toEqual([]);
  });
});

describe('since when sessions count', () => {
  const later = '2026-03-01T00:00:00.000Z';
  const since = (...events: Happening[]) => seen(created, ...events)?.sessionsFrom;

  it.each([
    ['UserDisabled', {}],
    ['UserRemoved', {}],
    ['PasswordSet', { by: 'self', mustChange: false }],
    ['PasswordRemoved', { by: 'staff' }],
    ['UserSessionsEnded', { by: 'staff' }],
    ['UserRolesSet', { roles: [] }],
  ])('is the instant of %s', (type, data) => {
    expect(since(happened(type, data, { at: later }))).toBe(later);
  });

  it('is that of the making of the user, else', () => {
    expect(since()).toBe(at);
    expect(since(happened('UserRolesSet', { roles: ['keeper'] }, { at: later }))).toBe(at);
    expect(since(happened('UserEnabled', {}, { at: later }))).toBe(at);
  });

  it('a password of somebody else is to be changed', () => {
    const set = (mustChange: boolean) => happened('PasswordSet', { by: 'staff', mustChange });
    expect(seen(created, set(true))?.mustChangePassword).toBe(true);
    expect(seen(created, set(true), set(false))?.mustChangePassword).toBe(false);
    expect(seen(created, set(true), happened('PasswordRemoved'))?.mustChangePassword).toBe(false);
  });
});

describe('the rules of a vendor', () => {
  const content = { title: 'Keeper', about: null, grants: [{ permission: 'license.read', scope: 'own' }] };
  const keeper = happened('RoleAdded', { role: 'keeper', kind: 'customer', ...content });
  const rules = (...events: Happening[]) => folded(accessRulesView, ...events).doc();

  it('are what differs from the roles that come built in', () => {
    expect(rules(keeper)).toEqual({ ...FIRST_RULES, roles: { keeper: { kind: 'customer', ...content } }, revision: 0 });
    const support = happened('RoleChanged', { role: 'support', ...content });
    expect(rules(support)?.roles).toEqual({ support: { kind: 'staff', ...content } });
    expect(rules(keeper, happened('RoleRemoved', { role: 'keeper' }))?.roles).toEqual({ keeper: null });
    expect(rules(happened('RoleChanged', { role: 'nobody-knows', ...content }))).toBeUndefined();
  });

  it('are the default role, and which customers may log in', () => {
    const set = happened('DefaultRoleSet', { role: 'keeper', previous: 'authorized-user' });
    const users = happened('CustomerLoginSet', { mode: 'users', previous: 'off' });
    const closed = { toAll: at, toOthers: [] };
    expect(rules(set, users)).toEqual({ ...FIRST_RULES, defaultRole: 'keeper', customerLogin: 'users', closed, revision: 0 });
  });

  it('have the revision of the roles', () => {
    const given = happened('StaffRolesSet', { userId: id, roles: ['support'], previous: [] });
    expect(rules(given, keeper)?.revision).toBe(1);
  });
});
