// Devices and the seats of a license (licensing.md §2.4). The license's own stream is the boundary: what is
// decided here is appended under the revision that it was decided on, so seats are never oversold.
import { nameSchema, textSchema, instantInputSchema } from '#kernel/fields.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { addPeriod } from '#kernel/periods.js';
import { z } from 'zod';
import { causeSchema, componentsSchema, fingerprintSchema, platformSchema, publicKeySchema } from './activation.events.js';
import {
  checkNewDevice,
  checkNotBlocked,
  checkNotOverAllocated,
  checkReleasable,
  checkSeatFree,
  checkUsable,
} from './activation-checks.js';
import { isBlockInForce } from './device-block.js';
import type { LicenseFacts } from './license-facts.js';
import { holderOf, standing, type License, type LicenseContext, type Rules } from './license-state.js';
import { isBlockedAt, seatsAt } from './license-status.js';
import { licenseErrors } from './license.errors.js';
import { seatById, seatOf, type Seat } from './seats.js';

/** What a device says of itself; the door has replaced the raw values by keyed hashes. */
const deviceSchema = z.strictObject({
  fingerprint: fingerprintSchema,
  name: nameSchema.nullable().default(null),
  platform: platformSchema.nullable().default(null),
  components: componentsSchema.nullable().default(null),
  publicKey: publicKeySchema.nullable().default(null),
});

/** Who asks; set by the door. A vendor's own releases are not counted and not held up. */
const asker = { cause: causeSchema.default('vendor') };
/** Where others' activations are not his to release, none of them is offered to him. */
const seatTaker = { ...asker, onlyOf: idSchema.optional() };
const BLOCKED = 1000;

export const activationCommands = {
  activate: deviceSchema.extend(seatTaker),
  deactivate: z.strictObject({ activationId: idSchema, ...asker }),
  replace: deviceSchema.extend({ activationId: idSchema, ...seatTaker }),
  nameActivation: z.strictObject({ activationId: idSchema, name: nameSchema.nullable() }),
  blockDevice: z.strictObject({
    fingerprint: fingerprintSchema,
    reason: textSchema.nullable().default(null),
    until: instantInputSchema.nullable().default(null),
  }),
  unblockDevice: z.strictObject({ fingerprint: fingerprintSchema }),
};

/** What an event says of a new device, and by whose right it came. */
function deviceOf(command: z.output<typeof deviceSchema>, license: License, { actor, commandId }: LicenseContext) {
  const { fingerprint, name, platform, components, publicKey } = command;
  const [kind, id] = actor.split(':');
  return {
    activationId: deriveId(commandId, 'activation'),
    holder: holderOf(license.facts),
    fingerprint,
    deviceName: name,
    platform,
    components,
    publicKey,
    by: kind === 'license' ? ('license-key' as const) : kind === 'user' ? ('user' as const) : ('token' as const),
    userId: kind === 'user' ? id! : null,
  };
}

/** What the first activation sets, where the terms wait for it. */
function started({ awaitsActivation, terms, expiresAt, maintenanceEndsAt }: LicenseFacts, now: string) {
  const { expiry, maintenance } = awaitsActivation;
  if (!expiry && !maintenance) return null;
  const after = (period: string | null) => period && addPeriod(now, period);
  return {
    expiresAt: expiry ? after(terms.duration) : expiresAt,
    maintenanceEndsAt: maintenance ? after(terms.maintenance) : maintenanceEndsAt,
  };
}

/** The live activation. @throws `activation.not-found`. */
function liveSeat(license: License, activationId: string, now: string): Seat {
  const live = seatsAt(license.facts, now).used > 0 ? seatById(license.seats, activationId) : undefined;
  return live ?? licenseErrors.refuse('activation.not-found');
}

export const activationRules: Rules<typeof activationCommands> = {
  activate: (command, state, ctx) => {
    ctx.check?.('standing');
    const license = standing(state);
    ctx.check?.('usable');
    checkUsable(license, ctx);
    ctx.check?.('device-not-blocked');
    checkNotBlocked(license, command.fingerprint, ctx);
    ctx.check?.('device-holds-seat');
    if (seatOf(license.seats, command.fingerprint)) return [];
    ctx.check?.('takes-new-devices');
    checkNewDevice(license, ctx.now);
    ctx.check?.('seat-free');
    checkSeatFree(license, command, ctx.now);
    ctx.check?.('starts-with-first-device');
    return { type: 'KeyActivated', data: { ...deviceOf(command, license, ctx), started: started(license.facts, ctx.now) } };
  },

  deactivate: ({ activationId, cause }, state, { now, check }) => {
    check?.('standing');
    const license = standing(state);
    check?.('holds-seat');
    const { fingerprint, activatedAt } = liveSeat(license, activationId, now);
    check?.('releasable');
    checkReleasable(license, activatedAt, cause, now);
    return { type: 'KeyDeactivated', data: { activationId, fingerprint, cause } };
  },

  replace: (command, state, ctx) => {
    const { activationId, fingerprint, cause } = command;
    const license = standing(state);
    checkUsable(license, ctx);
    checkNotBlocked(license, fingerprint, ctx);
    const ended = seatById(license.seats, activationId);
    const held = seatOf(license.seats, fingerprint);
    // The same device, or the same replacement asked for again.
    if (held && (!ended || held === ended)) return [];
    if (!ended) return licenseErrors.refuse('activation.not-found');
    if (held) licenseErrors.refuse('activation.already-active');
    checkNewDevice(license, ctx.now);
    checkNotOverAllocated(license, command, ctx.now);
    checkReleasable(license, ended.activatedAt, cause, ctx.now);
    const gone = { activationId, fingerprint: ended.fingerprint, cause };
    return { type: 'ActivationReplaced', data: { ended: gone, ...deviceOf(command, license, ctx) } };
  },

  nameActivation: ({ activationId, name }, state, { now }) => {
    const license = standing(state);
    const { fingerprint, deviceName } = liveSeat(license, activationId, now);
    if (deviceName === name) return [];
    return { type: 'ActivationNamed', data: { activationId, fingerprint, holder: holderOf(license.facts), deviceName: name } };
  },

  blockDevice: ({ fingerprint, reason, until }, state, { now }) => {
    const license = standing(state);
    if (until !== null && until <= now) licenseErrors.refuse('license.in-the-past');
    if (isBlockedAt(license.facts, fingerprint, now) && license.facts.blocked[fingerprint] === until) return [];
    if (Object.keys(license.facts.blocked).length >= BLOCKED && !(fingerprint in license.facts.blocked))
      licenseErrors.refuse('device.too-many-blocked');
    return { type: 'DeviceBlocked', data: { fingerprint, holder: holderOf(license.facts), reason, until } };
  },

  unblockDevice: ({ fingerprint }, state, { now, facts: known }) => {
    if (!isBlockedAt(standing(state).facts, fingerprint, now)) return [];
    if (isBlockInForce(known.deviceBlock?.state ?? null, now)) licenseErrors.refuse('device.blocked-everywhere');
    return { type: 'DeviceUnblocked', data: { fingerprint } };
  },
};
