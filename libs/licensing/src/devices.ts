// What a device says of itself, and how the doors turn it into keyed hashes: raw fingerprints are never stored.
import type { Keyring } from '#event-store/keyring.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { componentsOf, fingerprintSchema, platformSchema, publicKeySchema } from './activation.events.js';

const rawSchema = z
  .string()
  .max(512)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII');

/** As the device computes it; the same device must always say the same. */
export const rawFingerprintSchema = rawSchema
  .min(4)
  .meta({ description: 'What the device calls itself, always the same; only a keyed hash of it is kept.' });

export const deviceBodySchema = z.strictObject({
  fingerprint: rawFingerprintSchema,
  name: nameSchema.nullable().default(null),
  platform: platformSchema.nullable().default(null),
  /** Parts of the device by name, each with its own raw value. */
  components: componentsOf(rawSchema).nullable().default(null),
  publicKey: publicKeySchema.nullable().default(null),
});
export type DeviceBody = z.output<typeof deviceBodySchema>;

/** For the reference. */
export const EXAMPLE_DEVICE = {
  fingerprint: '4c4c4544-0042-3510-8052-b4c04f4a3732',
  name: 'Office laptop',
  platform: 'linux/x64',
};

/** A device by what it calls itself, or by the keyed hash that activations show. */
export const deviceReferenceSchema = {
  fingerprint: rawFingerprintSchema.optional(),
  device: fingerprintSchema.optional(),
};

export function hashFingerprint(keyring: Keyring, tenant: string, fingerprint: string): Promise<string> {
  return keyring.hash(tenant, 'fingerprint', fingerprint);
}

/** The device in the form that rules take. */
export async function hashedDevice(keyring: Keyring, tenant: string, { components, fingerprint, ...device }: DeviceBody) {
  const hashed: Record<string, string> = {};
  for (const [name, value] of Object.entries(components ?? {})) hashed[name] = await keyring.hash(tenant, 'component', value);
  return { ...device, fingerprint: await hashFingerprint(keyring, tenant, fingerprint), components: components && hashed };
}
