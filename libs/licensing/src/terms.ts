// The terms of a license: what a policy version fixes, what a license pins when it is issued.
import { periodSchema } from '#kernel/periods.js';
import { z } from 'zod';

/** −1, and only −1, means unlimited; 0 means none (licensing.md §2.4, rule 8). Who uses it says of what. */
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
      .meta({ description: 'Stands before the first group; null = nothing.', examples: ['EDITOR'] })
      .default(null),
    groups: z
      .int()
      .min(2)
      .max(8)
      .meta({ description: 'Groups of symbols, with hyphens between them.', examples: [5] })
      .default(5),
    groupLength: z
      .int()
      .min(4)
      .max(8)
      .meta({ description: 'Symbols of a group; the last one of the key is a check character.', examples: [5] })
      .default(5),
  })
  .refine((format) => format.groups * format.groupLength >= 20, 'a key needs at least 20 symbols')
  .meta({ description: 'How keys look; all groups together have at least 20 symbols.' });

export const deactivationTermsSchema = z.strictObject({
  allowed: limitSchema
    .meta({ description: 'Deactivations over the whole life of the license; −1 = unlimited, 0 = none.', examples: [10, -1] })
    .default(-1),
  window: z
    .strictObject({
      // At most as many as are remembered one by one (`license-facts.ts`), so that every window is exact.
      allowed: z
        .int()
        .min(0)
        .max(1000)
        .meta({ description: 'Deactivations in any period of this length.', examples: [2] }),
      period: periodSchema.meta({ description: 'How long a deactivation counts: an ISO 8601 duration.', examples: ['P30D'] }),
    })
    .nullable()
    .meta({ description: 'A further limit, on each sliding window of time; null = none.' })
    .default(null),
  minimumAge: periodSchema
    .nullable()
    .meta({
      description: 'How old an activation must be before it can be released: an ISO 8601 duration; null = any age.',
      examples: ['P7D'],
    })
    .default(null),
});

export const termsSchema = z.strictObject({
  activations: limitSchema
    .meta({ description: 'Devices that may hold a seat at the same time; −1 = unlimited, 0 = none.', examples: [3, -1] })
    .default(1),
  overAllocated: z
    .enum(['valid', 'invalid'])
    .meta({
      description: 'What a validation says while more devices are active than allowed, because the limit was lowered.',
      examples: ['valid'],
    })
    .default('valid'),
  deactivations: deactivationTermsSchema
    .meta({
      description: "How often seats may be released. Only what customers and devices ask for counts, never the vendor's own.",
    })
    .prefault({}),
  duration: periodSchema
    .nullable()
    .meta({ description: 'How long the license runs: an ISO 8601 duration; null = for ever.', examples: ['P1Y'] })
    .default(null),
  starts: z
    .enum(['issue', 'first-activation'])
    .meta({
      description: 'What starts the duration and the maintenance: that the license is effective, or its first activation.',
      examples: ['issue'],
    })
    .default('issue'),
  expiryStrategy: z
    .enum(['restrict', 'revoke', 'maintain', 'allow'])
    .meta({
      description:
        'What an expired license still may, once its grace is over. `restrict`: nothing, it is invalid. `revoke`: nothing, and its key opens nothing either. `maintain`: it is valid, with releases up to its expiry. `allow`: it is valid, with all releases.',
      examples: ['restrict'],
    })
    .default('restrict'),
  grace: periodSchema
    .nullable()
    .meta({
      description: 'How long after its expiry a license still validates, flagged: an ISO 8601 duration; null = not at all.',
      examples: ['P14D'],
    })
    .default(null),
  activateInGrace: z
    .boolean()
    .meta({ description: 'Whether a license in its grace takes new devices.', examples: [false] })
    .default(false),
  expiringSoon: periodSchema
    .meta({
      description: 'From when before its expiry a license counts as expiring soon: an ISO 8601 duration.',
      examples: ['P30D'],
    })
    .default('P30D'),
  maintenance: periodSchema
    .nullable()
    .meta({ description: 'How long updates are included: an ISO 8601 duration; null = for ever.', examples: ['P1Y'] })
    .default(null),
  entitlements: entitlementsSchema
    .meta({
      description: 'What the license includes, by code; each value is a truth, a number or a text. False = not included.',
      examples: [{ export: true, projects: 5, tier: 'pro' }],
    })
    .default({}),
  keyFormat: keyFormatSchema.prefault({}),
});

export type Terms = z.output<typeof termsSchema>;
export type KeyFormat = Terms['keyFormat'];
