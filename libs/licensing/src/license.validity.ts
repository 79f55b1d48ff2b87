// How long a license runs, to whom it belongs, and what it allows.
import { instantInputSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { sameJson } from '#kernel/json.js';
import { addPeriod, periodSchema } from '#kernel/periods.js';
import { z } from 'zod';
import { limitOverridesSchema, type LimitOverrides } from './license-fields.js';
import type { LicenseFacts } from './license-facts.js';
import { holderOf, notPast, standing, unrevoked, type Rules } from './license-state.js';
import { licenseErrors } from './license.errors.js';
import { checkOwner } from './license.issue.js';
import { migrationOf, migrationOptionsSchema } from './policy-migration.js';
import { policyErrors } from './policy.errors.js';
import { policyVersionSchema } from './policy.events.js';
import { termsOf } from './policy.js';
import { deactivationsMisfit } from './terms-fit.js';

const reason = textSchema.nullable().default(null);
const SCHEDULED = 100;

export const validityCommands = {
  /** `period` defaults to the duration of the terms; `basis`: from where it is counted. */
  renew: z.strictObject({
    period: periodSchema.optional(),
    basis: z.enum(['expiry', 'now', 'now-if-expired']).default('expiry'),
  }),
  /** What is left out stays; null = never. */
  setExpiry: z
    .strictObject({
      reason,
      expiresAt: instantInputSchema.nullable().optional(),
      maintenanceEndsAt: instantInputSchema.nullable().optional(),
    })
    .refine(
      ({ expiresAt, maintenanceEndsAt }) => expiresAt !== undefined || maintenanceEndsAt !== undefined,
      'must name an instant to set',
    ),
  changeOwner: z.strictObject({
    reason,
    organizationId: idSchema.nullable().optional(),
    contactId: idSchema.nullable().optional(),
  }),
  overrideLimits: z.strictObject({ reason, effectiveAt: instantInputSchema.optional(), overrides: limitOverridesSchema }),
  migrate: migrationOptionsSchema.extend({ policyVersion: policyVersionSchema }),
};

/** From where a renewal counts. */
function basisOf(end: string, basis: 'expiry' | 'now' | 'now-if-expired', now: string): string {
  if (basis === 'now') return now;
  return basis === 'now-if-expired' && end <= now ? now : end;
}

/** The maintenance is renewed together with the license, by the same period, where the terms limit it. */
function renewedMaintenance(
  { maintenanceEndsAt: end, terms }: LicenseFacts,
  basis: 'expiry' | 'now' | 'now-if-expired',
  period: string,
  now: string,
) {
  return end && terms.maintenance ? addPeriod(basisOf(end, basis, now), period) : end;
}

interface Ends {
  readonly expiresAt?: string | null;
  readonly maintenanceEndsAt?: string | null;
}

function checkEnds({ effectiveFrom }: LicenseFacts, ...ends: (string | null)[]): void {
  if (ends.some((end) => end !== null && end < effectiveFrom)) licenseErrors.refuse('license.ends-before-start');
}

/** An end that is named is settled; one that is left out goes on waiting for the first activation. */
function stillAwaited(
  { awaitsActivation: { expiry, maintenance } }: LicenseFacts,
  named: Ends,
): LicenseFacts['awaitsActivation'] {
  return {
    expiry: expiry && named.expiresAt === undefined,
    maintenance: maintenance && named.maintenanceEndsAt === undefined,
  };
}

export const validityRules: Rules<typeof validityCommands> = {
  renew: ({ period: asked, basis }, state, { now }) => {
    const { facts } = unrevoked(state, now);
    if (facts.expiresAt === null) return licenseErrors.refuse('license.runs-for-ever');
    const period = asked ?? facts.terms.duration ?? licenseErrors.refuse('license.period-needed');
    const from = basisOf(facts.expiresAt, basis, now);
    const maintenanceEndsAt = renewedMaintenance(facts, basis, period, now);
    return { type: 'LicenseRenewed', data: { from, period, expiresAt: addPeriod(from, period), maintenanceEndsAt } };
  },

  setExpiry: ({ reason, ...command }, state, { now }) => {
    const { facts } = unrevoked(state, now);
    const { expiresAt = facts.expiresAt, maintenanceEndsAt = facts.maintenanceEndsAt } = command;
    checkEnds(facts, expiresAt, maintenanceEndsAt);
    const ends = { expiresAt, maintenanceEndsAt, awaitsActivation: stillAwaited(facts, command) };
    // "For ever" is news for a license that still waits for its first activation to set an end.
    const { expiresAt: oldExpiry, maintenanceEndsAt: oldMaintenance, awaitsActivation } = facts;
    if (sameJson(ends, { expiresAt: oldExpiry, maintenanceEndsAt: oldMaintenance, awaitsActivation })) return [];
    return { type: 'LicenseExpirySet', data: { holder: holderOf(facts), reason, ...ends } };
  },

  changeOwner: ({ reason, ...command }, state, ctx) => {
    const { facts } = unrevoked(state, ctx.now);
    const { organizationId = facts.organizationId, contactId = facts.contactId } = command;
    if (organizationId === facts.organizationId && contactId === facts.contactId) return [];
    checkOwner({ organizationId, contactId }, ctx.facts);
    return {
      type: 'LicenseOwnerChanged',
      data: { holder: holderOf({ organizationId, contactId }), reason, organizationId, contactId },
    };
  },

  overrideLimits: ({ reason, effectiveAt: asked, overrides }, state, { now }) => {
    const { facts } = unrevoked(state, now);
    const effectiveAt = notPast(asked, now);
    checkFit(overrides);
    const scheduled = facts.overrides.filter((entry) => entry.effectiveAt > now).length;
    if (effectiveAt > now && scheduled >= SCHEDULED) licenseErrors.refuse('license.too-many-scheduled');
    if (effectiveAt === now && isSame(facts, overrides, now)) return [];
    return { type: 'LicenseLimitsOverridden', data: { holder: holderOf(facts), reason, effectiveAt, overrides } };
  },

  migrate: ({ policyVersion, ...options }, state, ctx) => {
    const { facts } = standing(state);
    if (policyVersion === facts.policyVersion) return [];
    const policy = ctx.facts.policy?.state ?? policyErrors.refuse('policy.not-found');
    return { type: 'LicenseMigrated', data: migrationOf(facts, policyVersion, termsOf(policy, policyVersion), options) };
  },
};

/** @throws `license.limits-do-not-fit` */
function checkFit({ deactivations }: LimitOverrides): void {
  const misfit = deactivations ? deactivationsMisfit(deactivations, '/overrides/deactivations') : [];
  if (misfit.length > 0) throw licenseErrors.error('license.limits-do-not-fit', undefined, {}, misfit);
}

/** Whether the limits in force are overridden like this already. */
function isSame(facts: LicenseFacts, overrides: LicenseFacts['overrides'][number]['limits'], now: string): boolean {
  const inForce = facts.overrides
    .filter(({ effectiveAt }) => effectiveAt <= now)
    .reduce<Record<string, unknown>>((all, entry) => ({ ...all, ...entry.limits }), {});
  return Object.entries(overrides).every(([name, value]) => sameJson(inForce[name] ?? null, value));
}
