// Whether there is an outside system, for showing what it has.
import { viewOf } from '#read-models/view.js';
import { tenantEvents } from '#tenants/tenant.events.js';

export type MappingSystemDoc = { readonly system: string };

/** By the tenant's slug; no document while there is none. */
export const mappingSystemView = viewOf<MappingSystemDoc>()(tenantEvents, {
  name: 'mapping-systems',
  version: 1,
  about: 'The outside system in which a vendor keeps its contacts and organizations the same.',
  categories: ['tenant'],
  indexes: {},
  lists: [],
  on: { ContactMappingSet: { evolve: (_, { data: { system } }) => (system === null ? null : { system }) } },
});
