// What moving a license to another version of its policy does to it: told before, done after, by one function.
import type { DataOf } from '#kernel/events.js';
import { addPeriod } from '#kernel/periods.js';
import { z } from 'zod';
import { nextFacts, type LicenseFacts } from './license-facts.js';
import { graceEndsAt, limitsAt, releaseBudgetAt, seatsAt, statusAt, type LicenseStatus } from './license-status.js';
import type { LicenseEvents } from './license.events.js';
import { diffTerms, differences, termDifferenceSchema } from './terms-change.js';
import type { Terms } from './terms.js';

/** How a license is to be moved. */
export const migrationOptionsSchema = z.strictObject({
  /**
   * Sets expiry and end of maintenance as if the new terms had held from the start; what was renewed or set
   * since then no longer counts. Otherwise both stay as they are.
   */
  recalculateExpiry: z.boolean().default(false),
});
export type MigrationOptions = z.output<typeof migrationOptionsSchema>;

/** The fact of a migration. */
export function migrationOf(
  facts: LicenseFacts,
  policyVersion: number,
  terms: Terms,
  options: MigrationOptions,
): DataOf<LicenseEvents, 'LicenseMigrated'> {
  const { expiresAt, maintenanceEndsAt, awaitsActivation } = facts;
  if (!options.recalculateExpiry) return { policyVersion, terms, expiresAt, maintenanceEndsAt, awaitsActivation };
  const start = terms.starts === 'issue' ? facts.effectiveFrom : facts.firstActivatedAt;
  const end = (period: string | null) => (start === null || period === null ? null : addPeriod(start, period));
  return {
    policyVersion,
    terms,
    expiresAt: end(terms.duration),
    maintenanceEndsAt: end(terms.maintenance),
    awaitsActivation: { expiry: start === null, maintenance: start === null },
  };
}

/** How a license stands at an instant, as far as terms decide it. */
interface Outlook {
  readonly status: LicenseStatus;
  readonly expiresAt: string | null;
  readonly graceEndsAt: string | null;
  readonly maintenanceEndsAt: string | null;
  readonly expiryStrategy: Terms['expiryStrategy'];
  readonly activations: { readonly allowed: number; readonly used: number; readonly overAllocated: boolean };
  readonly deactivations: { readonly allowed: number; readonly used: number; readonly exhausted: boolean };
  readonly entitlements: Terms['entitlements'];
}

/** What somebody should look at before the migration; every one can be wanted. */
export const MIGRATION_WARNINGS = {
  'over-allocated': 'More devices are active than the new terms allow; none is released, no further one is let in.',
  'deactivations-exhausted': 'Customers and devices have no deactivation left under the new terms.',
  'ends-earlier': 'The license expires earlier than before.',
  'maintenance-ends-earlier': 'The maintenance ends earlier than before.',
  'entitlements-lost': 'An entitlement that the license has is not in the new terms.',
  'status-changes': 'The status of the license is another one at once.',
} as const;
const warningSchema = z.enum(Object.keys(MIGRATION_WARNINGS) as [keyof typeof MIGRATION_WARNINGS]).meta({
  description: Object.entries(MIGRATION_WARNINGS)
    .map(([warning, meaning]) => `\`${warning}\`: ${meaning}`)
    .join(' '),
});
type Warning = z.output<typeof warningSchema>;

export const migrationPreviewSchema = z.strictObject({
  fromVersion: z.int(),
  toVersion: z.int(),
  /** The terms that differ; the key stays, so its format does not count. */
  terms: z.array(termDifferenceSchema),
  /** What differs for this license, its own limits and its devices considered. */
  effects: z.array(termDifferenceSchema),
  warnings: z.array(warningSchema),
});
export type MigrationPreview = z.output<typeof migrationPreviewSchema>;

/** What a migration at `t` would change for a license with these facts: nothing where it has the version. Changes nothing. */
export function previewMigration(
  facts: LicenseFacts,
  policyVersion: number,
  terms: Terms,
  options: MigrationOptions,
  t: string,
): MigrationPreview {
  const same = policyVersion === facts.policyVersion;
  const migrated = same
    ? facts
    : nextFacts(facts, 'LicenseMigrated', migrationOf(facts, policyVersion, terms, options), { occurredAt: t });
  const [before, after] = [outlookAt(facts, t), outlookAt(migrated, t)];
  return {
    fromVersion: facts.policyVersion,
    toVersion: policyVersion,
    terms: diffTerms(facts.terms, terms).filter(({ pointer }) => !pointer.startsWith('/keyFormat/')),
    effects: differences(before, after),
    warnings: warningsOf(before, after),
  };
}

function outlookAt(facts: LicenseFacts, t: string): Outlook {
  const limits = limitsAt(facts, t);
  const budget = releaseBudgetAt(facts, t);
  return {
    status: statusAt(facts, t),
    expiresAt: facts.expiresAt,
    graceEndsAt: graceEndsAt(facts),
    maintenanceEndsAt: facts.maintenanceEndsAt,
    expiryStrategy: facts.terms.expiryStrategy,
    activations: seatsAt(facts, t),
    deactivations: { ...budget.total, exhausted: budget.exhausted !== null },
    entitlements: limits.entitlements,
  };
}

function warningsOf(before: Outlook, after: Outlook): Warning[] {
  const found: Record<Warning, boolean> = {
    'over-allocated': after.activations.overAllocated && !before.activations.overAllocated,
    'deactivations-exhausted': after.deactivations.exhausted && !before.deactivations.exhausted,
    'ends-earlier': isEarlier(after.expiresAt, before.expiresAt),
    'maintenance-ends-earlier': isEarlier(after.maintenanceEndsAt, before.maintenanceEndsAt),
    'entitlements-lost': Object.keys(before.entitlements).some((code) => !Object.hasOwn(after.entitlements, code)),
    'status-changes': after.status !== before.status,
  };
  return warningSchema.options.filter((warning) => found[warning]);
}

/** Null is never. */
function isEarlier(a: string | null, b: string | null): boolean {
  return a !== null && (b === null || a < b);
}

/** Of several previews: how many there are, how many change something for their license, and how often each warning stands. */
export const migrationTotalsSchema = z.strictObject({
  licenses: z.int(),
  affected: z.int(),
  warnings: z.partialRecord(warningSchema, z.int()),
});

/** Totals for a summary above a list of previews. */
export function totalsOf(previews: readonly MigrationPreview[]): z.output<typeof migrationTotalsSchema> {
  const warnings: Partial<Record<Warning, number>> = {};
  for (const warning of previews.flatMap((preview) => preview.warnings)) warnings[warning] = (warnings[warning] ?? 0) + 1;
  return { licenses: previews.length, affected: previews.filter(({ effects }) => effects.length > 0).length, warnings };
}
