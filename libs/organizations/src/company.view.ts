// Names of the vendor's legal entities, for showing who serves a customer.
import { OWN_STREAM, viewOf } from '#read-models/view.js';
import { tenantEvents } from '#tenants/tenant.events.js';

export type CompanyDoc = { readonly id: string; readonly name: string };

export const companyView = viewOf<CompanyDoc>()(tenantEvents, {
  name: 'companies',
  version: 1,
  about: "The names of the vendor's legal entities, which serve organizations.",
  categories: ['tenant'],
  indexes: {},
  lists: [],
  streamsOf: () => [{ category: 'tenant', id: OWN_STREAM }],
  on: {
    LegalEntityAdded: {
      keys: ({ data }) => [data.legalEntityId],
      evolve: (_, { data }) => ({ id: data.legalEntityId, name: data.name }),
    },
    LegalEntityRenamed: {
      keys: ({ data }) => [data.legalEntityId],
      evolve: (doc, { data }) => doc && { ...doc, name: data.name },
    },
  },
});
