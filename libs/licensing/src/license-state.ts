// What the rules of a license know of it, how its events lead there, and what the files of rules share.
import type { CommandTable, Deciding, Decision } from '#kernel/aggregate.js';
import type { EventMeta } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { issuedFacts, endsAllSeats, nextFacts, type LicenseFacts } from './license-facts.js';
import { isRevokedAt } from './license-status.js';
import type { z } from 'zod';
import { licenseErrors } from './license.errors.js';
import type { LicenseEvents } from './license.events.js';
import type { LicenseNeeds } from './owner.facts.js';
import { NO_SEATS, seatOf, withSeat, withoutSeat, type Seats } from './seats.js';

export interface License {
  readonly id: string;
  readonly facts: LicenseFacts;
  readonly key: string;
  readonly maskedKey: string;
  readonly name: string | null;
  readonly seats: Seats;
}

/** The rules for a table of commands; several of them make up the aggregate. */
export type Rules<C extends CommandTable> = {
  readonly [K in keyof C]: (
    command: z.output<C[K]>,
    state: License | null,
    ctx: Deciding<LicenseNeeds>,
  ) => Decision<LicenseEvents>;
};

export type LicenseContext = Deciding<LicenseNeeds>;

/** The license, as long as anything about it may change. @throws `license.not-found`, `license.archived`. */
export function standing(state: License | null): License {
  if (!state) return licenseErrors.refuse('license.not-found');
  if (state.facts.archivedAt !== null) licenseErrors.refuse('license.archived');
  return state;
}

/** As {@link standing}, and not revoked at `t`. */
export function unrevoked(state: License | null, t: string): License {
  const license = standing(state);
  if (isRevokedAt(license.facts, t)) licenseErrors.refuse('license.revoked');
  return license;
}

/** Whose key seals what people type about the license. */
export function holderOf({ organizationId, contactId }: Pick<LicenseFacts, 'organizationId' | 'contactId'>): string {
  return (organizationId ?? contactId)!;
}

/** The instant from which a fact holds: now unless said otherwise. @throws `license.in-the-past`. */
export function notPast(instant: string | undefined, now: string): string {
  if (instant !== undefined && instant < now) licenseErrors.refuse('license.in-the-past', `${instant} lies before ${now}.`);
  return instant ?? now;
}

type Evolve = {
  readonly [K in keyof LicenseEvents]: (state: License | null, data: DataOf<LicenseEvents, K>, meta: EventMeta) => License | null;
};
type Touch<K extends keyof LicenseEvents> = (
  license: License,
  data: DataOf<LicenseEvents, K>,
  meta: EventMeta,
) => Partial<License>;

/** Facts first, then what the rules keep beside them. */
function step<K extends keyof LicenseEvents>(type: K, touch: Touch<K> = () => ({})): Evolve[K] {
  const evolve = (license: License | null, data: DataOf<LicenseEvents, K>, meta: EventMeta) =>
    license && {
      ...license,
      facts: nextFacts(license.facts, type, data, meta),
      ...(endsAllSeats(type, data, meta) && { seats: NO_SEATS }),
      ...touch(license, data, meta),
    };
  return evolve as Evolve[K];
}

const seat = (
  {
    activationId,
    fingerprint,
    deviceName,
    userId,
  }: DataOf<LicenseEvents, 'KeyActivated'> | DataOf<LicenseEvents, 'ActivationReplaced'>,
  meta: EventMeta,
) => ({
  activationId,
  fingerprint,
  deviceName,
  userId,
  activatedAt: meta.occurredAt,
});

export const licenseEvolve: Evolve = {
  LicenseIssued: (_none, data) => {
    const { licenseId, key, maskedKey, name } = data;
    return { id: licenseId, facts: issuedFacts(data), key, maskedKey, name, seats: NO_SEATS };
  },
  LicenseSuspended: step('LicenseSuspended'),
  LicenseResumed: step('LicenseResumed'),
  LicenseRevoked: step('LicenseRevoked'),
  LicenseRevocationUndone: step('LicenseRevocationUndone'),
  LicenseRenewed: step('LicenseRenewed'),
  LicenseExpirySet: step('LicenseExpirySet'),
  LicenseOwnerChanged: step('LicenseOwnerChanged'),
  LicenseLimitsOverridden: step('LicenseLimitsOverridden'),
  LicenseMigrated: step('LicenseMigrated'),
  LicenseArchived: step('LicenseArchived'),
  LicenseKeyRevealed: step('LicenseKeyRevealed'),
  KeyActivated: step('KeyActivated', ({ seats }, data, meta) => ({ seats: withSeat(seats, seat(data, meta)) })),
  KeyDeactivated: step('KeyDeactivated', ({ seats }, { fingerprint }) => ({ seats: withoutSeat(seats, fingerprint) })),
  ActivationReplaced: step('ActivationReplaced', ({ seats }, data, meta) => ({
    seats: withSeat(withoutSeat(seats, data.ended.fingerprint), seat(data, meta)),
  })),
  ActivationNamed: step('ActivationNamed', ({ seats }, { fingerprint, deviceName }) => {
    const named = seatOf(seats, fingerprint);
    return named ? { seats: withSeat(seats, { ...named, deviceName }) } : {};
  }),
  DeviceBlocked: step('DeviceBlocked'),
  DeviceUnblocked: step('DeviceUnblocked'),
};
