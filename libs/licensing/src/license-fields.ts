// Shapes that the events, commands and documents of licenses share.
import { z } from 'zod';
import { deactivationTermsSchema, entitlementsSchema, limitSchema, termsSchema, type Terms } from './terms.js';

/** What a vendor's own systems keep beside a license: short texts by name. */
export const metadataSchema = z
  .record(z.string().regex(/^[A-Za-z](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/, 'must begin with a letter'), z.string().max(1000))
  .refine((all) => Object.keys(all).length <= 50, 'at most 50 members');

/** Limits of one license that differ from its terms. A member that is left out stays as it is; null = as the terms say. */
export const limitOverridesSchema = z
  .strictObject({
    activations: limitSchema
      .nullable()
      .optional()
      .meta({
        description: 'Devices that may hold a seat at the same time; −1 = unlimited, 0 = none, null = as the terms say.',
        examples: [5, -1, null],
      }),
    overAllocated: termsSchema.shape.overAllocated
      .unwrap()
      .nullable()
      .optional()
      .meta({
        description: 'What a validation says while more devices are active than allowed; null = as the terms say.',
        examples: ['invalid', null],
      }),
    deactivations: deactivationTermsSchema
      .nullable()
      .optional()
      .meta({ description: 'How often seats may be released, in the place of the terms as a whole; null = as the terms say.' }),
    entitlements: entitlementsSchema
      .nullable()
      .optional()
      .meta({
        description: 'Laid over the entitlements of the terms, code by code; null = as the terms say.',
        examples: [{ projects: 10 }, null],
      }),
  })
  .refine((overrides) => Object.keys(overrides).length > 0, 'must name at least one limit');
export type LimitOverrides = z.output<typeof limitOverridesSchema>;

/** The limits in force. */
export type Limits = Pick<Terms, 'activations' | 'overAllocated' | 'deactivations' | 'entitlements'>;
