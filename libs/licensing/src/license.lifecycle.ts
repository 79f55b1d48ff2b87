// Suspending, revoking and archiving a license. Facts may lie in the future; none begins in the past.
// What is asked again and changes nothing succeeds without an event (licensing.md §2.1).
import { instantInputSchema, textSchema } from '#kernel/fields.js';
import { z } from 'zod';
import type { LicenseFacts } from './license-facts.js';
import { isRevokedAt, isSuspendedAt, seatsAt } from './license-status.js';
import { holderOf, notPast, standing, unrevoked, type License, type Rules } from './license-state.js';
import { licenseErrors } from './license.errors.js';

const reason = textSchema.nullable().default(null);

export const lifecycleCommands = {
  suspend: z.strictObject({ reason, from: instantInputSchema.optional(), until: instantInputSchema.nullable().default(null) }),
  resume: z.strictObject({ reason, at: instantInputSchema.optional() }),
  revoke: z.strictObject({ reason, from: instantInputSchema.optional() }),
  undoRevocation: z.strictObject({ reason }),
  archive: z.strictObject({ reason }),
  revealKey: z.strictObject({ reason }),
};

type Suspension = NonNullable<LicenseFacts['suspension']>;

/** Whether a suspension is in force or still to come. */
function isSuspensionAhead({ facts }: License, now: string): boolean {
  return facts.suspension !== null && (facts.suspension.until === null || facts.suspension.until > now);
}

/**
 * Whether a suspension that is to come goes on where the one in force would have ended: that one is never
 * lifted or shortened by it. @throws `license.suspension-in-force` where there would be a gap between both.
 */
function prolongs(coming: Suspension, inForce: Suspension): boolean {
  if (inForce.until === null) return false;
  if (coming.from > inForce.until)
    licenseErrors.refuse('license.suspension-in-force', undefined, { from: inForce.from, until: inForce.until });
  return coming.until === null || coming.until > inForce.until;
}

export const lifecycleRules: Rules<typeof lifecycleCommands> = {
  suspend: ({ reason, from: asked, until }, state, { now }) => {
    const license = unrevoked(state, now);
    const { suspension } = license.facts;
    const inForce = isSuspendedAt(license.facts, now) ? suspension : null;
    const begins = inForce && asked === inForce.from ? now : notPast(asked, now);
    if (until !== null && until <= begins) licenseErrors.refuse('license.empty-span');
    if (inForce && begins > now && !prolongs({ from: begins, until }, inForce)) return [];
    // One that is in force goes on from where it began.
    const from = inForce?.from ?? begins;
    if (suspension?.from === from && suspension.until === until) return [];
    return { type: 'LicenseSuspended', data: { holder: holderOf(license.facts), reason, from, until } };
  },

  resume: ({ reason, at: asked }, state, { now }) => {
    const license = unrevoked(state, now);
    if (!isSuspensionAhead(license, now)) return [];
    const at = notPast(asked, now);
    const { until } = license.facts.suspension!;
    if (until !== null && until <= at) return [];
    return { type: 'LicenseResumed', data: { holder: holderOf(license.facts), reason, at } };
  },

  revoke: ({ reason, from: asked }, state, { now }) => {
    const license = standing(state);
    if (isRevokedAt(license.facts, now)) return [];
    const from = notPast(asked, now);
    if (license.facts.revokedFrom === from) return [];
    const ended = from <= now ? license.facts.used : 0;
    return { type: 'LicenseRevoked', data: { holder: holderOf(license.facts), reason, from, ended } };
  },

  undoRevocation: ({ reason }, state, { now }) => {
    const license = standing(state);
    if (license.facts.revokedFrom === null) return [];
    const wasInForce = isRevokedAt(license.facts, now);
    const ended = wasInForce ? license.facts.used : 0;
    return { type: 'LicenseRevocationUndone', data: { holder: holderOf(license.facts), reason, wasInForce, ended } };
  },

  archive: ({ reason }, state, { now }) => {
    if (state?.facts.archivedAt) return [];
    const license = standing(state);
    return {
      type: 'LicenseArchived',
      data: { holder: holderOf(license.facts), reason, ended: seatsAt(license.facts, now).used },
    };
  },

  revealKey: ({ reason }, state) => {
    if (!state) return licenseErrors.refuse('license.not-found');
    return { type: 'LicenseKeyRevealed', data: { holder: holderOf(state.facts), reason } };
  },
};
