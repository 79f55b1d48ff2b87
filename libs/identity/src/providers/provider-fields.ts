// What is said of a login provider when it is set up, by kind; absent members get what most vendors want.
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { clientIdSchema, clientSecretSchema, directorySchema, graphVersionSchema, issuerSchema } from './provider.events.js';

/** Of the Graph API, where nothing is said. */
const GRAPH_VERSION = 'v23.0';
const MICROSOFT = 'https://login.microsoftonline.com';

const trustsAmr = z
  .boolean()
  .default(false)
  .meta({ description: 'Whether a second factor that the provider says it saw (`amr`) counts as one here.' });

function choices<Secret extends z.ZodType, PublicSecret extends z.ZodType>(clientSecret: Secret, orNone: PublicSecret) {
  const named = { name: nameSchema, clientId: clientIdSchema };
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('google'), ...named, clientSecret }),
    z.strictObject({
      kind: z.literal('entra'),
      ...named,
      clientSecret,
      issuer: issuerSchema
        .nullable()
        .default(null)
        .meta({ description: 'Null: of the public cloud, for all directories. Another cloud wants its own, of one directory.' }),
      directories: z
        .array(directorySchema)
        .min(1)
        .max(200)
        .nullable()
        .meta({ description: 'The directories whose people may come in; null: any.' }),
      personalAccounts: z.boolean().default(false).meta({ description: 'Whether personal Microsoft accounts may come in.' }),
      trustsAmr,
    }),
    z.strictObject({
      kind: z.literal('oidc'),
      ...named,
      clientSecret: orNone,
      issuer: issuerSchema,
      trustsEmail: z
        .boolean()
        .default(false)
        .meta({ description: 'Whether an address counts as proven where the provider does not say whether it is.' }),
      trustsAmr,
    }),
    z.strictObject({
      kind: z.literal('facebook'),
      ...named,
      clientSecret,
      graphVersion: graphVersionSchema.default(GRAPH_VERSION),
    }),
  ]);
}

export const newProviderSchema = choices(clientSecretSchema, clientSecretSchema.nullable().default(null));

const kept = { description: 'Absent: the one that is kept stays.' };
export const providerChangeSchema = choices(clientSecretSchema.optional().meta(kept), clientSecretSchema.nullish().meta(kept));

export type ProviderFields = z.output<typeof providerChangeSchema>;

/** Everything that is kept of a provider but its secret, whatever its kind. */
export function settingsOf(fields: ProviderFields) {
  const { kind, name, clientId } = fields;
  const none = {
    issuer: null,
    directories: null,
    personalAccounts: false,
    trustsEmail: false,
    trustsAmr: false,
    graphVersion: null,
  };
  const common = { ...none, kind, name, clientId };
  switch (fields.kind) {
    case 'google':
      return common;
    case 'facebook':
      return { ...common, graphVersion: fields.graphVersion };
    case 'oidc':
      return { ...common, issuer: fields.issuer, trustsEmail: fields.trustsEmail, trustsAmr: fields.trustsAmr };
    case 'entra': {
      const { issuer, directories, personalAccounts } = fields;
      const everybody = `${MICROSOFT}/${personalAccounts ? 'common' : 'organizations'}/v2.0`;
      return { ...common, issuer: issuer ?? everybody, directories, personalAccounts, trustsAmr: fields.trustsAmr };
    }
  }
}
