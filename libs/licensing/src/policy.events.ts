// Templates of licenses. A revision is a new version beside the old ones: a license pins the one that it was
// issued under, and moves to another only by being migrated.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { codeSchema, retiredSchema, retiredUnsealed } from './product.events.js';
import { termDifferenceSchema } from './terms-change.js';
import { termsSchema } from './terms.js';

/** The number of a policy's version; the first is 1. */
export const policyVersionSchema = z.int().min(1).max(1_000_000);

export const policyEvents = defineEvents({
  PolicyAdded: event({
    schema: 1,
    about: 'A policy was added to a product, with the terms of its first version.',
    data: z.strictObject({
      policyId: idSchema,
      productId: idSchema,
      name: nameSchema,
      code: codeSchema,
      version: z.literal(1),
      terms: termsSchema,
    }),
    claims: ({ productId, code }) => [{ kind: 'policy-code', value: `${productId}/${code}` }],
  }),
  PolicyRevised: event({
    schema: 1,
    about: 'A policy got a new version with other terms; licenses that exist keep theirs.',
    data: z.strictObject({ version: policyVersionSchema, terms: termsSchema, changes: z.array(termDifferenceSchema).min(1) }),
  }),
  PolicyRenamed: event({
    schema: 1,
    about: 'A policy got another name.',
    data: z.strictObject({ name: nameSchema }),
  }),
  PolicyRetired: event({
    schema: 2,
    about: 'A policy was retired: no new licenses under it; those that exist stay as they are.',
    data: retiredSchema,
    upcasts: { 1: retiredUnsealed },
  }),
  PolicyReinstated: event({
    schema: 1,
    about: 'A retired policy was taken up again.',
    data: z.strictObject({}),
  }),
});
