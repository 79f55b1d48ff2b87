// Rules of a login: a contact was there first, nobody has more rights than who gave them, and who stands for an
// organization or runs the vendor's roles is not removed before somebody else does.
import { aggregateOf, factsFrom } from '#kernel/aggregate.js';
import { textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { contactEvents } from '#organizations/contact.events.js';
import { placeSchema } from '#organizations/organization.events.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { heldSchema, mustCover, type StoredGrant } from './rights.js';
import { grantsOfRole, isAdministrator, roleBookOf } from './role-book.js';
import { personKindSchema, roleIdsSchema, type PersonKind } from './role.events.js';
import { roles, type RolesState } from './roles.js';
import { factorCommands, factorRules, factorSteps, type Factor } from './user.factors.js';
import { loginCommands, loginRules } from './user.login.js';
import {
  identityCommands,
  identityFacts,
  identityNeeds,
  identityRules,
  identitySteps,
  unlinked,
  type Identity,
} from './user.identities.js';
import { localeSchema, partOfNameSchema, userEvents, WAYS_IN, zoneSchema } from './user.events.js';

export interface UserState {
  /** Null while there is no login. */
  readonly kind: PersonKind | null;
  readonly disabled: boolean;
  /** Of a customer personal ones; of one of the vendor's people those that the vendor's `roles` give him. */
  readonly roles: readonly string[];
  readonly locale: string | null;
  readonly zone: string | null;
  /** Told apart by himself; null: his contact's name is all that is known. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** The password that counts; null: he has none. */
  readonly password: { readonly id: string; readonly mustChange: boolean } | null;
  /** Those of providers by which he logs in. */
  readonly identities: readonly Identity[];
  /** What he proves himself by beside these, and the codes for its loss. */
  readonly factors: readonly Factor[];
}

const NOBODY: UserState = {
  ...{ kind: null, disabled: false, roles: [], locale: null, zone: null, firstName: null, lastName: null },
  ...{ password: null, identities: [], factors: [] },
};

const contactFact = factsFrom(contactEvents)<{ readonly archived: boolean }>({
  name: 'contact-of-user',
  category: 'contact',
  initial: { archived: false },
  evolve: {
    ContactArchived: () => ({ archived: true }),
    ContactRestored: () => ({ archived: false }),
  },
});

interface Known<State> {
  readonly state: State;
  readonly revision: number;
}

function mustExist(state: UserState): PersonKind {
  return state.kind ?? identityErrors.refuse('user.not-found');
}

function mustHaveContact(contact: Known<{ readonly archived: boolean }> | undefined): void {
  if (!contact || contact.revision < 0) return identityErrors.refuse('user.contact-unknown');
  if (contact.state.archived) identityErrors.refuse('user.contact-archived');
}

/** Personal roles are roles for customers, and of them only what is `own` or of a `group` counts: more need nobody have to give them. */
function mustBeGivable(given: readonly string[], state: RolesState, held: readonly StoredGrant[]): void {
  const book = roleBookOf(state.changes);
  const unknown = given.filter((role) => !book.has(role));
  if (unknown.length > 0) identityErrors.refuse('role.unknown', undefined, { roles: unknown });
  if (given.some((role) => book.get(role)!.kind !== 'customer')) identityErrors.refuse('role.not-fitting');
  const grants = given.flatMap((role) => grantsOfRole(book, role));
  mustCover(
    held,
    grants.filter(({ scope }) => scope === 'own' || scope === 'group'),
    'user.more-than-yours',
  );
}

/** The roles for staff that a user has, and whether they make him an administrator. */
function asStaff(
  id: string,
  roleFact: Known<RolesState> | undefined,
): { readonly has: boolean; readonly administrator: boolean } {
  const { changes, staff } = roleFact!.state;
  const has = staff[id] ?? [];
  return { has: has.length > 0, administrator: isAdministrator(roleBookOf(changes), has) };
}

const reason = textSchema.nullable().default(null);

/**
 * The places that a contact holds. They stand in other streams, so whoever sends the command tells them, from a view
 * that has reached the head of the log. A place that is given at the very same moment can slip through; it does no
 * harm: a contact without a login has no rights, and the place can be given anew.
 */
const heldPlacesSchema = z.array(z.strictObject({ organizationId: idSchema, place: placeSchema }));

export const user = aggregateOf<UserState>()({
  name: 'user',
  events: userEvents,
  initial: NOBODY,
  commands: {
    /** `roles`: personal ones of a customer; null is the default role. Staff gets its roles by the vendor's `roles`. */
    create: z.strictObject({
      kind: personKindSchema,
      roles: roleIdsSchema.nullable().default(null),
      way: z.enum(WAYS_IN),
      held: heldSchema,
    }),
    disable: z.strictObject({ reason }),
    enable: z.strictObject({}),
    remove: z.strictObject({ reason, places: heldPlacesSchema }),
    setRoles: z.strictObject({ roles: roleIdsSchema, held: heldSchema }),
    /** Of one of the vendor's people: told in his own stream too, in the same append as the roles of the vendor. */
    noteStaffRoles: z.strictObject({ roles: roleIdsSchema }),
    endSessions: z.strictObject({ by: z.enum(['self', 'staff']) }),
    endTokens: z.strictObject({ by: z.enum(['self', 'staff']) }),
    ...loginCommands,
    ...identityCommands,
    ...factorCommands,
    /** What is absent stays. The name of the contact is changed with it by whoever sends the command. */
    changeProfile: z.strictObject({
      locale: localeSchema.nullable().optional(),
      zone: zoneSchema.nullable().optional(),
      firstName: partOfNameSchema.optional(),
      lastName: partOfNameSchema.optional(),
    }),
  },
  facts: { contact: contactFact, roles, ...identityFacts },
  needs: {
    create: (_command, _state, id, tenant) => ({ contact: id, roles: tenant }),
    disable: (_command, { kind }, _id, tenant) => ({ roles: kind === 'staff' ? tenant : null }),
    remove: (_command, { kind }, _id, tenant) => ({ roles: kind === 'staff' ? tenant : null }),
    setRoles: (_command, _state, _id, tenant) => ({ roles: tenant }),
    ...identityNeeds,
  },
  decide: {
    create: ({ kind, roles: wanted, way, held }, state, { id, facts }) => {
      if (state.kind !== null) identityErrors.refuse('user.exists');
      mustHaveContact(facts.contact);
      const known = facts.roles!.state;
      const given = kind === 'staff' ? (wanted ?? []) : (wanted ?? [known.defaultRole]);
      if (kind === 'staff' && given.length > 0) identityErrors.refuse('user.not-customer');
      mustBeGivable(given, known, held);
      return { type: 'UserCreated', data: { userId: id, kind, roles: given, way } };
    },
    disable: ({ reason: why }, state, { id, facts }) => {
      const kind = mustExist(state);
      if (state.disabled) return [];
      if (kind === 'staff' && asStaff(id, facts.roles).administrator) identityErrors.refuse('user.is-administrator');
      return { type: 'UserDisabled', data: { userId: id, reason: why } };
    },
    enable: (_, state, { id }) => {
      mustExist(state);
      return state.disabled ? { type: 'UserEnabled', data: { userId: id } } : [];
    },
    remove: ({ reason: why, places }, state, { id, facts }) => {
      const kind = mustExist(state);
      if (places.length > 0) identityErrors.refuse('user.holds-place', undefined, { places });
      if (kind === 'staff' && asStaff(id, facts.roles).has) identityErrors.refuse('user.has-staff-roles');
      return [...unlinked(state, id), { type: 'UserRemoved', data: { userId: id, reason: why } }];
    },
    setRoles: ({ roles: wanted, held }, state, { id, facts }) => {
      if (mustExist(state) !== 'customer') identityErrors.refuse('user.not-customer');
      const given = wanted.filter((role) => !state.roles.includes(role));
      mustBeGivable(given, facts.roles!.state, held);
      if (given.length === 0 && wanted.length === state.roles.length) return [];
      return { type: 'UserRolesSet', data: { userId: id, roles: wanted, previous: [...state.roles] } };
    },
    noteStaffRoles: ({ roles: has }, state, { id }) => {
      if (mustExist(state) !== 'staff') identityErrors.refuse('user.not-staff');
      if (has.join() === state.roles.join()) return [];
      return { type: 'UserRolesSet', data: { userId: id, roles: has, previous: [...state.roles] } };
    },
    endSessions: ({ by }, state, { id }) => {
      mustExist(state);
      return { type: 'UserSessionsEnded', data: { userId: id, by } };
    },
    endTokens: ({ by }, state, { id }) => {
      mustExist(state);
      return { type: 'UserTokensEnded', data: { userId: id, by } };
    },
    ...loginRules,
    ...identityRules,
    ...factorRules,
    changeProfile: (command, state, { id }) => {
      mustExist(state);
      const { locale, zone, firstName, lastName } = state;
      const before = { locale, zone, firstName, lastName };
      const after = { ...before, ...command };
      const isSame = (Object.keys(before) as (keyof typeof before)[]).every((key) => before[key] === after[key]);
      return isSame ? [] : { type: 'UserProfileChanged', data: { userId: id, ...after } };
    },
  },
  evolve: {
    FactorRenamed: (state) => state,
    FactorDoubted: (state) => state,
    UserCreated: (_, { kind, roles: has }) => ({ ...NOBODY, kind, roles: has }),
    UserDisabled: (state) => ({ ...state, disabled: true }),
    UserEnabled: (state) => ({ ...state, disabled: false }),
    UserRemoved: () => NOBODY,
    UserRolesSet: (state, { roles: has }) => ({ ...state, roles: has }),
    UserProfileChanged: (state, { userId: _id, ...profile }) => ({ ...state, ...profile }),
    PasswordSet: (state, { passwordId, mustChange }) => ({ ...state, password: { id: passwordId, mustChange } }),
    PasswordRemoved: (state) => ({ ...state, password: null }),
    UserSessionsEnded: (state) => state,
    UserTokensEnded: (state) => state,
    LoggedIn: (state) => state,
    LoginFailed: (state) => state,
    SessionEnded: (state) => state,
    ...identitySteps,
    ...factorSteps,
  },
});
