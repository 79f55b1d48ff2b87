// What callers are shown of a license: facts of its document, what follows from them at an instant, and names.
import { allowedSchema } from '#http/allowed.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { fingerprintSchema, platformSchema, publicKeySchema } from './activation.events.js';
import type { ActivationDoc } from './activation.view.js';
import { accessSchema } from './license-access.js';
import { metadataSchema } from './license-fields.js';
import { maskedKeySchema } from './license.events.js';
import { expiringSoonFrom, graceEndsAt, isSuspendedAt, LICENSE_STATUSES, limitsAt, statusAt } from './license-status.js';
import { seatsAndBudgetAt } from './license-shown.js';
import type { LicenseDoc } from './license.view.js';
import type { OwnerDoc } from './owner.view.js';
import { entitlementsSchema, termsSchema } from './terms.js';

const namedSchema = z.strictObject({ id: idSchema, name: z.string().nullable() });
const atOrNull = instantSchema.nullable();
const countSchema = z.int().min(0);

const seatsSchema = z
  .strictObject({ allowed: z.int(), used: countSchema, overAllocated: z.boolean() })
  .meta({ description: 'Devices that hold a seat, and how many may; −1 = unlimited.' });
const budgetSchema = z
  .strictObject({
    allowed: z.int(),
    used: countSchema,
    window: z.strictObject({ allowed: countSchema, used: countSchema, period: z.string() }).nullable(),
    exhausted: z.boolean(),
    resetsAt: atOrNull,
  })
  .meta({
    description: 'Deactivations by customers and devices: over the life of the license, and in its window; −1 = unlimited.',
  });

/** What a device sees of its license, too. */
const core = {
  id: idSchema,
  name: z.string().nullable(),
  maskedKey: maskedKeySchema,
  product: namedSchema,
  status: z.enum(LICENSE_STATUSES).meta({ description: "The license's own status at the instant of the request." }),
  suspendedBy: z
    .enum(['license', 'organization', 'contact'])
    .nullable()
    .meta({ description: 'Whose suspension stops the license.' }),
  effectiveFrom: instantSchema,
  expiresAt: atOrNull,
  graceEndsAt: atOrNull,
  maintenanceEndsAt: atOrNull,
  activations: seatsSchema,
  deactivations: budgetSchema,
  revision: z.int().min(0),
};

export const deviceLicenseSchema = z.strictObject({ ...core, entitlements: entitlementsSchema }).meta({ id: 'DeviceLicense' });

export const licenseItemSchema = z
  .strictObject({
    ...core,
    policy: z.strictObject({ id: idSchema, version: z.int().min(1) }),
    organization: namedSchema.nullable(),
    contact: namedSchema.nullable(),
    issuedAt: instantSchema,
    changedAt: instantSchema,
  })
  .meta({ id: 'License' });

export const activationItemSchema = z
  .strictObject({
    id: idSchema,
    /** Keyed hash of the fingerprint. */
    device: fingerprintSchema,
    name: z.string().nullable(),
    platform: platformSchema.nullable(),
    publicKey: publicKeySchema.nullable(),
    by: z.enum(['license-key', 'user', 'token']),
    userId: idSchema.nullable(),
    activatedAt: instantSchema,
  })
  .meta({ id: 'Activation' });

export const licenseDetailSchema = licenseItemSchema
  .extend({
    entitlements: entitlementsSchema,
    metadata: metadataSchema.nullable(),
    terms: termsSchema,
    firstActivatedAt: atOrNull,
    expiringSoonFrom: atOrNull,
    suspension: z.strictObject({ from: instantSchema, until: atOrNull }).nullable(),
    revokedFrom: atOrNull,
    archivedAt: atOrNull,
    scheduledLimits: z.array(z.strictObject({ effectiveAt: instantSchema, limits: z.record(z.string(), z.json()) })),
    devices: z
      .array(activationItemSchema)
      .meta({ description: 'The newest 25 that hold a seat; all of them: `/v1/licenses/{id}/activations`.' }),
    blockedDevices: z.array(z.strictObject({ device: z.string(), until: atOrNull })),
    access: accessSchema,
    allowed: allowedSchema,
  })
  .meta({ id: 'LicenseDetail' });

