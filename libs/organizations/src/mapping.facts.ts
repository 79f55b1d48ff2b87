// What the rules of a mapping must know: whether the vendor has an outside system, and how the contact or organization came
// to be as it is.
import { factsFrom } from '#kernel/aggregate.js';
import { tenantEvents } from '#tenants/tenant.events.js';
import { contactEvents } from './contact.events.js';
import { NO_VALUES, type Values } from './mapping-values.js';
import { organizationEvents } from './organization.events.js';

/** So many of its latest states are remembered. */
const MOST_STATES = 50;

interface State {
  readonly revision: number;
  readonly values: Values;
}

export interface Thing {
  /** Of its stream. */
  readonly revision: number;
  /** Its states that differ in what is kept on both sides, the newest one last. */
  readonly states: readonly State[];
  readonly archived: boolean;
  readonly erased: boolean;
}

export const NO_THING: Thing = { revision: -1, states: [], archived: false, erased: false };

/** Null where there is none. */
export function valuesOf({ states }: Thing): Values | null {
  return states.at(-1)?.values ?? null;
}

function moved(thing: Thing, change: Partial<Thing> = {}): Thing {
  return { ...thing, ...change, revision: thing.revision + 1 };
}

function valued(thing: Thing, change: Partial<Values>): Thing {
  const revision = thing.revision + 1;
  const values = { ...(valuesOf(thing) ?? NO_VALUES), ...change };
  return { ...thing, revision, states: [...thing.states, { revision, values }].slice(-MOST_STATES) };
}

/** Every event is named: the revision is counted. */
export const mappedContact = factsFrom(contactEvents)<Thing>({
  name: 'contact-mapped',
  category: 'contact',
  initial: NO_THING,
  evolve: {
    ContactAdded: (thing, { name, email }) => valued(thing, { name, email }),
    ContactRenamed: (thing, { name }) => valued(thing, { name }),
    ContactEmailChanged: (thing, { email }) => valued(thing, { email }),
    ContactAccountSet: (thing, { accountNumber, company }) => valued(thing, { accountNumber, company }),
    ContactSuspended: (thing) => moved(thing),
    ContactResumed: (thing) => moved(thing),
    ContactArchived: (thing) => moved(thing, { archived: true }),
    ContactRestored: (thing) => moved(thing, { archived: false }),
    PersonErased: (thing) => moved(thing, { erased: true }),
  },
});

export const mappedOrganization = factsFrom(organizationEvents)<Thing>({
  name: 'organization-mapped',
  category: 'organization',
  initial: NO_THING,
  evolve: {
    OrganizationAdded: (thing, { name, accountNumber, company, domains }) =>
      valued(thing, { name, accountNumber, company, domains }),
    OrganizationRenamed: (thing, { name }) => valued(thing, { name }),
    OrganizationAccountNumberChanged: (thing, { accountNumber }) => valued(thing, { accountNumber }),
    OrganizationCompanyChanged: (thing, { company }) => valued(thing, { company }),
    OrganizationDomainsChanged: (thing, { domains }) => valued(thing, { domains }),
    OrganizationSuspended: (thing) => moved(thing),
    OrganizationResumed: (thing) => moved(thing),
    OrganizationArchived: (thing) => moved(thing, { archived: true }),
    OrganizationRestored: (thing) => moved(thing, { archived: false }),
    MemberAdded: (thing) => moved(thing),
    MemberRemoved: (thing) => moved(thing),
    ContactAssigned: (thing) => moved(thing),
    ContactUnassigned: (thing) => moved(thing),
    MemberRolesSet: (thing) => moved(thing),
    AllowedUsersSet: (thing) => moved(thing),
  },
});

/** Whether the vendor has named an outside system. */
export const mappingSwitch = factsFrom(tenantEvents)<{ readonly on: boolean }>({
  name: 'mapping-switch',
  category: 'tenant',
  initial: { on: false },
  evolve: { ContactMappingSet: (_, { system }) => ({ on: system !== null }) },
});
