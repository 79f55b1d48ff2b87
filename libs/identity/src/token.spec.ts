import { describe, it } from '@jest/globals';
import { given, TEST_ID, testContext } from '#kernel/testing/given.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { token } from './token.js';

const ORGANIZATION = '01j00000000000000000000031';
const hash = 'h'.repeat(43);
const everything = BUILT_IN_ROLES.administrator.grants;
const request = { name: 'CI', hash, creatorGrants: everything };
const inOneYear = '2027-06-01T12:00:00.000Z';
const data = {
  tokenId: TEST_ID,
  tenant: 'acme',
  name: 'CI',
  hash,
  role: null,
  grants: null,
  organizationId: null,
  expiresAt: inOneYear,
};
const created = { type: 'ApiTokenCreated', data: { ...data, role: 'support' } } as const;
const revoked = { type: 'ApiTokenRevoked', data: { tokenId: TEST_ID, hash } } as const;
const organization = [{ type: 'OrganizationAdded', data: {} }];
const bound = { ...request, organizationId: ORGANIZATION };
const tenantRead = { permission: 'license.read', scope: 'tenant' };

describe('an API token', () => {
  it('has a role for staff, and a year to live where nothing else is said', () => {
    given(token)
      .when('create', { ...request, role: 'support' })
      .then(created);
  });

  it('has a role as the vendor has made it, of those that are there', () => {
    const grants = [{ permission: 'license.read', scope: 'tenant' }];
    const roles = [{ type: 'RoleAdded', data: { role: 'reader', kind: 'staff', title: 'Reader', about: null, grants } }];
    given(token)
      .withFacts({ roles })
      .when('create', { ...request, role: 'reader', creatorGrants: grants })
      .then({ type: 'ApiTokenCreated', data: { ...data, role: 'reader' } });
    given(token)
      .withFacts({ roles: [...roles, { type: 'RoleRemoved', data: { role: 'reader' } }] })
      .when('create', { ...request, role: 'reader' })
      .thenRefused('role.unknown', { roles: ['reader'] });
  });

  it('has grants of its own instead', () => {
    const grants = [{ permission: 'license.read' as const, scope: 'tenant' as const }];
    given(token)
      .when('create', { ...request, grants })
      .then({ type: 'ApiTokenCreated', data: { ...data, grants } });
  });

  it('has one of the two', () => {
    given(token).when('create', request).thenRefused('token.role-or-grants');
    given(token)
      .when('create', { ...request, role: 'support', grants: [tenantRead] })
      .thenRefused('token.role-or-grants');
  });

  it('ends when it is told to, or never', () => {
    const expiring = (expiresAt: string | null) => given(token).when('create', { ...request, role: 'support', expiresAt });
    expiring('2026-06-02T14:00:00+02:00').then({
      type: 'ApiTokenCreated',
      data: { ...created.data, expiresAt: '2026-06-02T12:00:00.000Z' },
    });
    expiring(null).then({ type: 'ApiTokenCreated', data: { ...created.data, expiresAt: null } });
    expiring(testContext.now).thenRefused('token.expiry-past');
  });

  it('is bound to an organization with a role for customers', () => {
    const role = 'organization-administrator' as const;
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, role })
      .then({ type: 'ApiTokenCreated', data: { ...data, role, organizationId: ORGANIZATION } });
    given(token)
      .when('create', { ...bound, role })
      .thenRefused('token.organization-unknown');
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, role, expiresAt: null })
      .thenRefused('token.expiry-required');
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, role: 'support' })
      .thenRefused('token.role-not-fitting');
    given(token)
      .when('create', { ...request, role })
      .thenRefused('token.role-not-fitting');
  });

  it('has grants of the scope that fits', () => {
    const within = { permission: 'license.read', scope: 'organization' };
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, grants: [within] })
      .then({ type: 'ApiTokenCreated', data: { ...data, grants: [within as never], organizationId: ORGANIZATION } });
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, grants: [tenantRead] })
      .thenRefused('token.scope-not-fitting');
    given(token)
      .when('create', { ...request, grants: [within] })
      .thenRefused('token.scope-not-fitting');
  });

  it.each(['license.issue', 'license.revoke', 'license.manage', 'license.reveal-key', 'token.manage', 'policy.manage'])(
    'gives no customer the right %s',
    (permission) => {
      given(token)
        .withFacts({ organization })
        .when('create', { ...bound, grants: [{ permission, scope: 'organization' }] })
        .thenRefused('token.never-for-customers', { permissions: [permission] });
    },
  );

  it('never has more rights than who creates it', () => {
    const creatorGrants = [{ permission: 'token.manage', scope: 'tenant' }, tenantRead];
    given(token)
      .when('create', { ...request, creatorGrants, role: 'support' })
      .thenRefused('token.more-than-yours');
    const manage = { permission: 'license.manage', scope: 'tenant' };
    given(token)
      .when('create', { ...request, creatorGrants, grants: [tenantRead, manage] })
      .thenRefused('token.more-than-yours', { missing: [manage] });
    given(token)
      .when('create', { ...request, creatorGrants, grants: [tenantRead] })
      .then({
        type: 'ApiTokenCreated',
        data: { ...data, grants: [tenantRead as never] },
      });
  });

  it('of an organization may be handed out by who has the right for all of them', () => {
    const grants = [{ permission: 'license.read' as const, scope: 'organization' as const }];
    given(token)
      .withFacts({ organization })
      .when('create', { ...bound, creatorGrants: [tenantRead], grants })
      .then({ type: 'ApiTokenCreated', data: { ...data, grants, organizationId: ORGANIZATION } });
  });

  it('is created once', () => {
    given(token, created)
      .when('create', { ...request, role: 'support' })
      .thenRefused('token.exists');
  });

  it('is revoked, once', () => {
    given(token, created).when('revoke', {}).then(revoked);
    given(token, created, revoked).when('revoke', {}).thenNothing();
    given(token).when('revoke', {}).thenRefused('token.not-found');
  });
});
