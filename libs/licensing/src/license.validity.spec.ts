import { describe, expect, it } from '@jest/globals';
import { given } from '#kernel/testing/given.js';
import { addPeriod } from '#kernel/periods.js';
import { SETTLED } from './license-facts.js';
import { license } from './license.js';
import {
  device,
  activated,
  archived,
  CONTACT,
  issued,
  NOW,
  ORGANIZATION,
  revoked,
  terms,
  vendor,
  type LicenseEvent,
} from './testing/license-examples.js';

const FUTURE = '2026-07-01T00:00:00.000Z';
const base = { holder: ORGANIZATION, reason: null };
const expiring = (expiresAt: string, maintenanceEndsAt: string | null = null) =>
  issued({ duration: 'P1M', maintenance: 'P1Y', grace: 'P1W' }, { expiresAt, maintenanceEndsAt });
const renewed = (from: string, expiresAt: string, maintenanceEndsAt: string | null = null, period = 'P1M') => ({
  type: 'LicenseRenewed' as const,
  data: { from, period, expiresAt, maintenanceEndsAt },
});

describe('renewing', () => {
  it('counts from the expiry, clamped to the end of a shorter month', () => {
    given(license, expiring('2026-08-31T00:00:00.000Z'))
      .when('renew', {})
      .then(renewed('2026-08-31T00:00:00.000Z', '2026-09-30T00:00:00.000Z'));
  });

  it('is legal in grace and after it', () => {
    given(license, expiring('2026-05-31T00:00:00.000Z'))
      .when('renew', {})
      .then(renewed('2026-05-31T00:00:00.000Z', '2026-06-30T00:00:00.000Z'));
    given(license, expiring('2026-02-28T00:00:00.000Z'))
      .when('renew', {})
      .then(renewed('2026-02-28T00:00:00.000Z', '2026-03-28T00:00:00.000Z'));
  });

  it('counts from now where asked, or only if expired', () => {
    const inOneMonth = '2026-07-01T12:00:00.000Z';
    given(license, expiring('2026-02-28T00:00:00.000Z')).when('renew', { basis: 'now' }).then(renewed(NOW, inOneMonth));
    given(license, expiring('2026-02-28T00:00:00.000Z'))
      .when('renew', { basis: 'now-if-expired' })
      .then(renewed(NOW, inOneMonth));
    given(license, expiring(FUTURE)).when('renew', { basis: 'now-if-expired' }).then(renewed(FUTURE, '2026-08-01T00:00:00.000Z'));
  });

  it('renews the maintenance with it, by the same period', () => {
    given(license, expiring(FUTURE, '2027-01-01T00:00:00.000Z'))
      .when('renew', { period: 'P1Y' })
      .then(renewed(FUTURE, '2027-07-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z', 'P1Y'));
  });

  it('is refused for ever, without a period, and of a revoked or archived license', () => {
    given(license, issued()).when('renew', {}).thenRefused('license.runs-for-ever');
    given(license, issued({}, { expiresAt: FUTURE }))
      .when('renew', {})
      .thenRefused('license.period-needed');
    given(license, expiring(FUTURE), revoked()).when('renew', {}).thenRefused('license.revoked');
    given(license, expiring(FUTURE), archived()).when('renew', {}).thenRefused('license.archived');
  });
});

describe('setting the expiry', () => {
  it('sets one instant and keeps the other', () => {
    given(license, expiring(FUTURE, FUTURE))
      .when('setExpiry', { expiresAt: null })
      .then({
        type: 'LicenseExpirySet',
        data: { ...base, expiresAt: null, maintenanceEndsAt: FUTURE, awaitsActivation: SETTLED },
      });
  });

  it('changes nothing where it is so already', () => {
    given(license, expiring(FUTURE)).when('setExpiry', { expiresAt: FUTURE }).thenNothing();
  });

  it('settles a license that waits for its first activation', () => {
    const set = {
      type: 'LicenseExpirySet' as const,
      data: { ...base, expiresAt: null, maintenanceEndsAt: null, awaitsActivation: SETTLED },
    };
    given(license, issued({ starts: 'first-activation', duration: 'P1Y' }))
      .when('setExpiry', { expiresAt: null, maintenanceEndsAt: null })
      .then(set);
    const [event] = given(license, issued({ starts: 'first-activation', duration: 'P1Y' }), set)
      .withFacts(vendor)
      .when('activate', { fingerprint: 'f'.repeat(43) })
      .decided();
    expect(event?.data).toMatchObject({ started: null });
  });

  it('leaves the end that it does not name to the first activation', () => {
    const waiting = issued({ starts: 'first-activation', duration: 'P1Y', maintenance: 'P1Y' });
    const [set] = given(license, waiting).when('setExpiry', { maintenanceEndsAt: FUTURE }).decided();
    const [event] = given(license, waiting, set as never)
      .withFacts(vendor)
      .when('activate', device(1))
      .decided();
    expect(event?.data).toMatchObject({ started: { expiresAt: addPeriod(NOW, 'P1Y'), maintenanceEndsAt: FUTURE } });
    const [perpetual] = given(license, waiting).when('setExpiry', { expiresAt: null }).decided();
    const [first] = given(license, waiting, perpetual as never)
      .withFacts(vendor)
      .when('activate', device(1))
      .decided();
    expect(first?.data).toMatchObject({ started: { expiresAt: null, maintenanceEndsAt: addPeriod(NOW, 'P1Y') } });
  });

  it('is refused before the license is effective, and once it is revoked', () => {
    given(license, issued()).when('setExpiry', { expiresAt: '2025-12-31T00:00:00Z' }).thenRefused('license.ends-before-start');
    given(license, issued(), revoked()).when('setExpiry', { expiresAt: FUTURE }).thenRefused('license.revoked');
  });
});

