// Facts of a way to log in by somebody else's account: Google, Microsoft Entra ID, Facebook, any OpenID provider.
import { defineEvents, event } from '#kernel/events.js';
import { nameSchema, sealed, secret } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';

export const PROVIDER_KINDS = ['google', 'entra', 'oidc', 'facebook'] as const;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const guarded = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
  return guarded && username === '' && password === '' && search === '' && hash === '';
}

/** The issuer identifier of an OpenID provider (OpenID Connect Core 1.0 §1.2); http on this very machine only. */
export const issuerSchema = z
  .string()
  .max(500)
  .refine(isIssuer, 'must be an https address without query, fragment or login, such as https://id.example.com');

/** The id of a directory of Microsoft Entra ID: its claim `tid`. */
export const directorySchema = z
  .guid()
  .toLowerCase()
  .meta({ description: 'The id of a directory (“tenant”) of Microsoft Entra ID.' });

/** What the provider calls this product: as it gave it out, without blanks. */
export const clientIdSchema = z.string().regex(/^[\x21-\x7e]{1,300}$/, 'must be 1 to 300 printable characters without blanks');
export const clientSecretSchema = z
  .string()
  .regex(/^[\x20-\x7e]{1,1000}$/, 'must be 1 to 1000 printable characters')
  .meta({ description: 'Kept encrypted and never shown again.' });
export const graphVersionSchema = z.string().regex(/^v\d{1,3}\.\d{1,2}$/, 'must be a version such as v23.0');

const provider = { providerId: idSchema };

export const providerEvents = defineEvents({
  LoginProviderConfigured: event({
    schema: 1,
    about: 'A way to log in by an outside provider was set up, or set up otherwise.',
    data: z.strictObject({
      ...provider,
      tenant: tenantSlugSchema,
      kind: z.enum(PROVIDER_KINDS),
      /** As the login page shows it. */
      name: nameSchema,
      clientId: clientIdSchema,
      /** Null: an OpenID provider that knows this product as a public client. */
      clientSecret: secret(sealed('tenant', clientSecretSchema.nullable())),
      /** Null where the kind has no choice. */
      issuer: issuerSchema.nullable(),
      /** Of Entra: the directories whose people may come in; null: any. */
      directories: z.array(directorySchema).nullable(),
      /** Of Entra: whether personal Microsoft accounts may come in. */
      personalAccounts: z.boolean(),
      /** Whether an address counts as proven of which the provider says nothing. */
      trustsEmail: z.boolean(),
      /** Whether a second factor that the provider saw counts here. */
      trustsAmr: z.boolean(),
      /** Of Facebook: the version of its Graph API. */
      graphVersion: graphVersionSchema.nullable(),
    }),
  }),
  LoginProviderEnabled: event({
    schema: 1,
    about: 'A provider stands on the login page.',
    data: z.strictObject(provider),
  }),
  LoginProviderDisabled: event({
    schema: 1,
    about: 'A provider lets nobody in until it is enabled again.',
    data: z.strictObject(provider),
  }),
  LoginProviderRemoved: event({
    schema: 1,
    about: 'A provider was given up for ever; identities that were linked by it open nothing any more.',
    data: z.strictObject(provider),
  }),
});
