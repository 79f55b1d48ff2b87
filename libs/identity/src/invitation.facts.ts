// What the rules of an invitation must know of others: who is invited, whether he may log in, and what is given to him.
import { factsFrom } from '#kernel/aggregate.js';
import { contactEvents } from '#organizations/contact.events.js';
import { groupEvents } from '#organizations/group.events.js';
import { confirmedUpTo, knownBetween, mappingEvents, NOTHING_CONFIRMED, type Progress } from '#organizations/mapping.events.js';
import { organizationEvents, type Place } from '#organizations/organization.events.js';
import { tenantEvents, type CustomerLogin } from '#tenants/tenant.events.js';
import { roles } from './roles.js';
import { userEvents } from './user.events.js';

const contact = factsFrom(contactEvents)<{
  readonly name: string;
  readonly email: string;
  readonly archived: boolean;
  readonly account: boolean;
}>({
  name: 'contact-invited',
  category: 'contact',
  initial: { name: '', email: '', archived: false, account: false },
  evolve: {
    ContactAdded: (state, { name, email }) => ({ ...state, name, email }),
    ContactRenamed: (state, { name }) => ({ ...state, name }),
    ContactEmailChanged: (state, { email }) => ({ ...state, email }),
    ContactAccountSet: (state, { accountNumber, company }) => ({ ...state, account: accountNumber !== null && company !== null }),
    ContactArchived: (state) => ({ ...state, archived: true }),
    ContactRestored: (state) => ({ ...state, archived: false }),
  },
});

const user = factsFrom(userEvents)<{ readonly there: boolean }>({
  name: 'user-invited',
  category: 'user',
  initial: { there: false },
  evolve: { UserCreated: () => ({ there: true }), UserRemoved: () => ({ there: false }) },
});

/** What the outside system has of who is invited. */
const mapping = factsFrom(mappingEvents)<{ readonly progress: Progress; readonly conflict: boolean }>({
  name: 'mapping-inviting',
  category: 'mapping',
  initial: { progress: NOTHING_CONFIRMED, conflict: false },
  evolve: {
    MappingConfirmed: ({ progress }, { revision }) => ({ progress: confirmedUpTo(progress, revision), conflict: false }),
    MappingUpdateReceived: ({ progress }, { from, revision }) => ({
      progress: knownBetween(progress, from, revision),
      conflict: false,
    }),
    MappingConflictFound: (state) => ({ ...state, conflict: true }),
    MappingConflictDecided: ({ progress }, { from, revision }) => ({
      progress: from === null || revision === null ? progress : knownBetween(progress, from, revision),
      conflict: false,
    }),
    MappingEnded: () => ({ progress: NOTHING_CONFIRMED, conflict: false }),
  },
});

const tenant = factsFrom(tenantEvents)<{
  readonly name: string;
  readonly customerLogin: CustomerLogin;
  /** Whether nobody is invited before an outside system has him. */
  readonly synchronized: boolean;
}>({
  name: 'tenant-inviting',
  category: 'tenant',
  initial: { name: '', customerLogin: 'off', synchronized: false },
  evolve: {
    TenantCreated: (state, { name }) => ({ ...state, name }),
    TenantRenamed: (state, { name }) => ({ ...state, name }),
    CustomerLoginSet: (state, { mode }) => ({ ...state, customerLogin: mode }),
    ContactMappingSet: (state, { requiredToInvite }) => ({ ...state, synchronized: requiredToInvite }),
  },
});

/** The organization that an invitation is for: whom it has, where, and with which roles. */
interface Inviting {
  readonly name: string;
  readonly archived: boolean;
  readonly accountNumber: boolean;
  readonly company: boolean;
  readonly members: ReadonlySet<string>;
  readonly places: Readonly<Record<Place, string | null>>;
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

const organization = factsFrom(organizationEvents)<Inviting>({
  name: 'organization-inviting',
  category: 'organization',
  initial: {
    ...{ name: '', archived: false, accountNumber: false, company: false },
    ...{ members: new Set(), places: { primary: null, secondary: null }, roles: {} },
  },
  evolve: {
    OrganizationAdded: (state, { name, accountNumber, company }) => ({
      ...state,
      name,
      accountNumber: accountNumber !== null,
      company: company !== null,
    }),
    OrganizationRenamed: (state, { name }) => ({ ...state, name }),
    OrganizationAccountNumberChanged: (state, { accountNumber }) => ({ ...state, accountNumber: accountNumber !== null }),
    OrganizationCompanyChanged: (state, { company }) => ({ ...state, company: company !== null }),
    OrganizationArchived: (state) => ({ ...state, archived: true }),
    OrganizationRestored: (state) => ({ ...state, archived: false }),
    MemberAdded: (state, { contactId }) => ({ ...state, members: new Set(state.members).add(contactId) }),
    MemberRemoved: (state, { contactId }) => ({
      ...state,
      members: new Set([...state.members].filter((id) => id !== contactId)),
      roles: { ...state.roles, [contactId]: [] },
    }),
    ContactAssigned: (state, { place, contactId }) => ({ ...state, places: { ...state.places, [place]: contactId } }),
    ContactUnassigned: (state, { place }) => ({ ...state, places: { ...state.places, [place]: null } }),
    MemberRolesSet: (state, { contactId, roles }) => ({ ...state, roles: { ...state.roles, [contactId]: roles } }),
  },
});

/** Whose group it is; null once it was deleted. */
export const groupFact = factsFrom(groupEvents)<{ readonly organizationId: string | null }>({
  name: 'group-of-invitation',
  category: 'group',
  initial: { organizationId: null },
  evolve: { GroupCreated: (_, { organizationId }) => ({ organizationId }), GroupDeleted: () => ({ organizationId: null }) },
});

export const invitationFacts = { contact, user, mapping, tenant, organization, roles };
