// Rules of an organization (licensing.md §2.10): its members, and the places that two of them may hold.
import { aggregateOf } from '#kernel/aggregate.js';
import { nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accountNumberSchema, companies, companySchema, mustBeOpen } from './account.js';
import { roleIdsSchema } from '#identity/role.events.js';
import { contactInUse, mustBeUsable } from './contact.facts.js';
import { customerRoles, mustBeGivable } from './customer-roles.facts.js';
import { allowedUsersSchema, domainsSchema, organizationEvents, placeSchema, type Place } from './organization.events.js';
import { organizationsErrors } from './organizations.errors.js';

export const MOST_MEMBERS = 10_000;

export interface OrganizationState {
  readonly name: string | null;
  readonly accountNumber: string | null;
  readonly company: string | null;
  readonly domains: readonly string[];
  readonly suspended: boolean;
  readonly archived: boolean;
  readonly members: ReadonlySet<string>;
  readonly places: Readonly<Record<Place, string | null>>;
  /** Ids of roles, of the members that have any here. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** How many users its own people may make; null = as many as they like. */
  readonly allowedUsers: number | null;
}

/** @throws `organization.not-found`, `organization.archived` */
export function mustBeActive(state: OrganizationState): void {
  mustExist(state);
  if (state.archived) organizationsErrors.refuse('organization.archived');
}

function mustExist(state: OrganizationState): void {
  if (state.name === null) organizationsErrors.refuse('organization.not-found');
}

/** The place that a contact holds in the organization. */
function placeOf(state: OrganizationState, contactId: string): Place | null {
  if (state.places.primary === contactId) return 'primary';
  return state.places.secondary === contactId ? 'secondary' : null;
}

function without<T>(all: Readonly<Record<string, T>>, id: string): Readonly<Record<string, T>> {
  const { [id]: _left, ...rest } = all;
  return rest;
}

const reasoned = z.strictObject({ reason: textSchema.nullable().default(null) });
const aMember = z.strictObject({ contactId: idSchema });