describe('changing the owner', () => {
  it('gives the license to another organization or contact', () => {
    given(license, issued())
      .withFacts(vendor)
      .when('changeOwner', { organizationId: null, contactId: CONTACT })
      .then({ type: 'LicenseOwnerChanged', data: { holder: CONTACT, reason: null, organizationId: null, contactId: CONTACT } });
  });

  it('keeps what is left out, and changes nothing where it is so already', () => {
    given(license, issued())
      .withFacts(vendor)
      .when('changeOwner', { contactId: CONTACT })
      .then({ type: 'LicenseOwnerChanged', data: { ...base, organizationId: ORGANIZATION, contactId: CONTACT } });
    given(license, issued()).withFacts(vendor).when('changeOwner', { organizationId: ORGANIZATION }).thenNothing();
  });

  it('is refused without an owner, for an unknown one, and once revoked', () => {
    given(license, issued()).withFacts(vendor).when('changeOwner', { organizationId: null }).thenRefused('license.owner-needed');
    given(license, issued())
      .withFacts({ ...vendor, contact: [] })
      .when('changeOwner', { contactId: CONTACT })
      .thenRefused('license.unknown-contact');
    given(license, issued(), revoked())
      .withFacts(vendor)
      .when('changeOwner', { contactId: CONTACT })
      .thenRefused('license.revoked');
  });
});

describe('overriding limits', () => {
  const overridden = (activations: number | null, effectiveAt = NOW): LicenseEvent => ({
    type: 'LicenseLimitsOverridden',
    data: { ...base, effectiveAt, overrides: { activations } },
  });
  const wish = (n: number) => ({ fingerprint: String(n).padEnd(43, 'f') });

  it('holds from now or from later on', () => {
    given(license, issued())
      .when('overrideLimits', { overrides: { activations: 3 } })
      .then(overridden(3));
    given(license, issued())
      .when('overrideLimits', { overrides: { activations: 3 }, effectiveAt: FUTURE })
      .then(overridden(3, FUTURE));
    given(license, issued(), overridden(3, FUTURE), activated(1))
      .withFacts(vendor)
      .when('activate', wish(2))
      .thenRefused('license.activation-limit-reached');
    const [event] = given(license, issued(), overridden(3, FUTURE), activated(1))
      .withFacts(vendor)
      .when('activate', wish(2), { now: FUTURE })
      .decided();
    expect(event?.type).toBe('KeyActivated');
  });

  it('lowered below what is used kills nothing, and new activations fail', () => {
    const history = [issued({ activations: 2 }), activated(1), activated(2), overridden(1)];
    given(license, ...history)
      .withFacts(vendor)
      .when('activate', { fingerprint: 'device-1-'.padEnd(43, 'x') })
      .thenNothing();
    given(license, ...history)
      .withFacts(vendor)
      .when('activate', wish(3))
      .thenRefused('license.activation-limit-reached', { allowed: 1, used: 2 });
  });

  it('changes nothing where it is so already, and goes back to the terms by null', () => {
    given(license, issued(), overridden(3))
      .when('overrideLimits', { overrides: { activations: 3 } })
      .thenNothing();
    given(license, issued())
      .when('overrideLimits', { overrides: { activations: null } })
      .thenNothing();
    given(license, issued(), overridden(3), overridden(null), activated(1))
      .withFacts(vendor)
      .when('activate', wish(2))
      .thenRefused('license.activation-limit-reached', { allowed: 1 });
  });

  it('is refused where a window of deactivations contradicts their total', () => {
    given(license, issued())
      .when('overrideLimits', { overrides: { deactivations: { allowed: 2, window: { allowed: 3, period: 'P1M' } } } })
      .thenRefused('license.limits-do-not-fit');
  });

  it('is refused in the past, without bound, and once revoked', () => {
    given(license, issued())
      .when('overrideLimits', { overrides: { activations: 3 }, effectiveAt: '2026-01-01T00:00:00Z' })
      .thenRefused('license.in-the-past');
    const many = Array.from({ length: 100 }, (_, i) => overridden(i, `2027-01-01T00:00:00.${String(i).padStart(3, '0')}Z`));
    given(license, issued(), ...many)
      .when('overrideLimits', { overrides: { activations: 3 }, effectiveAt: FUTURE })
      .thenRefused('license.too-many-scheduled');
    given(license, issued(), revoked())
      .when('overrideLimits', { overrides: { activations: 3 } })
      .thenRefused('license.revoked');
  });
});

describe('migrating to another version of the policy', () => {
  const facts = {
    ...vendor,
    policy: [...vendor.policy, { type: 'PolicyRevised', data: { version: 2, terms: terms({ activations: 5 }), changes: [] } }],
  };

  it('pins its terms and keeps the dates', () => {
    given(license, issued({}, { expiresAt: FUTURE }))
      .withFacts(facts)
      .when('migrate', { policyVersion: 2 })
      .then({
        type: 'LicenseMigrated',
        data: {
          policyVersion: 2,
          terms: terms({ activations: 5 }),
          expiresAt: FUTURE,
          maintenanceEndsAt: null,
          awaitsActivation: SETTLED,
        },
      });
  });

  it('changes nothing where it is so already, and knows no other versions', () => {
    given(license, issued()).withFacts(facts).when('migrate', { policyVersion: 1 }).thenNothing();
    given(license, issued()).withFacts(facts).when('migrate', { policyVersion: 3 }).thenRefused('policy.version-not-found');
    given(license, issued(), archived()).withFacts(facts).when('migrate', { policyVersion: 2 }).thenRefused('license.archived');
  });
});
