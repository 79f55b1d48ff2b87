// What is stored of a license so that its status and limits follow at any instant. The aggregate and the
// view fold the same facts by the same steps, so that a refusal and a list never tell different stories.
import type { EventMeta } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import type { LicenseEvents } from './license.events.js';
import type { LimitOverrides } from './license-fields.js';
import type { Terms } from './terms.js';

export type LicenseFacts = {
  readonly productId: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly terms: Terms;
  readonly organizationId: string | null;
  readonly contactId: string | null;
  readonly effectiveFrom: string;
  readonly expiresAt: string | null;
  readonly maintenanceEndsAt: string | null;
  /** Which ends the first activation is still to set; an end that is null and not awaited is never. */
  readonly awaitsActivation: { readonly expiry: boolean; readonly maintenance: boolean };
  readonly firstActivatedAt: string | null;
  readonly suspension: { readonly from: string; readonly until: string | null } | null;
  readonly revokedFrom: string | null;
  readonly archivedAt: string | null;
  /** In the order in which they come into force; those in force already are merged into the first. */
  readonly overrides: readonly { readonly effectiveAt: string; readonly limits: LimitOverrides }[];
  /** Seats taken and not given back; none of them counts from `revokedFrom` on. */
  readonly used: number;
  /** Deactivations that count against the budget; `recent` in the order of their instants. */
  readonly released: { readonly total: number; readonly recent: readonly string[] };
  /** Devices that may not use the license: fingerprint → until when; null = until the block is lifted. */
  readonly blocked: Readonly<Record<string, string | null>>;
};

/** How many deactivations are remembered one by one; no window may allow more (`terms.ts`). */
export const REMEMBERED_RELEASES = 1000;

/** Nothing waits for the first activation. */
export const SETTLED = { expiry: false, maintenance: false } as const;

type Occurred = Pick<EventMeta, 'occurredAt'>;
type Step<K extends keyof LicenseEvents> = (facts: LicenseFacts, data: DataOf<LicenseEvents, K>, at: string) => LicenseFacts;
type Steps = { readonly [K in Exclude<keyof LicenseEvents, 'LicenseIssued'>]?: Step<K> };

const seatsEnded = (facts: LicenseFacts): LicenseFacts => ({ ...facts, used: 0 });

/** Where the clock went back, an instant belongs before some that were recorded earlier. */
function withInstant(sorted: readonly string[], at: string): string[] {
  const later = sorted.findLastIndex((instant) => instant <= at) + 1;
  return sorted.toSpliced(later, 0, at);
}

function release(facts: LicenseFacts, cause: DataOf<LicenseEvents, 'KeyDeactivated'>['cause'], at: string): LicenseFacts {
  if (cause === 'vendor') return facts;
  const recent = withInstant(facts.released.recent, at).slice(-REMEMBERED_RELEASES);
  return { ...facts, released: { total: facts.released.total + 1, recent } };
}

/** Sorted by instant, later facts after earlier ones; what is in force at `at` becomes one entry. */
function override(facts: LicenseFacts, effectiveAt: string, limits: LimitOverrides, at: string): LicenseFacts {
  const sorted = [...facts.overrides, { effectiveAt, limits }].sort((a, b) =>
    a.effectiveAt < b.effectiveAt ? -1 : a.effectiveAt > b.effectiveAt ? 1 : 0,
  );
  const inForce = sorted.filter((entry) => entry.effectiveAt <= at);
  const merged = inForce.reduce<LimitOverrides>((all, entry) => ({ ...all, ...entry.limits }), {});
  const base = inForce.length > 0 ? [{ effectiveAt: inForce.at(-1)!.effectiveAt, limits: merged }] : [];
  return { ...facts, overrides: [...base, ...sorted.slice(inForce.length)] };
}

/** Blocks that have run out are forgotten. */
function stillBlocked({ blocked }: LicenseFacts, at: string): LicenseFacts['blocked'] {
  return Object.fromEntries(Object.entries(blocked).filter(([, until]) => until === null || until > at));
}

