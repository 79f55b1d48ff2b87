// "Which licenses have this status at t?" as conditions on indexes. They say what `statusAt` says; a
// property test holds the two together.
import type { Conditions } from '#read-models/read-store.js';
import { graceEndsAt, expiringSoonFrom, type LicenseStatus } from './license-status.js';
import type { LicenseFacts } from './license-facts.js';

/** Later than every instant: stands for "never", so that a range finds it. */
export const NEVER = '9999-12-31T23:59:59.999Z';

/** The facts by which a status is found, each computed alone: a view asks for them one by one. */
export const STATUS_INDEXES = {
  archived: ({ archivedAt }) => (archivedAt === null ? 0 : 1),
  revokedFrom: ({ revokedFrom }) => revokedFrom ?? NEVER,
  suspendedFrom: ({ suspension }) => suspension?.from ?? NEVER,
  suspendedUntil: ({ suspension }) => suspension?.until ?? NEVER,
  effectiveFrom: ({ effectiveFrom }) => effectiveFrom,
  expiresAt: ({ expiresAt }) => expiresAt ?? NEVER,
  graceEndsAt: (facts) => graceEndsAt(facts) ?? NEVER,
  soonFrom: (facts) => expiringSoonFrom(facts) ?? NEVER,
  used: ({ used }) => used,
} as const satisfies Readonly<Record<string, (facts: LicenseFacts) => string | number>>;

const ARCHIVED: Conditions = { archived: { equal: 1 } };

/** Groups of which one holds for exactly the licenses whose own status at `t` is this one. */
export function statusConditions(status: LicenseStatus, t: string): readonly Conditions[] {
  // Instants are texts of one length: the first text after `t` is between it and the next millisecond.
  const until = { to: `${t}~` };
  const after = { from: `${t}~` };
  const kept: Conditions = { archived: { equal: 0 } };
  const unrevoked: Conditions = { ...kept, revokedFrom: after };
  const effective = notSuspended(unrevoked, until, after).map((group): Conditions => ({ ...group, effectiveFrom: until }));
  const each = (more: Conditions) => effective.map((group): Conditions => ({ ...group, ...more }));
  switch (status) {
    case 'archived':
      return [ARCHIVED];
    case 'revoked':
      return [{ ...kept, revokedFrom: until }];
    case 'suspended':
      return [{ ...unrevoked, suspendedFrom: until, suspendedUntil: after }];
    case 'not-yet-effective':
      return notSuspended(unrevoked, until, after).map((group): Conditions => ({ ...group, effectiveFrom: after }));
    case 'grace':
      return each({ expiresAt: until, graceEndsAt: after });
    case 'expired':
      return each({ graceEndsAt: until });
    case 'expiring-soon':
      return each({ soonFrom: until, expiresAt: after });
    case 'unused':
      return each({ soonFrom: after, used: { equal: 0 } });
    case 'active':
      return each({ soonFrom: after, used: { from: 1 } });
  }
}

/** Not suspended at an instant: not yet, or not any more. */
function notSuspended(base: Conditions, until: { to: string }, after: { from: string }): Conditions[] {
  return [
    { ...base, suspendedFrom: after },
    { ...base, suspendedUntil: until },
  ];
}
