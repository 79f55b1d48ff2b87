import { describe, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { license } from './license.js';
import {
  CONTACT,
  fingerprint,
  issued,
  KEY,
  NOW,
  ORGANIZATION,
  POLICY,
  PRODUCT,
  terms,
  vendor,
} from './testing/license-examples.js';
import type { Terms } from './terms.js';

const drawn = {
  productId: PRODUCT,
  key: KEY,
  keyFormat: terms().keyFormat,
  keyHash: fingerprint(0),
  maskedKey: '•••••-•••••-•••••-•••••-P9Q0R',
};
const wish = { policyId: POLICY, organizationId: ORGANIZATION, ...drawn };
const policyOf = (some: Partial<Terms>) => [{ ...vendor.policy[0]!, data: { ...vendor.policy[0]!.data, terms: terms(some) } }];
const told = (more: object = {}) => given(license).withFacts({ ...vendor, ...more });
const expected = (some: Partial<Terms>, data: object) => {
  const { type, data: base } = issued(some, { licenseId: TEST_ID, effectiveFrom: NOW, ...data });
  return { type, data: base } as never;
};

describe('issuing a license', () => {
  it('pins the terms of the newest version of the policy', () => {
    const revised = { type: 'PolicyRevised', data: { version: 2, terms: terms({ activations: 7 }), changes: [] } };
    told({ policy: [...vendor.policy, revised] })
      .when('issue', wish)
      .then(expected({ activations: 7 }, { policyVersion: 2 }));
  });

  it('pins an older version where asked', () => {
    const revised = { type: 'PolicyRevised', data: { version: 2, terms: terms({ activations: 7 }), changes: [] } };
    told({ policy: [...vendor.policy, revised] })
      .when('issue', { ...wish, policyVersion: 1 })
      .then(expected({}, {}));
  });

  it('counts duration and maintenance from when it is effective', () => {
    const some = { duration: 'P1Y', maintenance: 'P6M' };
    told({ policy: policyOf(some) })
      .when('issue', { ...wish, effectiveFrom: '2026-08-31T00:00:00Z' })
      .then(
        expected(some, {
          effectiveFrom: '2026-08-31T00:00:00.000Z',
          expiresAt: '2027-08-31T00:00:00.000Z',
          maintenanceEndsAt: '2027-02-28T00:00:00.000Z',
        }),
      );
  });

  it('leaves the ends open where the first activation starts them', () => {
    const some = { duration: 'P1Y', starts: 'first-activation' as const };
    told({ policy: policyOf(some) })
      .when('issue', wish)
      .then(expected(some, {}));
  });

  it('leaves to the first activation only what the wish does not settle', () => {
    const some = { duration: 'P1Y', maintenance: 'P1Y', starts: 'first-activation' as const };
    const forEver = { ...wish, expiresAt: null };
    told({ policy: policyOf(some) })
      .when('issue', forEver)
      .then(expected(some, { awaitsActivation: { expiry: false, maintenance: true } }));
    const ends = { expiresAt: null, maintenanceEndsAt: '2027-01-01T00:00:00.000Z' };
    told({ policy: policyOf(some) })
      .when('issue', { ...wish, maintenanceEndsAt: ends.maintenanceEndsAt })
      .then(expected(some, { ...ends, awaitsActivation: { expiry: true, maintenance: false } }));
  });

  it('takes an expiry instead of the duration', () => {
    const expiresAt = '2026-07-01T00:00:00.000Z';
    told({ policy: policyOf({ duration: 'P1Y' }) })
      .when('issue', { ...wish, expiresAt })
      .then(expected({ duration: 'P1Y' }, { expiresAt }));
  });

  it('belongs to an organization, to a contact, or to both', () => {
    told()
      .when('issue', { ...wish, organizationId: null, contactId: CONTACT })
      .then(expected({}, { organizationId: null, contactId: CONTACT, holder: CONTACT }));
    told()
      .when('issue', { ...wish, contactId: CONTACT })
      .then(expected({}, { contactId: CONTACT }));
    told()
      .when('issue', { ...wish, organizationId: null })
      .thenRefused('license.owner-needed');
  });

  it('refuses owners that are missing, archived or strangers to each other', () => {
    const put = (type: string) => ({ type, data: { reason: null } });
    told({ organization: [] }).when('issue', wish).thenRefused('license.unknown-organization');
    told({ organization: [...vendor.organization, put('OrganizationArchived')] })
      .when('issue', wish)
      .thenRefused('license.organization-archived');
    const person = { ...wish, organizationId: null, contactId: CONTACT };
    told({ contact: [] }).when('issue', person).thenRefused('license.unknown-contact');
    told({ contact: [...vendor.contact, put('ContactArchived')] })
      .when('issue', person)
      .thenRefused('license.contact-archived');
    told({ organization: vendor.organization.slice(0, 1) })
      .when('issue', { ...wish, contactId: CONTACT })
      .thenRefused('license.contact-not-member');
    const left = { type: 'MemberRemoved', data: { contactId: CONTACT } };
    told({ organization: [...vendor.organization, left] })
      .when('issue', { ...wish, contactId: CONTACT })
      .thenRefused('license.contact-not-member');
  });

  it('refuses a product or policy that is missing or retired', () => {
    const retired = (type: string) => ({ type, data: { reason: null } });
    told({ policy: [] }).when('issue', wish).thenRefused('policy.not-found');
    told({ policy: [...vendor.policy, retired('PolicyRetired')] })
      .when('issue', wish)
      .thenRefused('policy.retired');
    told({ product: [...vendor.product, retired('ProductRetired')] })
      .when('issue', wish)
      .thenRefused('product.retired');
    told({ product: [] }).when('issue', wish).thenRefused('product.not-found');
    told()
      .when('issue', { ...wish, policyVersion: 2 })
      .thenRefused('policy.version-not-found');
  });

  it('refuses what the door took from a policy that has changed since', () => {
    told()
      .when('issue', { ...wish, productId: TEST_ID })
      .thenRefused('license.policy-changed');
    told({ policy: policyOf({ keyFormat: { prefix: 'ED', groups: 5, groupLength: 5 } }) })
      .when('issue', wish)
      .thenRefused('license.policy-changed');
  });

  it('refuses an end before the beginning, and a second issue', () => {
    told()
      .when('issue', { ...wish, expiresAt: '2026-05-01T00:00:00Z' })
      .thenRefused('license.ends-before-start');
    told()
      .when('issue', { ...wish, maintenanceEndsAt: '2026-05-01T00:00:00Z' })
      .thenRefused('license.ends-before-start');
    given(license, issued()).withFacts(vendor).when('issue', wish).thenRefused('license.already-issued');
  });
});
