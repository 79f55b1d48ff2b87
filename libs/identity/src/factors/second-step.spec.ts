import { describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { roleBookOf, type RoleBook } from '../role-book.js';
import type { PersonKind } from '../role.events.js';
import { isFactorDue, isOwnFactor, isTwofold, needsFactor } from './second-step.js';

const role = (...permissions: string[]) => ({
  ...{ title: 'R', about: null, kind: 'staff' as const },
  grants: permissions.map((permission) => ({ permission, scope: 'tenant' as const })),
});
const book: RoleBook = roleBookOf({ keeper: role('role.manage'), doorman: role('login.manage'), clerk: role('license.issue') });
const person = (kind: PersonKind, ...roles: string[]) => ({ user: { kind, status: 'active' as const, roles } });

describe('who needs a second factor', () => {
  it.each([
    [person('staff', 'administrator'), true],
    [person('staff', 'keeper'), true],
    [person('staff', 'doorman'), true],
    [person('staff', 'clerk'), false],
    [person('staff', 'support'), false],
    [person('customer', 'authorized-user'), false],
    [{ user: null }, false],
  ])('by the policy `administrators`: %j', (of, needed) => {
    expect(needsFactor(of, book, 'administrators')).toBe(needed);
  });

  it('is all of the vendor, or everybody, where he says so', () => {
    expect(needsFactor(person('staff', 'support'), book, 'staff')).toBe(true);
    expect(needsFactor(person('customer'), book, 'staff')).toBe(false);
    expect(needsFactor(person('customer'), book, 'everyone')).toBe(true);
  });

  it('is an administrator by what the built-in role gives', () => {
    expect(BUILT_IN_ROLES.administrator.grants.map(({ permission }) => permission)).toEqual(
      expect.arrayContaining(['role.manage', 'login.manage']),
    );
  });
});

describe('whether it is due', () => {
  const app = { factors: [{ id: 'a', kind: 'totp' as const }] };
  const none = { factors: [] };

  it.each([
    [false, none, ['password'], false],
    [true, none, ['password'], true],
    [true, app, ['password'], true],
    [true, app, ['password', 'totp'], false],
    [true, app, ['password', 'recovery-code'], false],
    [true, app, ['passkey'], false],
    [true, none, ['password', 'totp'], true],
    [true, none, ['google', 'mfa'], false],
    [true, none, ['google', 'otp'], true],
    [true, { factors: [{ id: 'c', kind: 'recovery-codes' as const }] }, ['password', 'recovery-code'], true],
  ])('needed %s, has %j, proved %j: %s', (needed, has, proved, due) => {
    expect(isFactorDue(needed, has, proved)).toBe(due);
  });

  it('knows what only this server proves', () => {
    expect(['password', 'totp', 'passkey', 'recovery-code', 'mfa', 'otp'].filter(isOwnFactor)).toEqual([
      ...['password', 'totp', 'passkey', 'recovery-code'],
    ]);
    expect(isTwofold(['password', 'google', 'hwk'])).toBe(false);
  });
});