export const organization = aggregateOf<OrganizationState>()({
  name: 'organization',
  events: organizationEvents,
  organization: (_, id) => id,
  initial: {
    name: null,
    accountNumber: null,
    company: null,
    domains: [],
    suspended: false,
    archived: false,
    members: new Set(),
    places: { primary: null, secondary: null },
    roles: {},
    allowedUsers: null,
  },
  commands: {
    add: z.strictObject({
      name: nameSchema,
      accountNumber: accountNumberSchema.nullable().default(null),
      company: companySchema.nullable().default(null),
      domains: domainsSchema.default([]),
    }),
    rename: z.strictObject({ name: nameSchema }),
    setAccountNumber: z.strictObject({ accountNumber: accountNumberSchema.nullable() }),
    setCompany: z.strictObject({ company: companySchema.nullable() }),
    setDomains: z.strictObject({ domains: domainsSchema }),
    suspend: reasoned,
    resume: z.strictObject({}),
    archive: reasoned,
    restore: z.strictObject({}),
    addMember: aMember,
    removeMember: aMember,
    assignContact: z.strictObject({ place: placeSchema, contactId: idSchema }),
    unassignContact: z.strictObject({ place: placeSchema }),
    /** `held`: what the giver may do himself in the organization; null = everything. */
    setMemberRoles: z.strictObject({ contactId: idSchema, roles: roleIdsSchema, held: z.array(z.string()).nullable() }),
    setAllowedUsers: z.strictObject({ allowedUsers: allowedUsersSchema }),
  },
  facts: { tenant: companies, contact: contactInUse, roles: customerRoles },
  needs: {
    add: ({ company }, _state, _id, tenant) => ({ tenant: company && tenant }),
    setCompany: ({ company }, _state, _id, tenant) => ({ tenant: company && tenant }),
    addMember: ({ contactId }) => ({ contact: contactId }),
    assignContact: ({ contactId }) => ({ contact: contactId }),
    setMemberRoles: (_command, _state, _id, tenant) => ({ roles: tenant }),
  },
  decide: {
    add: (command, state, { id, facts }) => {
      if (state.name !== null) organizationsErrors.refuse('organization.exists');
      mustBeOpen(command.company, facts.tenant);
      return { type: 'OrganizationAdded', data: { organizationId: id, ...command } };
    },
    rename: ({ name }, state, { id }) => {
      mustBeActive(state);
      return name === state.name ? [] : { type: 'OrganizationRenamed', data: { organizationId: id, name } };
    },
    setAccountNumber: ({ accountNumber }, state, { id }) => {
      mustBeActive(state);
      if (accountNumber === state.accountNumber) return [];
      return {
        type: 'OrganizationAccountNumberChanged',
        data: { organizationId: id, accountNumber, previous: state.accountNumber },
      };
    },
    setCompany: ({ company }, state, { id, facts }) => {
      mustBeActive(state);
      if (company === state.company) return [];
      mustBeOpen(company, facts.tenant);
      return { type: 'OrganizationCompanyChanged', data: { organizationId: id, company } };
    },
    setDomains: ({ domains }, state, { id }) => {
      mustBeActive(state);
      if (domains.join() === state.domains.join()) return [];
      return { type: 'OrganizationDomainsChanged', data: { organizationId: id, domains } };
    },
    suspend: ({ reason }, state, { id }) => {
      mustBeActive(state);
      return state.suspended ? [] : { type: 'OrganizationSuspended', data: { organizationId: id, reason } };
    },
    resume: (_, state, { id }) => {
      mustBeActive(state);
      return state.suspended ? { type: 'OrganizationResumed', data: { organizationId: id } } : [];
    },
    archive: ({ reason }, state, { id }) => {
      mustExist(state);
      return state.archived ? [] : { type: 'OrganizationArchived', data: { organizationId: id, reason } };
    },
    restore: (_, state, { id }) => {
      mustExist(state);
      return state.archived ? { type: 'OrganizationRestored', data: { organizationId: id } } : [];
    },
    addMember: ({ contactId }, state, { id, facts }) => {
      mustBeActive(state);
      if (state.members.has(contactId)) return [];
      mustBeUsable(facts.contact);
      if (state.members.size >= MOST_MEMBERS) organizationsErrors.refuse('organization.too-many-members');
      return { type: 'MemberAdded', data: { organizationId: id, contactId } };
    },
    removeMember: ({ contactId }, state, { id }) => {
      mustBeActive(state);
      if (!state.members.has(contactId)) return [];
      const place = placeOf(state, contactId);
      if (place) organizationsErrors.refuse('organization.member-holds-place', undefined, { place });
      return { type: 'MemberRemoved', data: { organizationId: id, contactId } };
    },
    assignContact: ({ place, contactId }, state, { id, facts }) => {
      mustBeActive(state);
      const held = placeOf(state, contactId);
      if (held === place) return [];
      if (held) organizationsErrors.refuse('organization.holds-other-place', undefined, { place: held });
      // First: who may assign here need not learn whether somebody else's contact exists.
      if (!state.members.has(contactId)) organizationsErrors.refuse('organization.not-member');
      mustBeUsable(facts.contact);
      if (place === 'secondary' && !state.places.primary) organizationsErrors.refuse('organization.primary-first');
      return { type: 'ContactAssigned', data: { organizationId: id, contactId, place, previous: state.places[place] } };
    },
    unassignContact: ({ place }, state, { id }) => {
      mustBeActive(state);
      const contactId = state.places[place];
      if (!contactId) return [];
      if (place === 'primary') organizationsErrors.refuse('organization.primary-stays');
      return { type: 'ContactUnassigned', data: { organizationId: id, contactId, place } };
    },
    setMemberRoles: ({ contactId, roles, held }, state, { id, facts }) => {
      mustBeActive(state);
      if (!state.members.has(contactId)) organizationsErrors.refuse('organization.not-member');
      const previous = [...(state.roles[contactId] ?? [])];
      const given = roles.filter((role) => !previous.includes(role));
      mustBeGivable(given, facts.roles!.state, held);
      if (given.length === 0 && roles.length === previous.length) return [];
      return { type: 'MemberRolesSet', data: { organizationId: id, contactId, roles, previous } };
    },
    setAllowedUsers: ({ allowedUsers }, state, { id }) => {
      mustBeActive(state);
      if (allowedUsers === state.allowedUsers) return [];
      return { type: 'AllowedUsersSet', data: { organizationId: id, allowedUsers, previous: state.allowedUsers } };
    },
  },
  evolve: {
    OrganizationAdded: (state, { name, accountNumber, company, domains }) => ({
      ...state,
      name,
      accountNumber,
      company,
      domains,
    }),
    OrganizationRenamed: (state, { name }) => ({ ...state, name }),
    OrganizationAccountNumberChanged: (state, { accountNumber }) => ({ ...state, accountNumber }),
    OrganizationCompanyChanged: (state, { company }) => ({ ...state, company }),
    OrganizationDomainsChanged: (state, { domains }) => ({ ...state, domains }),
    OrganizationSuspended: (state) => ({ ...state, suspended: true }),
    OrganizationResumed: (state) => ({ ...state, suspended: false }),
    OrganizationArchived: (state) => ({ ...state, archived: true }),
    OrganizationRestored: (state) => ({ ...state, archived: false }),
    MemberAdded: (state, { contactId }) => ({ ...state, members: new Set(state.members).add(contactId) }),
    MemberRemoved: (state, { contactId }) => ({
      ...state,
      members: new Set([...state.members].filter((id) => id !== contactId)),
      roles: without(state.roles, contactId),
    }),
    ContactAssigned: (state, { place, contactId }) => ({ ...state, places: { ...state.places, [place]: contactId } }),
    ContactUnassigned: (state, { place }) => ({ ...state, places: { ...state.places, [place]: null } }),
    MemberRolesSet: (state, { contactId, roles }) => ({
      ...state,
      roles: roles.length > 0 ? { ...state.roles, [contactId]: roles } : without(state.roles, contactId),
    }),
    AllowedUsersSet: (state, { allowedUsers }) => ({ ...state, allowedUsers }),
  },
});
