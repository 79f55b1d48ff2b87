// PORT: what other contexts know of a person, for himself to take away.
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { placeSchema } from '#organizations/organization.events.js';
import { z } from 'zod';

export const ownThingsSchema = z.strictObject({
  contact: z.strictObject({
    id: idSchema,
    name: z.string(),
    email: z.string(),
    accountNumber: z.string().nullable(),
    addedAt: instantSchema,
    changedAt: instantSchema,
  }),
  memberships: z.array(
    z.strictObject({
      organizationId: idSchema,
      name: z.string().nullable(),
      place: placeSchema.nullable(),
      roles: z.array(z.string()),
    }),
  ),
  groups: z.array(z.strictObject({ id: idSchema, organizationId: idSchema, name: z.string().nullable() })),
  licenses: z
    .array(
      z.strictObject({
        id: idSchema,
        name: z.string().nullable(),
        maskedKey: z.string(),
        productId: idSchema,
        organizationId: idSchema.nullable(),
        issuedAt: instantSchema,
        expiresAt: instantSchema.nullable(),
      }),
    )
    .meta({ description: 'Those that are his own.' }),
  activations: z
    .array(
      z.strictObject({
        id: idSchema,
        licenseId: idSchema,
        deviceName: z.string().nullable(),
        platform: z.string().nullable(),
        activatedAt: instantSchema,
      }),
    )
    .meta({ description: 'Devices on his own licenses, and those that he activated on others.' }),
});
export type OwnThings = z.output<typeof ownThingsSchema>;

/** Where groups are to be named: those that he is in. */
export interface OfGroups {
  readonly id: string;
  readonly organizationId: string;
}

export abstract class OwnThingsReads {
  /** All of it, as of the context's position. */
  abstract of(reads: Reads, ctx: RequestContext, contactId: string, groups: readonly OfGroups[]): Promise<OwnThings>;
}
