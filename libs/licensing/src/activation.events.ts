// Facts of the devices of a license; they stand in the license's stream, which is the boundary of its seats.
import { event } from '#kernel/events.js';
import { instantSchema, nameSchema, sealed, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';

/** Keyed hash of what the device calls itself (purpose `fingerprint`); the raw value is nowhere. */
export const fingerprintSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a keyed hash of a fingerprint');

/** As programs write it: `linux/x64`, `windows-11`. */
export const platformSchema = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/+-]*$/, 'must be letters, digits, dots, slashes, plus signs, hyphens or underscores');
const componentNameSchema = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?$/, 'must be lower-case letters, digits or hyphens');
/** Parts of a device by the name of the part. */
export function componentsOf<T extends z.ZodType>(part: T) {
  return z.record(componentNameSchema, part).refine((all) => Object.keys(all).length <= 32, 'at most 32 components');
}
/** Their keyed hashes. */
export const componentsSchema = componentsOf(fingerprintSchema);
/** The device's public key: base64url of its raw bytes. */
export const publicKeySchema = z.string().regex(/^[A-Za-z0-9_-]{43,800}$/, 'must be base64url');

/** Who asked for a device to be released. Only `customer` and `device` count against the budget. */
export const causeSchema = z.enum(['customer', 'device', 'vendor']);
export type Cause = z.output<typeof causeSchema>;

const device = {
  fingerprint: fingerprintSchema,
  deviceName: sealed('holder', nameSchema.nullable()),
  platform: platformSchema.nullable(),
  components: componentsSchema.nullable(),
  publicKey: publicKeySchema.nullable(),
  /** Whose right was used: one made by license key belongs to nobody. */
  by: z.enum(['license-key', 'user', 'token']),
  userId: idSchema.nullable(),
};

/** Whose key seals what people typed: the organization of the license, or its contact where it has none. */
const holder = { holder: idSchema };
const ended = { fingerprint: fingerprintSchema, cause: causeSchema };

export const activationEvents = {
  KeyActivated: event({
    schema: 1,
    about: 'A device took a seat of a license.',
    data: z.strictObject({
      activationId: idSchema,
      ...holder,
      ...device,
      /** Where this first activation starts the license: what it has set. */
      started: z.strictObject({ expiresAt: instantSchema.nullable(), maintenanceEndsAt: instantSchema.nullable() }).nullable(),
    }),
  }),
  KeyDeactivated: event({
    schema: 1,
    about: 'A device gave its seat of a license back.',
    data: z.strictObject({ activationId: idSchema, ...ended }),
  }),
  ActivationReplaced: event({
    schema: 1,
    about: 'One device took the seat of another, in one step; it counts as one deactivation.',
    data: z.strictObject({
      ended: z.strictObject({ activationId: idSchema, ...ended }),
      activationId: idSchema,
      ...holder,
      ...device,
    }),
  }),
  ActivationNamed: event({
    schema: 1,
    about: 'A device of a license was given another name.',
    data: z.strictObject({
      activationId: idSchema,
      fingerprint: fingerprintSchema,
      ...holder,
      deviceName: sealed('holder', nameSchema.nullable()),
    }),
  }),
  DeviceBlocked: event({
    schema: 1,
    about: 'A device may not use a license, for a time or until the block is lifted; its seat is kept.',
    data: z.strictObject({
      fingerprint: fingerprintSchema,
      ...holder,
      reason: sealed('holder', textSchema.nullable()),
      until: instantSchema.nullable(),
    }),
  }),
  DeviceUnblocked: event({
    schema: 1,
    about: 'A device may use a license again.',
    data: z.strictObject({ fingerprint: fingerprintSchema }),
  }),
};
