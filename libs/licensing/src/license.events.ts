// Facts of a license itself. What happens to its devices: `activation.events.ts`; both stand in its stream.
import { defineEvents, event } from '#kernel/events.js';
import { instantSchema, nameSchema, sealed, secret, textSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { periodSchema } from '#kernel/periods.js';
import { z } from 'zod';
import { activationEvents } from './activation.events.js';
import { limitOverridesSchema, metadataSchema } from './license-fields.js';
import { termsSchema } from './terms.js';

/** HMAC-SHA-256, base64url. */
export const keyedHashSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a keyed hash');

/** A key of which only the last group can be read. */
export const maskedKeySchema = z.string().regex(/^[•-]+-[0-9A-Z]+$/, 'must be a masked key');

/** Of `holder`: the organization of the license, or its contact where it has none; its key seals what people typed. */
const reason = { holder: idSchema, reason: sealed('holder', textSchema.nullable()) };
const validity = {
  expiresAt: instantSchema.nullable(),
  maintenanceEndsAt: instantSchema.nullable(),
};
/** Which ends the first activation is still to set; an end that is null and not awaited is never. */
const awaitsActivation = z.strictObject({ expiry: z.boolean(), maintenance: z.boolean() });

export const licenseEvents = defineEvents({
  ...activationEvents,
  LicenseIssued: event({
    schema: 1,
    about: 'A license was issued, with the terms of a policy version pinned to it.',
    data: z.strictObject({
      licenseId: idSchema,
      productId: idSchema,
      policyId: idSchema,
      policyVersion: z.int().min(1),
      terms: termsSchema,
      organizationId: idSchema.nullable(),
      contactId: idSchema.nullable(),
      holder: idSchema,
      name: sealed('holder', nameSchema.nullable()),
      metadata: sealed('holder', metadataSchema.nullable()),
      tenant: tenantSlugSchema,
      key: sealed('tenant', secret(z.string())),
      keyHash: secret(keyedHashSchema),
      maskedKey: maskedKeySchema,
      effectiveFrom: instantSchema,
      ...validity,
      awaitsActivation,
    }),
    claims: ({ keyHash }) => [{ kind: 'license-key', value: keyHash }],
  }),
  LicenseSuspended: event({
    schema: 1,
    about: 'A license was suspended from an instant on, for a time or until it is resumed; its activations are kept.',
    data: z.strictObject({ ...reason, from: instantSchema, until: instantSchema.nullable() }),
  }),
  LicenseResumed: event({
    schema: 1,
    about: 'The suspension of a license ends at an instant.',
    data: z.strictObject({ ...reason, at: instantSchema }),
  }),
  LicenseRevoked: event({
    schema: 1,
    about: 'A license was revoked from an instant on; from then on all its activations have ended.',
    data: z.strictObject({ ...reason, from: instantSchema, ended: z.int().min(0) }),
  }),
  LicenseRevocationUndone: event({
    schema: 1,
    about: 'A revocation was taken back; where it was in force, the license starts again without activations.',
    data: z.strictObject({ ...reason, wasInForce: z.boolean(), ended: z.int().min(0) }),
  }),
  LicenseRenewed: event({
    schema: 1,
    about: 'A license was renewed by a period, counted from its expiry or from the renewal.',
    data: z.strictObject({ from: instantSchema, period: periodSchema, ...validity }),
  }),
  LicenseExpirySet: event({
    schema: 1,
    about: 'The end of a license, or of its maintenance, was set to an instant or lifted.',
    data: z.strictObject({ ...reason, ...validity, awaitsActivation }),
  }),
  LicenseOwnerChanged: event({
    schema: 1,
    about: 'A license has another organization or contact as its owner.',
    data: z.strictObject({ ...reason, organizationId: idSchema.nullable(), contactId: idSchema.nullable() }),
  }),
  LicenseLimitsOverridden: event({
    schema: 1,
    about: 'Limits of a license differ from its terms from an instant on; null = as the terms say again.',
    data: z.strictObject({ ...reason, effectiveAt: instantSchema, overrides: limitOverridesSchema }),
  }),
  LicenseMigrated: event({
    schema: 1,
    about: 'A license was moved to another version of its policy and has pinned its terms.',
    data: z.strictObject({ policyVersion: z.int().min(1), terms: termsSchema, ...validity, awaitsActivation }),
  }),
  LicenseArchived: event({
    schema: 1,
    about: 'A license was archived; all its activations have ended.',
    data: z.strictObject({ ...reason, ended: z.int().min(0) }),
  }),
  LicenseKeyRevealed: event({
    schema: 1,
    about: 'Somebody was shown the whole key of a license.',
    data: z.strictObject(reason),
  }),
});

export type LicenseEvents = typeof licenseEvents;
