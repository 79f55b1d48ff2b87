import { describe, expect, it } from '@jest/globals';
import type { Grant } from '#kernel/permissions.js';
import { httpErrors } from './http-errors.js';
import type { Principal } from './principal.js';
import { reaches, reachOf, requireTenant } from './reach.js';

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

describe('reach', () => {
  it.each([
    ['nothing granted', who({}), 'none'],
    ['the tenant', who({}, 'tenant'), 'tenant'],
    ['the widest of several', who({ organization: 'o' }, 'own', 'tenant'), 'organization'],
    ['a bound token never beyond its organization', who({ organization: 'o' }, 'tenant'), 'organization'],
    ['an organization’s scope without an organization', who({}, 'organization'), 'none'],
    ['a scope of persons', who({ organization: 'o' }, 'own', 'group'), 'none'],
    ['a license key', who({ kind: 'license' }, 'own'), 'license'],
    ['a license key never more than its license', who({ kind: 'license' }, 'tenant'), 'license'],
  ])('of %s', (_, ctx, kind) => {
    expect(reachOf(ctx, 'license.read').kind).toBe(kind);
    expect(reachOf(ctx, 'license.revoke').kind).toBe('none');
  });

  it('covers what it names and nothing else', () => {
    const thing = { organizationId: 'o', licenseId: 'l' };
    expect(reaches({ kind: 'tenant' }, {})).toBe(true);
    expect(reaches({ kind: 'none' }, thing)).toBe(false);
    expect([
      reaches({ kind: 'organization', organization: 'o' }, thing),
      reaches({ kind: 'organization', organization: 'p' }, thing),
    ]).toEqual([true, false]);
    expect([reaches({ kind: 'license', license: 'l' }, thing), reaches({ kind: 'license', license: 'm' }, thing)]).toEqual([
      true,
      false,
    ]);
    expect([
      reaches({ kind: 'organization', organization: 'o' }, { organizationId: null }),
      reaches({ kind: 'license', license: 'l' }, {}),
    ]).toEqual([false, false]);
  });

  it('keeps what is the vendor’s alone from everybody who reaches less', () => {
    expect(() => requireTenant(who({}, 'tenant'), 'license.read')).not.toThrow();
    for (const ctx of [who({}), who({ organization: 'o' }, 'tenant'), who({ kind: 'license' }, 'tenant')]) {
      expect(() => requireTenant(ctx, 'license.read')).toThrow(httpErrors.table['auth.forbidden'].title);
    }
  });
});
