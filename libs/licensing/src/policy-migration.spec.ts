import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve } from '#kernel/aggregate.js';
import { given, testContext } from '#kernel/testing/given.js';
import { SETTLED, type LicenseFacts } from './license-facts.js';
import { statusAt } from './license-status.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { previewMigration, totalsOf, type MigrationOptions } from './policy-migration.js';
import { activated, archived, deactivated, issued, NOW, terms, vendor, type LicenseEvent } from './testing/license-examples.js';
import type { Terms } from './terms.js';

const KEEP: MigrationOptions = { recalculateExpiry: false };
const RECALCULATE: MigrationOptions = { recalculateExpiry: true };
const BOTH = { expiry: true, maintenance: true };
const YEAR = '2027-01-01T00:00:00.000Z';

function factsOf(...events: LicenseEvent[]): LicenseFacts {
  return events.reduce<License | null>(
    (state, { type, data, at = NOW }) =>
      evolve(license, state, { type, data, meta: { ...testContext, type, occurredAt: at } as never }),
    null,
  )!.facts;
}

const preview = (facts: LicenseFacts, to: Partial<Terms>, options = KEEP) => previewMigration(facts, 2, terms(to), options, NOW);

describe('the preview of a migration', () => {
  it('tells which terms differ and what that changes', () => {
    const facts = factsOf(issued({ activations: 2, entitlements: { export: true } }), activated(1));
    expect(
      preview(facts, { activations: 5, entitlements: { tier: 'pro' }, keyFormat: { prefix: 'NEW', groups: 5, groupLength: 5 } }),
    ).toEqual({
      fromVersion: 1,
      toVersion: 2,
      terms: [
        { pointer: '/activations', from: 2, to: 5 },
        { pointer: '/entitlements/export', from: true, to: null },
        { pointer: '/entitlements/tier', from: null, to: 'pro' },
      ],
      effects: [
        { pointer: '/activations/allowed', from: 2, to: 5 },
        { pointer: '/entitlements/export', from: true, to: null },
        { pointer: '/entitlements/tier', from: null, to: 'pro' },
      ],
      warnings: ['entitlements-lost'],
    });
  });

  it('warns of more devices than are allowed, and of no deactivation left', () => {
    const facts = factsOf(issued({ activations: 3 }), activated(1), activated(2), activated(3), deactivated(3));
    const strict = preview(facts, { activations: 1, deactivations: { allowed: 1, window: null, minimumAge: null } });
    expect(strict.warnings).toEqual(['over-allocated', 'deactivations-exhausted']);
    expect(strict.effects).toContainEqual({ pointer: '/activations/overAllocated', from: false, to: true });
  });

  it('leaves limits of its own to the license', () => {
    const own: LicenseEvent = {
      type: 'LicenseLimitsOverridden',
      data: {
        holder: vendor.organization[0]!.data.organizationId,
        reason: null,
        effectiveAt: NOW,
        overrides: { activations: 9 },
      },
    };
    const told = preview(factsOf(issued(), own), { activations: 5 });
    expect(told.terms).toEqual([{ pointer: '/activations', from: 1, to: 5 }]);
    expect(told.effects).toEqual([]);
  });

  it('keeps expiry and end of maintenance, unless it is asked to recalculate them', () => {
    const facts = factsOf(
      issued(
        { duration: 'P2Y', maintenance: 'P2Y' },
        { expiresAt: '2028-01-01T00:00:00.000Z', maintenanceEndsAt: '2028-01-01T00:00:00.000Z' },
      ),
    );
    expect(preview(facts, { duration: 'P1Y', maintenance: 'P1Y' }).effects).toEqual([]);
    const told = preview(facts, { duration: 'P1Y', maintenance: 'P1Y' }, RECALCULATE);
    expect(told.effects).toContainEqual({ pointer: '/expiresAt', from: '2028-01-01T00:00:00.000Z', to: YEAR });
    expect(told.warnings).toEqual(['ends-earlier', 'maintenance-ends-earlier']);
  });

  it('tells of no change for a license that has the version already, as the migration makes none', () => {
    const facts = factsOf(issued({ duration: 'P1Y' }, { expiresAt: '2030-01-01T00:00:00.000Z' }));
    const same = previewMigration(facts, 1, facts.terms, RECALCULATE, NOW);
    expect(same).toEqual({ fromVersion: 1, toVersion: 1, terms: [], effects: [], warnings: [] });
  });

  it('warns where the status becomes another one', () => {
    const facts = factsOf(issued({ grace: 'P1M' }, { expiresAt: '2026-05-20T00:00:00.000Z' }));
    const told = preview(facts, { grace: null });
    expect(told.effects).toContainEqual({ pointer: '/status', from: 'grace', to: 'expired' });
    expect(told.warnings).toEqual(['status-changes']);
  });

  it('warns of an end where there was none', () => {
    expect(preview(factsOf(issued()), { duration: 'P1Y' }, RECALCULATE).warnings).toEqual(['ends-earlier']);
    expect(preview(factsOf(issued({}, { expiresAt: YEAR })), { duration: null }, RECALCULATE).warnings).toEqual([]);
  });
});

