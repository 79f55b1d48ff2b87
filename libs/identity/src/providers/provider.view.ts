// Login providers as they are listed: everything but their secrets, which no view holds.
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { PROVIDER_KINDS, providerEvents } from './provider.events.js';

export const PROVIDER_STATUSES = ['enabled', 'disabled'] as const;

export const providerDocSchema = z.strictObject({
  id: idSchema,
  kind: z.enum(PROVIDER_KINDS),
  name: z.string(),
  status: z.enum(PROVIDER_STATUSES),
  clientId: z.string(),
  issuer: z.string().nullable(),
  directories: z.array(z.string()).nullable(),
  personalAccounts: z.boolean(),
  trustsEmail: z.boolean(),
  trustsAmr: z.boolean(),
  graphVersion: z.string().nullable(),
  createdAt: instantSchema,
  revision: z.int(),
});
export type ProviderDoc = z.output<typeof providerDocSchema>;

export const providerView = viewOf<ProviderDoc>()(providerEvents, {
  name: 'login-providers',
  version: 1,
  about: 'The providers by which people of a vendor and of its customers can log in, without their secrets.',
  categories: ['provider'],
  indexes: {
    name: { one: (doc) => sortKey(doc.name) },
    createdAt: { one: (doc) => doc.createdAt },
    status: { one: (doc) => doc.status },
  },
  lists: [['name'], ['createdAt'], ['status', 'name']],
  on: {
    LoginProviderConfigured: {
      evolve: (doc, { data, meta, revision }) => {
        const { providerId: id, tenant: _tenant, clientSecret: _secret, ...shown } = data;
        const { status = 'disabled' as const, createdAt = meta.occurredAt } = doc ?? {};
        return { ...shown, id, status, createdAt, revision };
      },
    },
    LoginProviderEnabled: { evolve: (doc, { revision }) => doc && { ...doc, status: 'enabled', revision } },
    LoginProviderDisabled: { evolve: (doc, { revision }) => doc && { ...doc, status: 'disabled', revision } },
    LoginProviderRemoved: { evolve: () => null },
  },
});
