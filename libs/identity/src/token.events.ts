// Facts of an API token. Its secret is known to nobody but its holder: events carry a hash of it.
import { defineEvents, event } from '#kernel/events.js';
import { instantSchema, nameSchema, sealed, secret } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { grantSchema } from './rights.js';
import { z } from 'zod';

/** SHA-256 (FIPS 180-4) of a token's secret, base64url. */
export const secretHashSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const tokenEvents = defineEvents({
  ApiTokenCreated: event({
    schema: 1,
    about: 'An API token was created; its secret was shown once.',
    data: z.strictObject({
      tokenId: idSchema,
      tenant: tenantSlugSchema,
      /** People name tokens after people. */
      name: sealed('tenant', nameSchema),
      hash: secret(secretHashSchema),
      /** A role, whose rights the token always has … */
      role: z.string().nullable(),
      /** … or rights of its own; one of the two is null. */
      grants: z.array(grantSchema).nullable(),
      /** The organization that it is bound to. */
      organizationId: idSchema.nullable(),
      expiresAt: instantSchema.nullable(),
    }),
  }),
  ApiTokenRevoked: event({
    schema: 1,
    about: 'An API token was revoked: it opens nothing any more.',
    data: z.strictObject({ tokenId: idSchema, hash: secret(secretHashSchema) }),
  }),
});