describe('recalculating the expiry', () => {
  const migrate = (policyTerms: Partial<Terms>, ...events: LicenseEvent[]) => {
    const policy = [...vendor.policy, { type: 'PolicyRevised', data: { version: 2, terms: terms(policyTerms), changes: [] } }];
    const [event] = given(license, ...events)
      .withFacts({ ...vendor, policy })
      .when('migrate', { policyVersion: 2, recalculateExpiry: true })
      .decided();
    const { expiresAt, maintenanceEndsAt, awaitsActivation } = event!.data as {
      expiresAt: string;
      maintenanceEndsAt: string;
      awaitsActivation: object;
    };
    return { expiresAt, maintenanceEndsAt, awaitsActivation };
  };

  it('counts from when the license became effective', () => {
    expect(migrate({ duration: 'P1Y', maintenance: 'P6M' }, issued())).toEqual({
      expiresAt: YEAR,
      maintenanceEndsAt: '2026-07-01T00:00:00.000Z',
      awaitsActivation: SETTLED,
    });
  });

  it('counts from the first activation where the new terms start with it', () => {
    const later = '2026-05-01T00:00:00.000Z';
    const events = [issued(), activated(1, '2026-03-01T00:00:00.000Z'), activated(2, later), deactivated(1, later, 'vendor')];
    expect(migrate({ starts: 'first-activation', duration: 'P1Y' }, ...events)).toEqual({
      expiresAt: '2027-03-01T00:00:00.000Z',
      maintenanceEndsAt: null,
      awaitsActivation: SETTLED,
    });
  });

  it('waits for a first activation that is still to come', () => {
    expect(migrate({ starts: 'first-activation', duration: 'P1Y' }, issued({ duration: 'P1Y' }, { expiresAt: YEAR }))).toEqual({
      expiresAt: null,
      maintenanceEndsAt: null,
      awaitsActivation: BOTH,
    });
  });

  it('waits no longer where the new terms start with the issue', () => {
    const waiting = issued({ starts: 'first-activation', duration: 'P1Y' });
    expect(factsOf(waiting).awaitsActivation).toEqual(BOTH);
    expect(migrate({ duration: 'P1Y' }, waiting)).toEqual({
      expiresAt: YEAR,
      maintenanceEndsAt: null,
      awaitsActivation: SETTLED,
    });
  });
});

describe('a preview and the migration itself', () => {
  it('agree, and previewing changes nothing', () => {
    const anyTerms = fc.record({
      activations: fc.integer({ min: -1, max: 3 }),
      duration: fc.option(fc.constantFrom('P1M', 'P1Y')),
      grace: fc.option(fc.constantFrom('P1M', 'P1Y')),
      starts: fc.constantFrom('issue' as const, 'first-activation' as const),
      entitlements: fc.dictionary(fc.constantFrom('a', 'b'), fc.boolean()),
    });
    fc.assert(
      fc.property(anyTerms, anyTerms, fc.nat(3), fc.boolean(), (before, after, devices, recalculateExpiry) => {
        const history = [issued(before), ...Array.from({ length: devices }, (_, i) => activated(i + 1))];
        const facts = factsOf(...history);
        const copy = structuredClone(facts);
        const told = preview(facts, after, { recalculateExpiry });
        expect(facts).toEqual(copy);
        const policy = [...vendor.policy, { type: 'PolicyRevised', data: { version: 2, terms: terms(after), changes: [] } }];
        const events = given(license, ...history)
          .withFacts({ ...vendor, policy })
          .when('migrate', { policyVersion: 2, recalculateExpiry })
          .decided();
        const migrated = factsOf(...history, ...(events as LicenseEvent[]));
        const change = told.effects.find(({ pointer }) => pointer === '/status');
        expect(statusAt(migrated, NOW)).toBe(change ? change.to : statusAt(facts, NOW));
        const expiry = told.effects.find(({ pointer }) => pointer === '/expiresAt');
        expect(migrated.expiresAt).toBe(expiry ? expiry.to : facts.expiresAt);
      }),
    );
  });

  it('are both refused for what is archived', () => {
    const policy = [...vendor.policy, { type: 'PolicyRevised', data: { version: 2, terms: terms(), changes: [] } }];
    given(license, issued(), archived())
      .withFacts({ ...vendor, policy })
      .when('migrate', { policyVersion: 2 })
      .thenRefused('license.archived');
  });
});

describe('totals of previews', () => {
  it('count licenses, those that are affected, and each warning', () => {
    const facts = factsOf(issued({ entitlements: { a: true } }));
    const all = [preview(facts, {}), preview(facts, { entitlements: { a: true } }), preview(facts, { activations: 3 })];
    expect(totalsOf(all)).toEqual({ licenses: 3, affected: 2, warnings: { 'entitlements-lost': 2 } });
  });
});