const steps: Steps = {
  KeyActivated: (facts, { started }, at) => {
    const firstActivatedAt = facts.firstActivatedAt ?? at;
    return { ...facts, used: facts.used + 1, firstActivatedAt, ...(started && { ...started, awaitsActivation: SETTLED }) };
  },
  KeyDeactivated: (facts, { cause }, at) => release({ ...facts, used: facts.used - 1 }, cause, at),
  ActivationReplaced: (facts, { ended }, at) => release(facts, ended.cause, at),
  DeviceBlocked: (facts, { fingerprint, until }, at) => ({
    ...facts,
    blocked: { ...stillBlocked(facts, at), [fingerprint]: until },
  }),
  DeviceUnblocked: (facts, { fingerprint }) => {
    const { [fingerprint]: _lifted, ...blocked } = facts.blocked;
    return { ...facts, blocked };
  },
  LicenseSuspended: (facts, { from, until }) => ({ ...facts, suspension: { from, until } }),
  LicenseResumed: (facts, { at: end }, at) => {
    const scheduled = facts.suspension && end > at && end > facts.suspension.from;
    return { ...facts, suspension: scheduled ? { from: facts.suspension.from, until: end } : null };
  },
  LicenseRevoked: (facts, { from }, at) => ({ ...(from <= at ? seatsEnded(facts) : facts), revokedFrom: from }),
  LicenseRevocationUndone: (facts, { wasInForce }) => ({ ...(wasInForce ? seatsEnded(facts) : facts), revokedFrom: null }),
  LicenseRenewed: (facts, { expiresAt, maintenanceEndsAt }) => ({ ...facts, expiresAt, maintenanceEndsAt }),
  LicenseExpirySet: (facts, { expiresAt, maintenanceEndsAt, awaitsActivation }) => ({
    ...facts,
    expiresAt,
    maintenanceEndsAt,
    awaitsActivation,
  }),
  LicenseOwnerChanged: (facts, { organizationId, contactId }) => ({ ...facts, organizationId, contactId }),
  LicenseLimitsOverridden: (facts, { effectiveAt, overrides }, at) => override(facts, effectiveAt, overrides, at),
  LicenseMigrated: (facts, data) => ({ ...facts, ...data }),
  LicenseArchived: (facts, _data, at) => ({ ...seatsEnded(facts), archivedAt: at }),
};

/** The facts of a license as it was issued. */
export function issuedFacts(data: DataOf<LicenseEvents, 'LicenseIssued'>): LicenseFacts {
  return {
    productId: data.productId,
    policyId: data.policyId,
    policyVersion: data.policyVersion,
    terms: data.terms,
    organizationId: data.organizationId,
    contactId: data.contactId,
    effectiveFrom: data.effectiveFrom,
    expiresAt: data.expiresAt,
    maintenanceEndsAt: data.maintenanceEndsAt,
    awaitsActivation: data.awaitsActivation,
    firstActivatedAt: null,
    suspension: null,
    revokedFrom: null,
    archivedAt: null,
    overrides: [],
    used: 0,
    released: { total: 0, recent: [] },
    blocked: {},
  };
}

/** The facts after an event of the license's stream. */
export function nextFacts<K extends keyof LicenseEvents>(
  facts: LicenseFacts,
  type: K,
  data: DataOf<LicenseEvents, K>,
  meta: Occurred,
): LicenseFacts {
  const step = (steps as Record<string, Step<K> | undefined>)[type];
  return step ? step(facts, data, meta.occurredAt) : facts;
}

/** Whether an event of this type ends all activations of the license. */
export function endsAllSeats(type: string, data: unknown, meta: Occurred): boolean {
  if (type === 'LicenseArchived') return true;
  if (type === 'LicenseRevoked') return (data as DataOf<LicenseEvents, 'LicenseRevoked'>).from <= meta.occurredAt;
  return type === 'LicenseRevocationUndone' && (data as DataOf<LicenseEvents, 'LicenseRevocationUndone'>).wasInForce;
}
