// What stands in the way of a device: the license, its owner, its seats, the budget of deactivations.
import type { Cause } from './activation.events.js';
import { isBlockInForce } from './device-block.js';
import type { License, LicenseContext } from './license-state.js';
import { isBlockedAt, releasableFrom, releaseBudgetAt, seatsAt, statusAt } from './license-status.js';
import { licenseErrors } from './license.errors.js';
import { oldestSeats } from './seats.js';

/** How many activations a refusal offers for release. */
const OFFERED = 100;

/** Who asks: in whose name, and of whom alone the activations are his to release; of everybody unless said. */
export interface Asker {
  readonly cause: Cause;
  readonly onlyOf?: string | undefined;
}

/** The license gives no device anything at `now`. @throws the refusal that names why. */
export function checkUsable({ facts }: License, { now, facts: known }: LicenseContext): void {
  const status = statusAt(facts, now);
  if (status === 'revoked') licenseErrors.refuse('license.revoked');
  const suspendedBy =
    status === 'suspended'
      ? 'license'
      : known.organization?.state.suspended
        ? 'organization'
        : known.contact?.state.suspended
          ? 'contact'
          : null;
  if (suspendedBy) licenseErrors.refuse('license.suspended', `The ${suspendedBy} is suspended.`, { suspendedBy });
  if (status === 'not-yet-effective')
    licenseErrors.refuse('license.not-yet-effective', undefined, { effectiveFrom: facts.effectiveFrom });
  if (status === 'expired') licenseErrors.refuse('license.expired', undefined, { expiresAt: facts.expiresAt });
}

/** Neither from this license nor from all of them. @throws `device.blocked` */
export function checkNotBlocked({ facts }: License, fingerprint: string, { now, facts: known }: LicenseContext): void {
  const everywhere = isBlockInForce(known.deviceBlock?.state ?? null, now);
  if (everywhere || isBlockedAt(facts, fingerprint, now)) licenseErrors.refuse('device.blocked');
}

/** @throws `license.in-grace` */
export function checkNewDevice({ facts }: License, now: string): void {
  if (facts.terms.activateInGrace || statusAt(facts, now) !== 'grace') return;
  licenseErrors.refuse('license.in-grace', undefined, { expiresAt: facts.expiresAt });
}

/** Whether the asker may release at all now, and an activation of this age. @throws the refusal that names why not. */
export function checkReleasable({ facts }: License, activatedAt: string, cause: Cause, now: string): void {
  if (cause === 'vendor') return;
  const { exhausted } = releaseBudgetAt(facts, now);
  if (exhausted) licenseErrors.refuse('license.deactivation-limit-reached', undefined, { ...exhausted });
  const resetsAt = releasableFrom(facts, activatedAt, now);
  if (resetsAt > now) licenseErrors.refuse('activation.too-young', `It can be released from ${resetsAt} on.`, { resetsAt });
}

/** @throws `license.activation-limit-reached` */
export function checkSeatFree(license: License, asker: Asker, now: string): void {
  const { used, allowed } = seatsAt(license.facts, now);
  if (allowed >= 0 && used >= allowed) refuseSeat(license, asker, now);
}

/** For a device that comes in another's place: lowered limits let in no further device. @throws `license.activation-limit-reached` */
export function checkNotOverAllocated(license: License, asker: Asker, now: string): void {
  if (seatsAt(license.facts, now).overAllocated) refuseSeat(license, asker, now);
}

/** Says what could be released to make room, and when more could. */
function refuseSeat(license: License, asker: Asker, now: string): never {
  const { used, allowed } = seatsAt(license.facts, now);
  const detail = `${used} of ${allowed} seats are taken.`;
  return licenseErrors.refuse('license.activation-limit-reached', detail, { allowed, used, ...wayOut(license, asker, now) });
}

/** The activations that the asker could release now, oldest first; else from when on there is one. */
function wayOut({ facts, seats }: License, { cause, onlyOf }: Asker, now: string) {
  const exhausted = cause === 'vendor' ? null : releaseBudgetAt(facts, now).exhausted;
  if (exhausted) return { resetsAt: exhausted.resetsAt, releasable: [] };
  const oldEnough = (activatedAt: string) => cause === 'vendor' || releasableFrom(facts, activatedAt, now) <= now;
  const oldestFirst = oldestSeats(seats, OFFERED, onlyOf);
  const releasable = oldestFirst
    .filter(({ activatedAt }) => oldEnough(activatedAt))
    .map(({ activationId: id, deviceName: name, activatedAt }) => ({ id, name, activatedAt }));
  const [oldest] = oldestFirst;
  return { resetsAt: releasable.length > 0 || !oldest ? null : releasableFrom(facts, oldest.activatedAt, now), releasable };
}
