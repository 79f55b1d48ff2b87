// What a vendor sells.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema, sealed, textSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';

/** How programs and people name a product or a policy in short; never changes. */
export const codeSchema = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/,
    'must be lower-case letters, digits, dots, hyphens or underscores, with a letter or digit at both ends',
  );

/** Operating systems and the like that a product runs on; each once; none means that it does not matter. */
export const platformsSchema = z
  .array(codeSchema)
  .max(50)
  .refine((all) => new Set(all).size === all.length, 'must name each platform once');

const description = textSchema.nullable();

/** Why something was retired. `tenant`: whose key seals the reason; null in events of schema 1, which did not seal it. */
export const retiredSchema = z.strictObject({
  tenant: tenantSlugSchema.nullable(),
  reason: sealed('tenant', textSchema.nullable()),
});

/** From schema 1 to 2. */
export function retiredUnsealed(old: Record<string, unknown>): Record<string, unknown> {
  return { ...old, tenant: null };
}

export const productEvents = defineEvents({
  ProductAdded: event({
    schema: 1,
    about: 'A product was added.',
    data: z.strictObject({ productId: idSchema, name: nameSchema, code: codeSchema, description, platforms: platformsSchema }),
    claims: ({ code }) => [{ kind: 'product-code', value: code }],
  }),
  ProductRenamed: event({
    schema: 1,
    about: 'A product got another name.',
    data: z.strictObject({ name: nameSchema }),
  }),
  ProductDescribed: event({
    schema: 1,
    about: 'The description of a product, or its list of platforms, was changed.',
    data: z.strictObject({ description, platforms: platformsSchema }),
  }),
  ProductRetired: event({
    schema: 2,
    about: 'A product was retired: no new policies and licenses; those that it has stay as they are.',
    data: retiredSchema,
    upcasts: { 1: retiredUnsealed },
  }),
  ProductReinstated: event({
    schema: 1,
    about: 'A retired product was taken up again.',
    data: z.strictObject({}),
  }),
});
