// What can be read of vendors: the own record of each, and the operator's directory of all.
import { instantSchema } from '#kernel/fields.js';
import { idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { customerLoginSchema, factorPolicySchema, tenantEvents } from './tenant.events.js';

const LEGAL_ENTITY_STATUSES = ['open', 'closed'] as const;

export const legalEntityDocSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  status: z.enum(LEGAL_ENTITY_STATUSES),
});
export type LegalEntityDoc = z.output<typeof legalEntityDocSchema>;

export const tenantDocSchema = z.strictObject({
  /** The slug. */
  id: tenantSlugSchema,
  name: z.string(),
  createdAt: instantSchema,
  /** At most 200, in the order of their adding. */
  legalEntities: z.array(legalEntityDocSchema),
  firstLogin: z
    .boolean()
    .meta({ description: 'Whether a contact without a user gets one by a first login that proves his address.' }),
  /** Which customers may log in: nobody, only contacts of organizations, or everybody who has a user. */
  customerLogin: customerLoginSchema,
  contactMapping: z
    .strictObject({ system: z.string(), requiredToInvite: z.boolean() })
    .nullable()
    .meta({ description: 'The outside system in which contacts and organizations are kept the same; null: there is none.' }),
  factorPolicy: factorPolicySchema.meta({
    description: 'Who must have a second factor to log in: administrators (always), all people of the vendor, or everybody.',
  }),
  revision: z.int(),
});
export type TenantDoc = z.output<typeof tenantDocSchema>;

function changeEntity(doc: TenantDoc | null, revision: number, id: string, change: Partial<LegalEntityDoc>): TenantDoc | null {
  if (!doc) return null;
  const legalEntities = doc.legalEntities.map((entity) => (entity.id === id ? { ...entity, ...change } : entity));
  return { ...doc, legalEntities, revision };
}

/** The record of a vendor, by slug: whether there is such a vendor, and its legal entities. */
export const tenantView = viewOf<TenantDoc>()(tenantEvents, {
  name: 'tenants',
  version: 4,
  about: "The vendor's own record with its legal entities.",
  indexes: {},
  lists: [],
  categories: ['tenant'],
  on: {
    TenantCreated: {
      evolve: (_, { data, meta, revision }) => {
        return {
          id: data.tenant,
          name: data.name,
          createdAt: meta.occurredAt,
          legalEntities: [],
          firstLogin: true,
          customerLogin: 'off',
          contactMapping: null,
          factorPolicy: 'administrators',
          revision,
        };
      },
    },
    TenantRenamed: { evolve: (doc, { data, revision }) => doc && { ...doc, name: data.name, revision } },
    LegalEntityAdded: {
      evolve: (doc, { data, revision }) => {
        if (!doc) return null;
        const added: LegalEntityDoc = { id: data.legalEntityId, name: data.name, status: 'open' };
        return { ...doc, legalEntities: [...doc.legalEntities, added], revision };
      },
    },
    LegalEntityRenamed: {
      evolve: (doc, { data, revision }) => changeEntity(doc, revision, data.legalEntityId, { name: data.name }),
    },
    LegalEntityClosed: {
      evolve: (doc, { data, revision }) => changeEntity(doc, revision, data.legalEntityId, { status: 'closed' }),
    },
    FirstLoginSet: { evolve: (doc, { data, revision }) => doc && { ...doc, firstLogin: data.on, revision } },
    CustomerLoginSet: { evolve: (doc, { data, revision }) => doc && { ...doc, customerLogin: data.mode, revision } },
    ContactMappingSet: {
      evolve: (doc, { data: { system, requiredToInvite }, revision }) =>
        doc && { ...doc, contactMapping: system === null ? null : { system, requiredToInvite }, revision },
    },
    FactorPolicySet: { evolve: (doc, { data, revision }) => doc && { ...doc, factorPolicy: data.requiredOf, revision } },
  },
});

export type TenantEntry = { readonly id: string; readonly name: string; readonly createdAt: string };

/** All vendors of the installation, for its operator alone. */
export const tenantDirectoryView = viewOf<TenantEntry>()(tenantEvents, {
  name: 'tenant-directory',
  version: 1,
  about: "The operator's list of all vendors of the installation.",
  indexes: {},
  lists: [],
  categories: ['tenant'],
  heldBy: 'installation',
  on: {
    TenantCreated: { evolve: (_, { data, meta }) => ({ id: data.tenant, name: data.name, createdAt: meta.occurredAt }) },
    TenantRenamed: { evolve: (doc, { data }) => doc && { ...doc, name: data.name } },
  },
});