/** What is joined to licenses when they are shown: names and standings by id. */
export interface Joined {
  readonly products: ReadonlyMap<string, string>;
  readonly owners: ReadonlyMap<string, OwnerDoc>;
}

type SuspendedBy = z.output<typeof core.suspendedBy>;

function coreOf(doc: LicenseDoc, { products, owners }: Joined, t: string) {
  const { facts } = doc;
  const { activations, deactivations } = seatsAndBudgetAt(facts, t);
  const stopped = (id: string | null) => id !== null && owners.get(id)?.suspended === true;
  const suspendedBy: SuspendedBy = isSuspendedAt(facts, t)
    ? 'license'
    : stopped(facts.organizationId)
      ? 'organization'
      : stopped(facts.contactId)
        ? 'contact'
        : null;
  return {
    id: doc.id,
    name: doc.name,
    maskedKey: doc.maskedKey,
    product: { id: facts.productId, name: products.get(facts.productId) ?? null },
    status: statusAt(facts, t),
    suspendedBy,
    effectiveFrom: facts.effectiveFrom,
    expiresAt: facts.expiresAt,
    graceEndsAt: graceEndsAt(facts),
    maintenanceEndsAt: facts.maintenanceEndsAt,
    activations,
    deactivations,
    revision: doc.revision,
  };
}

export function deviceLicense(doc: LicenseDoc, joined: Joined, t: string): z.output<typeof deviceLicenseSchema> {
  return { ...coreOf(doc, joined, t), entitlements: limitsAt(doc.facts, t).entitlements };
}

/** Members in the order of the schema: lists send what is written of it (`license-shown.ts`). */
export function licenseItem(doc: LicenseDoc, joined: Joined, t: string): z.output<typeof licenseItemSchema> {
  const { policyId, policyVersion, organizationId, contactId } = doc.facts;
  const owner = (id: string | null) => (id === null ? null : { id, name: joined.owners.get(id)?.name ?? null });
  // Members are added one by one: spreading objects takes 10 µs of the 13 that an item would take.
  return Object.assign(coreOf(doc, joined, t), {
    policy: { id: policyId, version: policyVersion },
    organization: owner(organizationId),
    contact: owner(contactId),
    issuedAt: doc.issuedAt,
    changedAt: doc.changedAt,
  });
}

export function activationItem(doc: ActivationDoc): z.output<typeof activationItemSchema> {
  const { id, fingerprint, deviceName, platform, publicKey, by, userId, activatedAt } = doc;
  return { id, device: fingerprint, name: deviceName, platform, publicKey, by, userId, activatedAt };
}

type Detail = Omit<z.output<typeof licenseDetailSchema>, 'access' | 'allowed'>;

export function licenseDetail(doc: LicenseDoc, joined: Joined, devices: readonly ActivationDoc[], t: string): Detail {
  const { facts, metadata } = doc;
  const { terms, firstActivatedAt, suspension, revokedFrom, archivedAt } = facts;
  return {
    ...licenseItem(doc, joined, t),
    entitlements: limitsAt(facts, t).entitlements,
    ...{ metadata, terms, firstActivatedAt, suspension, revokedFrom, archivedAt },
    expiringSoonFrom: expiringSoonFrom(facts),
    scheduledLimits: facts.overrides.filter(({ effectiveAt }) => effectiveAt > t),
    devices: devices.map(activationItem),
    blockedDevices: Object.entries(facts.blocked)
      .filter(([, until]) => until === null || until > t)
      .map(([device, until]) => ({ device, until })),
  };
}
