// The terms of a license: what a policy version fixes, what a license pins when it is issued.
import { periodSchema } from '#kernel/periods.js';
import { z } from 'zod';

/** −1, and only −1, means unlimited; 0 means none (licensing.md §2.4, rule 8). */
export const limitSchema = z.int().min(-1).max(1_000_000);

/** Begins with a letter: a name that reads as a number would not keep its place in canonical JSON. */
export const entitlementCodeSchema = z
  .string()
  .regex(/^[a-z](?:[a-z0-9.-]{0,62}[a-z0-9])?$/, 'must be lower-case letters, digits, dots or hyphens, starting with a letter');

const MOST_ENTITLEMENTS = 200;
/** Of their JSON in UTF-8, so that terms and a list of their changes fit into one event. */
const MOST_BYTES = 16_384;

const entitlementValueSchema = z.union([
  z.boolean(),
  z.number(),
  z
    .string()
    .max(500)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters'),
]);

/** What a license includes, by code; each value keeps its type. Read it with `Object.hasOwn`: the codes are people's. */
export const entitlementsSchema = z
  .record(entitlementCodeSchema, entitlementValueSchema)
  .refine((all) => Object.keys(all).length <= MOST_ENTITLEMENTS, `at most ${MOST_ENTITLEMENTS} entitlements`)
  .refine(
    (all) => new TextEncoder().encode(JSON.stringify(all)).length <= MOST_BYTES,
    `at most ${MOST_BYTES} bytes of entitlements`,
  );

/** Groups of symbols with hyphens between them; the last symbol is a check character. At least 20 symbols: 95 random bits. */
export const keyFormatSchema = z
  .strictObject({
    prefix: z
      .string()
      .regex(/^[A-Z0-9]{1,8}$/)
      .nullable()
      .default(null),
    groups: z.int().min(2).max(8).default(5),
    groupLength: z.int().min(4).max(8).default(5),
  })
  .refine((format) => format.groups * format.groupLength >= 20, 'a key needs at least 20 symbols');

export const deactivationTermsSchema = z.strictObject({
  /** Over the whole life of the license. */
  allowed: limitSchema.default(-1),
  /** In any period of this length. */
  window: z
    // At most as many as are remembered one by one (`license-facts.ts`), so that every window is exact.
    .strictObject({ allowed: z.int().min(0).max(1000), period: periodSchema })
    .nullable()
    .default(null),
  /** How old an activation must be before a customer may release it. */
  minimumAge: periodSchema.nullable().default(null),
});

export const termsSchema = z.strictObject({
  /** Devices that may hold a seat at the same time. */
  activations: limitSchema.default(1),
  /** What a validation says while more devices are active than allowed (the limit was lowered). */
  overAllocated: z.enum(['valid', 'invalid']).default('valid'),
  /** Only those that a customer or a device asks for are counted. */
  deactivations: deactivationTermsSchema.prefault({}),
  /** How long the license runs; null = for ever. */
  duration: periodSchema.nullable().default(null),
  /** What starts the duration and the maintenance. */
  starts: z.enum(['issue', 'first-activation']).default('issue'),
  /** What an expired license still may: nothing; nothing at all, not even log in by key; old releases; everything. */
  expiryStrategy: z.enum(['restrict', 'revoke', 'maintain', 'allow']).default('restrict'),
  /** How long after its expiry a license still validates, flagged. */
  grace: periodSchema.nullable().default(null),
  activateInGrace: z.boolean().default(false),
  /** From when before its expiry a license counts as expiring soon. */
  expiringSoon: periodSchema.default('P30D'),
  /** How long updates are included; null = for ever. */
  maintenance: periodSchema.nullable().default(null),
  entitlements: entitlementsSchema.default({}),
  keyFormat: keyFormatSchema.prefault({}),
});

export type Terms = z.output<typeof termsSchema>;
export type KeyFormat = Terms['keyFormat'];
