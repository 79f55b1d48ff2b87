import { describe, expect, it } from '@jest/globals';
import type { Grant } from '#kernel/permissions.js';
import { httpErrors } from './http-errors.js';
import type { Person, Principal, Right } from './principal.js';
import { covers, reaches, reachOf, requireTenant, type Reach, type Within } from './reach.js';

const who = (more: Partial<Principal>, ...scopes: Grant['scope'][]): { readonly principal: Principal } => ({
  principal: {
    kind: 'token',
    id: 't',
    actor: 'token:t',
    tenant: 'acme',
    grants: scopes.map((scope) => ({ permission: 'license.read', scope })),
    ...more,
  },
});

const within = (more: Partial<Within>): Within => ({ kind: 'within', organizations: [], groups: [], contact: null, ...more });

const right = (scope: Right['scope'], organizationId: string | null = null): Right => {
  return { permission: 'license.read', scope, organizationId, via: 'role:authorized-user' };
};

function signedIn(kind: Person['kind'], ...rights: Right[]): { readonly principal: Principal } {
  const groups = [
    { id: 'g', organizationId: 'o' },
    { id: 'h', organizationId: 'p' },
  ];
  const session = { sessionId: 's', authenticatedAt: '2026-01-01T00:00:00.000Z', factors: ['password'] };
  const person: Person = { contactId: 'c', kind, ...session, rights, groups, organizations: ['o', 'p'] };
  return who({ kind: 'user', id: 'c', actor: 'user:c', person }, ...rights.map(({ scope }) => scope));
}

