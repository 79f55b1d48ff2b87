// What follows from the facts of a license at an instant. Nothing here is ever stored, so no scheduler
// can be late (licensing.md §2.1, §2.4; DESIGN §3.11).
import { addPeriod, subtractPeriod } from '#kernel/periods.js';
import type { Limits } from './license-fields.js';
import type { LicenseFacts } from './license-facts.js';

/** In the order in which they win. */
export const LICENSE_STATUSES = [
  'archived',
  'revoked',
  'suspended',
  'not-yet-effective',
  'grace',
  'expired',
  'expiring-soon',
  'unused',
  'active',
] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** The end of the grace after the expiry; the expiry itself where the terms give none; null = never. */
export function graceEndsAt({ expiresAt, terms }: LicenseFacts): string | null {
  return expiresAt && terms.grace ? addPeriod(expiresAt, terms.grace) : expiresAt;
}

/** From when on the license counts as expiring soon; null = never. */
export function expiringSoonFrom({ expiresAt, terms }: LicenseFacts): string | null {
  return expiresAt && subtractPeriod(expiresAt, terms.expiringSoon);
}

/** Whether the license's own suspension is in force; its owner's stands beside it (`owner.facts.ts`). */
export function isSuspendedAt({ suspension }: LicenseFacts, t: string): boolean {
  return suspension !== null && suspension.from <= t && (suspension.until === null || t < suspension.until);
}

export function isRevokedAt({ revokedFrom }: LicenseFacts, t: string): boolean {
  return revokedFrom !== null && revokedFrom <= t;
}

/** Whether a device may not use the license at `t`. */
export function isBlockedAt({ blocked }: LicenseFacts, fingerprint: string, t: string): boolean {
  const until = blocked[fingerprint];
  return until !== undefined && (until === null || t < until);
}

/** The license's own status at `t`; the first that matches. */
export function statusAt(facts: LicenseFacts, t: string): LicenseStatus {
  if (facts.archivedAt !== null) return 'archived';
  if (isRevokedAt(facts, t)) return 'revoked';
  if (isSuspendedAt(facts, t)) return 'suspended';
  if (t < facts.effectiveFrom) return 'not-yet-effective';
  if (facts.expiresAt !== null && facts.expiresAt <= t) return t < graceEndsAt(facts)! ? 'grace' : 'expired';
  const soon = expiringSoonFrom(facts);
  if (soon !== null && soon <= t) return 'expiring-soon';
  return facts.used === 0 ? 'unused' : 'active';
}

/** The limits in force at `t`: those of the terms, with what was overridden by then. */
export function limitsAt({ terms, overrides }: LicenseFacts, t: string): Limits {
  const limits = { activations: terms.activations, overAllocated: terms.overAllocated, deactivations: terms.deactivations };
  const over = overrides
    .filter(({ effectiveAt }) => effectiveAt <= t)
    .reduce((all, entry) => ({ ...all, ...entry.limits }), {} as LicenseFacts['overrides'][number]['limits']);
  return {
    activations: over.activations ?? limits.activations,
    overAllocated: over.overAllocated ?? limits.overAllocated,
    deactivations: over.deactivations ?? limits.deactivations,
    entitlements: { ...terms.entitlements, ...over.entitlements },
  };
}

/** Seats at `t`: taken, allowed (−1 = unlimited), and whether more are taken than allowed. */
export function seatsAt(facts: LicenseFacts, t: string): { allowed: number; used: number; overAllocated: boolean } {
  const used = facts.archivedAt !== null || isRevokedAt(facts, t) ? 0 : facts.used;
  const allowed = limitsAt(facts, t).activations;
  return { allowed, used, overAllocated: allowed >= 0 && used > allowed };
}

export interface ReleaseBudget {
  /** Over the life of the license; −1 = unlimited. */
  readonly total: { readonly allowed: number; readonly used: number };
  /** Within the period that ends at the instant; null where the terms have none. */
  readonly window: { readonly allowed: number; readonly used: number; readonly period: string } | null;
  /** The budget that refuses a deactivation at the instant; null where one is left. */
  readonly exhausted: { readonly allowed: number; readonly used: number; readonly resetsAt: string | null } | null;
}

/**
 * What is left of the deactivations that customers and devices may make. A deactivation leaves the
 * window one period after it was made.
 */
export function releaseBudgetAt(facts: LicenseFacts, t: string): ReleaseBudget {
  const { allowed, window } = limitsAt(facts, t).deactivations;
  const total = { allowed, used: facts.released.total };
  const inWindow = window && {
    allowed: window.allowed,
    used: countInWindow(facts.released.recent, window.period, t),
    period: window.period,
  };
  if (allowed >= 0 && total.used >= allowed) return { total, window: inWindow, exhausted: { ...total, resetsAt: null } };
  if (!window || !inWindow || inWindow.used < window.allowed) return { total, window: inWindow, exhausted: null };
  const freeing = window.allowed === 0 ? undefined : facts.released.recent.at(-window.allowed);
  const resetsAt = freeing === undefined ? null : addPeriod(freeing, window.period);
  return { total, window: inWindow, exhausted: { allowed: window.allowed, used: inWindow.used, resetsAt } };
}

function countInWindow(recent: readonly string[], period: string, t: string): number {
  let count = 0;
  for (let i = recent.length - 1; i >= 0 && addPeriod(recent[i]!, period) > t; i--) count++;
  return count;
}

/** From when on a customer may release an activation made at `activatedAt`. */
export function releasableFrom(facts: LicenseFacts, activatedAt: string, t: string): string {
  const { minimumAge } = limitsAt(facts, t).deactivations;
  return minimumAge ? addPeriod(activatedAt, minimumAge) : activatedAt;
}
