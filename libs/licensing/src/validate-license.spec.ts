import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { activationKey, activationView } from './activation.view.js';
import { licenseView } from './license.view.js';
import {
  activated,
  CONTACT,
  fingerprint,
  issued,
  NOW,
  ORGANIZATION,
  PRODUCT,
  revoked,
  suspended,
  type LicenseEvent,
} from './testing/license-examples.js';
import { validateLicense, VERDICT_CODES, type Known, type ValidationRequest } from './validate-license.js';
import type { Terms } from './terms.js';

const BEFORE = '2026-05-20T00:00:00.000Z';
const AFTER = '2026-07-20T00:00:00.000Z';
const FINE = { suspended: false };
const STOPPED = { suspended: true };
const device = { fingerprint: fingerprint(1) };
const base = { holder: ORGANIZATION, reason: null };

/** The documents that a history leaves, for device 1. */
function known(events: LicenseEvent[], others: Partial<Known> = {}): Known {
  const activation = folded(activationView, ...events).doc(activationKey(TEST_ID, fingerprint(1))) ?? null;
  return { license: folded(licenseView, ...events).doc()!, activation, organization: FINE, contact: null, ...others };
}

const expired = (expiryStrategy: Terms['expiryStrategy'], grace: string | null = null) =>
  issued({ expiryStrategy, grace }, { expiresAt: BEFORE });
const lowered = (overAllocated: 'valid' | 'invalid') => [
  issued({ activations: 2, overAllocated }),
  activated(1),
  activated(2),
  { type: 'LicenseLimitsOverridden', data: { ...base, effectiveAt: NOW, overrides: { activations: 1 } } } as LicenseEvent,
];
const blocked: LicenseEvent = { type: 'DeviceBlocked', data: { ...base, fingerprint: fingerprint(1), until: null } };

/** By code, a situation in which it decides; in the order of the checks. */
const SITUATIONS: readonly (readonly [keyof typeof VERDICT_CODES, Known, ValidationRequest])[] = [
  ['license.revoked', known([issued(), suspended(BEFORE), revoked(NOW)]), {}],
  ['license.suspended', known([issued(), suspended(BEFORE)], { organization: STOPPED }), {}],
  [
    'license.organization-suspended',
    known([issued({}, { effectiveFrom: AFTER })], { organization: STOPPED, contact: STOPPED }),
    {},
  ],
  ['license.contact-suspended', known([issued({}, { effectiveFrom: AFTER })], { contact: STOPPED }), {}],
  ['license.not-yet-effective', known([issued({}, { effectiveFrom: AFTER })]), { productId: TEST_ID }],
  ['license.expired', known([expired('revoke')]), { productId: TEST_ID }],
  ['license.product-mismatch', known([expired('restrict')]), { productId: TEST_ID, policyVersion: 9 }],
  ['license.policy-version-mismatch', known([issued()]), { productId: PRODUCT, policyVersion: 9, contactId: CONTACT }],
  ['license.contact-mismatch', known([issued()]), { policyVersion: 1, contactId: CONTACT, entitlements: ['export'] }],
  ['license.entitlements-missing', known([issued({ entitlements: { sync: false } })]), { entitlements: ['sync'], ...device }],
  ['device.blocked', known([issued({ entitlements: { sync: true } }), blocked]), { entitlements: ['sync'], ...device }],
  [
    'device.not-activated',
    known([
      ...lowered('invalid'),
      { type: 'KeyDeactivated', data: { activationId: TEST_ID, fingerprint: fingerprint(1), cause: 'vendor' } },
      activated(3),
    ]),
    device,
  ],
  ['license.over-allocated', known(lowered('invalid')), device],
  ['license.expired', known([expired('restrict'), activated(1)]), device],
  ['license.expired-but-usable', known([expired('maintain'), activated(1)]), device],
  ['license.expired-but-usable', known([expired('allow')]), {}],
  ['license.in-grace', known([expired('restrict', 'P30D')]), {}],
  ['license.valid', known([issued(), activated(1)]), device],
  ['license.valid', known([issued()]), {}],
  ['license.valid', known(lowered('valid')), device],
];

describe('the verdict on a license', () => {
  it.each(SITUATIONS)('is %s', (code, documents, request) => {
    expect(validateLicense(documents, request, NOW)).toMatchObject({
      code,
      ...{ valid: VERDICT_CODES[code].valid, detail: VERDICT_CODES[code].detail },
    });
  });

  it('knows a situation for every code', () => {
    expect(new Set(SITUATIONS.map(([code]) => code))).toEqual(new Set(Object.keys(VERDICT_CODES)));
  });

  it('carries every check up to the one that decided', () => {
    const { checks } = validateLicense(known([issued()]), { productId: TEST_ID }, NOW);
    expect(checks.map(({ check, passed }) => `${check} ${passed}`)).toEqual([
      ...['revoked true', 'suspended true', 'organization-suspended true', 'contact-suspended true', 'not-yet-effective true'],
      ...['access-expired true', 'product false'],
    ]);
  });

  it('says which entitlements are missing', () => {
    const request = { entitlements: ['export', 'sync', 'tier'] };
    const verdict = validateLicense(known([issued({ entitlements: { export: true, sync: false } })]), request, NOW);
    expect(verdict.entitlementsMissing).toEqual(['sync', 'tier']);
  });

  it('in grace beats the strategy "revoke", which begins after it', () => {
    expect(validateLicense(known([expired('revoke', 'P30D')]), {}, NOW).code).toBe('license.in-grace');
  });

  it('does not count a device whose activation ended with a revocation that was undone', () => {
    const undone: LicenseEvent = { type: 'LicenseRevocationUndone', data: { ...base, wasInForce: true, ended: 1 } };
    expect(validateLicense(known([issued(), activated(1), revoked(), undone]), device, NOW).code).toBe('device.not-activated');
  });
});