describe('reach', () => {
  it.each([
    ['nothing granted', who({}), 'none'],
    ['the tenant', who({}, 'tenant'), 'tenant'],
    ['the widest of several', who({ organization: 'o' }, 'own', 'tenant'), 'within'],
    ['a bound token never beyond its organization', who({ organization: 'o' }, 'tenant'), 'within'],
    ['an organization’s scope without an organization', who({}, 'organization'), 'none'],
    ['a scope of persons', who({ organization: 'o' }, 'own', 'group'), 'none'],
    ['a license key', who({ kind: 'license' }, 'own'), 'license'],
    ['a license key never more than its license', who({ kind: 'license' }, 'tenant'), 'license'],
  ])('of %s', (_, ctx, kind) => {
    expect(reachOf(ctx, 'license.read').kind).toBe(kind);
    expect(reachOf(ctx, 'license.revoke').kind).toBe('none');
  });

  it.each<[string, { readonly principal: Principal }, object]>([
    ['nobody’s rights', signedIn('customer'), { kind: 'none' }],
    ['staff', signedIn('staff', right('own'), right('tenant')), { kind: 'tenant' }],
    ['a customer, never the tenant', signedIn('customer', right('tenant')), { kind: 'none' }],
    ['an organization, never the tenant', signedIn('staff', right('tenant', 'o')), { kind: 'none' }],
    ['a right without its organization', signedIn('customer', right('organization')), { kind: 'none' }],
    [
      'places in two organizations',
      signedIn('customer', right('organization', 'o'), right('organization', 'p'), right('organization', 'p')),
      within({ organizations: ['o', 'p'] }),
    ],
    ['all his groups', signedIn('customer', right('group')), within({ groups: ['g', 'h'] })],
    ['the groups of one organization', signedIn('customer', right('group', 'p')), within({ groups: ['h'] })],
    ['no group of an organization', signedIn('customer', right('group', 'q')), { kind: 'none' }],
    [
      'rights that add up',
      signedIn('customer', right('own', 'p'), right('organization', 'o'), right('group')),
      within({ organizations: ['o'], groups: ['g', 'h'], contact: 'c', contactIn: ['p'] }),
    ],
    ['his own wherever he is', signedIn('customer', right('own', 'p'), right('own')), within({ contact: 'c' })],
  ])('of a person: %s', (_, ctx, reach) => {
    expect(reachOf(ctx, 'license.read')).toEqual(reach);
    expect(reachOf(ctx, 'license.revoke').kind).toBe('none');
  });

  it('takes a thing by any of its owners', () => {
    const reach = within({ organizations: ['o'], groups: ['g'], contact: 'c' });
    const things = [{ organizationId: 'o' }, { contactId: 'c', organizationId: 'x' }, { groups: ['x', 'g'] }];
    for (const thing of things) expect(reaches(reach, thing)).toBe(true);
    for (const thing of [{ organizationId: 'c' }, { contactId: 'o' }, { groups: ['o', 'c'] }, { contactId: null }, {}])
      expect(reaches(reach, thing)).toBe(false);
    expect(reaches(within({ organizations: ['o'] }), { contactId: null, organizationId: null })).toBe(false);
    const inO = within({ contact: 'c', contactIn: ['o'] });
    expect(
      [{ organizationId: 'o' }, { organizationId: 'p' }, {}].map((more) => reaches(inO, { contactId: 'c', ...more })),
    ).toEqual([true, false, true]);
  });

  it.each<[boolean, Reach, Reach]>([
    [true, { kind: 'tenant' }, within({ organizations: ['o'] })],
    [false, within({ organizations: ['o'] }), { kind: 'tenant' }],
    [true, within({ organizations: ['o', 'p'], contact: 'c' }), within({ organizations: ['o'] })],
    [false, within({ organizations: ['o'] }), within({ organizations: ['o', 'p'] })],
    [false, within({ organizations: ['o'] }), within({ organizations: ['o'], contact: 'c' })],
    [false, within({ groups: ['g'] }), within({ groups: ['h'] })],
    [true, within({ contact: 'c' }), within({ contact: 'c', contactIn: ['o'] })],
    [true, within({ contact: 'c', contactIn: ['o', 'p'] }), within({ contact: 'c', contactIn: ['o'] })],
    [false, within({ contact: 'c', contactIn: ['o'] }), within({ contact: 'c', contactIn: ['p'] })],
    [false, within({ contact: 'c', contactIn: ['o'] }), within({ contact: 'c' })],
    [true, { kind: 'license', license: 'l' }, { kind: 'license', license: 'l' }],
    [false, { kind: 'license', license: 'l' }, { kind: 'license', license: 'm' }],
    [true, { kind: 'none' }, { kind: 'none' }],
    [false, { kind: 'none' }, within({ contact: 'c' })],
  ])('is covered: %s, %j over %j', (is, wide, narrow) => {
    expect(covers(wide, narrow)).toBe(is);
  });

  it('covers what it names and nothing else', () => {
    const thing = { organizationId: 'o', licenseId: 'l' };
    expect(reaches({ kind: 'tenant' }, {})).toBe(true);
    expect(reaches({ kind: 'none' }, thing)).toBe(false);
    expect([reaches(within({ organizations: ['p', 'o'] }), thing), reaches(within({ organizations: ['p'] }), thing)]).toEqual([
      true,
      false,
    ]);
    expect([reaches({ kind: 'license', license: 'l' }, thing), reaches({ kind: 'license', license: 'm' }, thing)]).toEqual([
      true,
      false,
    ]);
    expect([
      reaches(within({ organizations: ['o'] }), { organizationId: null }),
      reaches({ kind: 'license', license: 'l' }, {}),
    ]).toEqual([false, false]);
  });

  it('keeps what is the vendor’s alone from everybody who reaches less', () => {
    expect(() => requireTenant(who({}, 'tenant'), 'license.read')).not.toThrow();
    for (const ctx of [
      who({}),
      who({ organization: 'o' }, 'tenant'),
      who({ kind: 'license' }, 'tenant'),
      signedIn('customer', right('tenant')),
    ]) {
      expect(() => requireTenant(ctx, 'license.read')).toThrow(httpErrors.table['auth.forbidden'].title);
    }
  });
});
