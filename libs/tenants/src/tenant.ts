// Rules of the vendor's own record: a slug for ever, at least one open legal entity.
import { aggregateOf } from '#kernel/aggregate.js';
import { nameSchema } from '#kernel/fields.js';
import { deriveId, idSchema, tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { customerLoginSchema, factorPolicySchema, tenantEvents, type CustomerLogin, type FactorPolicy } from './tenant.events.js';
import { tenantsErrors } from './tenants.errors.js';

/** Slugs that would hide addresses of the product: host names and paths of its own. */
export const RESERVED_SLUGS: ReadonlySet<string> = new Set(
  'admin api app assets auth cdn console docs health help internal keyledger login mail metrics openapi portal public static status support system t tenant tenants v1 v2 www'.split(
    ' ',
  ),
);

const MOST_ENTITIES = 200;

interface LegalEntity {
  readonly name: string;
  readonly open: boolean;
}

export interface TenantState {
  readonly name: string | null;
  readonly entities: Readonly<Record<string, LegalEntity>>;
  /** Whether a contact without a user gets one by a first login that proves his address. */
  readonly firstLogin: boolean;
  readonly customerLogin: CustomerLogin;
  /** The outside system that has the vendor's contacts and organizations, too; null = none. */
  readonly mapping: { readonly system: string | null; readonly requiredToInvite: boolean };
  /** Who beside administrators must have a second factor. */
  readonly factorPolicy: FactorPolicy;
}

/** The entity, or the refusal where the vendor has none of that id. */
function entityOf(state: TenantState, id: string): LegalEntity {
  return state.entities[id] ?? tenantsErrors.refuse('legal-entity.not-found');
}

function mustExist(state: TenantState): void {
  if (state.name === null) tenantsErrors.refuse('tenant.not-found');
}

function withEntity(state: TenantState, id: string, entity: LegalEntity): TenantState {
  return { ...state, entities: { ...state.entities, [id]: entity } };
}

const named = z.strictObject({ name: nameSchema });
const entityCommand = { legalEntityId: idSchema };

export const tenant = aggregateOf<TenantState>()({
  name: 'tenant',
  events: tenantEvents,
  initial: {
    ...{ name: null, entities: {}, firstLogin: true, customerLogin: 'off', factorPolicy: 'administrators' },
    mapping: { system: null, requiredToInvite: false },
  },
  commands: {
    /** Sets up a vendor with its first legal entity; the id of the aggregate is the slug. */
    create: z.strictObject({ name: nameSchema, legalEntity: named }),
    rename: named,
    addLegalEntity: named,
    renameLegalEntity: z.strictObject({ ...entityCommand, name: nameSchema }),
    closeLegalEntity: z.strictObject(entityCommand),
    setFirstLogin: z.strictObject({ on: z.boolean() }),
    setCustomerLogin: z.strictObject({ mode: customerLoginSchema }),
    setContactMapping: z
      .strictObject({ system: nameSchema.nullable(), requiredToInvite: z.boolean().default(false) })
      .refine(({ system, requiredToInvite }) => system !== null || !requiredToInvite, 'must name the system that is required'),
    setFactorPolicy: z.strictObject({ requiredOf: factorPolicySchema }),
  },
  decide: {
    create: (command, state, ctx) => {
      if (state.name !== null) tenantsErrors.refuse('tenant.slug-taken');
      if (!tenantSlugSchema.safeParse(ctx.id).success) tenantsErrors.refuse('tenant.slug-invalid');
      if (RESERVED_SLUGS.has(ctx.id)) tenantsErrors.refuse('tenant.slug-reserved');
      if (ctx.tenant !== ctx.id) throw new Error(`the record of "${ctx.id}" belongs to that tenant, not to "${ctx.tenant}"`);
      return [
        { type: 'TenantCreated', data: { tenant: ctx.id, name: command.name } },
        {
          type: 'LegalEntityAdded',
          data: { legalEntityId: deriveId(ctx.commandId, 'legal-entity'), name: command.legalEntity.name },
        },
      ];
    },
    rename: ({ name }, state) => {
      mustExist(state);
      return state.name === name ? [] : { type: 'TenantRenamed', data: { name } };
    },
    addLegalEntity: ({ name }, state, ctx) => {
      mustExist(state);
      if (Object.keys(state.entities).length >= MOST_ENTITIES) tenantsErrors.refuse('legal-entity.too-many');
      return { type: 'LegalEntityAdded', data: { legalEntityId: deriveId(ctx.commandId, 'legal-entity'), name } };
    },
    renameLegalEntity: ({ legalEntityId, name }, state) => {
      const entity = entityOf(state, legalEntityId);
      if (!entity.open) tenantsErrors.refuse('legal-entity.closed');
      return entity.name === name ? [] : { type: 'LegalEntityRenamed', data: { legalEntityId, name } };
    },
    closeLegalEntity: ({ legalEntityId }, state) => {
      if (!entityOf(state, legalEntityId).open) return [];
      const open = Object.values(state.entities).filter((entity) => entity.open);
      if (open.length === 1) tenantsErrors.refuse('legal-entity.last-open');
      return { type: 'LegalEntityClosed', data: { legalEntityId } };
    },
    setFirstLogin: ({ on }, state) => {
      mustExist(state);
      return state.firstLogin === on ? [] : { type: 'FirstLoginSet', data: { on } };
    },
    setCustomerLogin: ({ mode }, state) => {
      mustExist(state);
      const previous = state.customerLogin;
      return mode === previous ? [] : { type: 'CustomerLoginSet', data: { mode, previous } };
    },
    setContactMapping: (wanted, state) => {
      mustExist(state);
      const { mapping } = state;
      const same = wanted.system === mapping.system && wanted.requiredToInvite === mapping.requiredToInvite;
      return same ? [] : { type: 'ContactMappingSet', data: wanted };
    },
    setFactorPolicy: ({ requiredOf }, state) => {
      mustExist(state);
      const previous = state.factorPolicy;
      return requiredOf === previous ? [] : { type: 'FactorPolicySet', data: { requiredOf, previous } };
    },
  },
  evolve: {
    TenantCreated: (state, { name }) => ({ ...state, name }),
    TenantRenamed: (state, { name }) => ({ ...state, name }),
    LegalEntityAdded: (state, { legalEntityId, name }) => withEntity(state, legalEntityId, { name, open: true }),
    LegalEntityRenamed: (state, { legalEntityId, name }) => withEntity(state, legalEntityId, { name, open: true }),
    LegalEntityClosed: (state, { legalEntityId }) =>
      withEntity(state, legalEntityId, { ...state.entities[legalEntityId]!, open: false }),
    FirstLoginSet: (state, { on }) => ({ ...state, firstLogin: on }),
    CustomerLoginSet: (state, { mode }) => ({ ...state, customerLogin: mode }),
    ContactMappingSet: (state, mapping) => ({ ...state, mapping }),
    FactorPolicySet: (state, { requiredOf }) => ({ ...state, factorPolicy: requiredOf }),
  },
});
