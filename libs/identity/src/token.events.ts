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
  UserTokenCreated: event({
    schema: 1,
    about: 'A user made an API token that acts as himself, with some of his rights as they are at each request.',
    data: z.strictObject({
      tokenId: idSchema,
      tenant: tenantSlugSchema,
      userId: idSchema,
      name: sealed('userId', nameSchema),
      hash: secret(secretHashSchema),
      /** Of what he may do, this; never more than he may. */
      permissions: z.array(z.string()).min(1),
      expiresAt: instantSchema,
    }),
  }),
  ApiTokenRevoked: event({
    schema: 1,
    about: 'An API token was revoked: it opens nothing any more.',
    data: z.strictObject({ tokenId: idSchema, hash: secret(secretHashSchema) }),
  }),
});
