// Rules of a vendor's roles, and of who of its staff has which. One stream for all: the last administrator stays,
// and the default role is always there.
import { aggregateOf } from '#kernel/aggregate.js';
import { nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { CUSTOMER_PERMISSIONS, grantInputSchema, heldSchema, mustCover, type StoredGrant } from './rights.js';
import { FIRST_DEFAULT_ROLE, grantsOfRole, isAdministrator, roleBookOf, type RoleBook, type RoleChanges } from './role-book.js';
import { personKindSchema, roleEvents, roleIdSchema, roleIdsSchema, type Bar, type PersonKind } from './role.events.js';
import { barsOf, contactStanding, staffUser } from './staff.facts.js';

const MOST_ROLES = 100;

const BARRED = { archived: 'user.contact-archived', disabled: 'user.disabled', suspended: 'user.contact-suspended' } as const;

export interface RolesState {
  readonly changes: RoleChanges;
  readonly defaultRole: string;
  /** The roles of each person of the vendor who has any. */
  readonly staff: Readonly<Record<string, readonly string[]>>;
  /** Why those of the vendor's people who cannot log in cannot. */
  readonly barred: Readonly<Record<string, readonly Bar[]>>;
}

const grantsInput = z
  .array(grantInputSchema)
  .max(200)
  .overwrite((grants) => [...new Map(grants.map((grant) => [`${grant.permission} ${grant.scope}`, grant])).values()]);

const about = textSchema.nullable();

/** What somebody asks for who wants a role. */
export const newRoleSchema = z.strictObject({
  role: roleIdSchema.meta({ description: 'Its id, for ever.' }),
  kind: personKindSchema,
  title: nameSchema,
  about: about.default(null),
  grants: grantsInput,
});

/** What of a role is to be another; what is absent stays. */
export const roleChangeSchema = z.strictObject({
  title: nameSchema.optional(),
  about: about.optional(),
  grants: grantsInput.optional(),
});

const changeSchema = roleChangeSchema.extend({ role: roleIdSchema, held: heldSchema });

function checkGrants(kind: PersonKind, grants: readonly StoredGrant[]): void {
  if (kind === 'staff') {
    if (grants.some(({ scope }) => scope !== 'tenant')) identityErrors.refuse('role.scope-not-fitting');
    return;
  }
  if (grants.some(({ scope }) => scope === 'tenant')) identityErrors.refuse('role.scope-not-fitting');
  const never = grants.filter(({ permission }) => !CUSTOMER_PERMISSIONS.has(permission));
  if (never.length > 0)
    identityErrors.refuse('role.never-for-customers', undefined, { permissions: never.map(({ permission }) => permission) });
}

/** The role, or the refusal where the vendor has none of that id. */
function roleIn(book: RoleBook, id: string) {
  return book.get(id) ?? identityErrors.refuse('role.not-found');
}

/** Those who can log in: one who cannot keeps nothing going. */
function administrators({ changes, staff, barred }: Pick<RolesState, 'changes' | 'staff' | 'barred'>): number {
  const book = roleBookOf(changes);
  return Object.entries(staff).filter(([id, has]) => !barred[id] && isAdministrator(book, has)).length;
}

/** @throws `role.last-administrator` where there is one now who can log in, and would be none afterwards. */
function mustLeaveAdministrator(state: RolesState, after: Partial<RolesState>): void {
  if (administrators(state) > 0 && administrators({ ...state, ...after }) === 0) identityErrors.refuse('role.last-administrator');
}

function without<T>(all: Readonly<Record<string, T>>, id: string): Readonly<Record<string, T>> {
  const { [id]: _gone, ...rest } = all;
  return rest;
}

/**
 * The roles as they would be after a change of one, for its command and for its preview.
 * @throws `role.not-found`, `role.scope-not-fitting`, `role.never-for-customers`, `role.more-than-yours`, `role.last-administrator`
 */
export function rolesAfterChange({ role, held, ...change }: z.output<typeof changeSchema>, state: RolesState): RoleChanges {
  const before = roleIn(roleBookOf(state.changes), role);
  const { title = before.title, about: text = before.about, grants = before.grants } = change;
  checkGrants(before.kind, grants);
  const had = new Set(before.grants.map(({ permission, scope }) => `${permission} ${scope}`));
  const gained = grants.filter(({ permission, scope }) => !had.has(`${permission} ${scope}`));
  mustCover(held, gained, 'role.more-than-yours');
  const changes = { ...state.changes, [role]: { title, about: text, kind: before.kind, grants } };
  mustLeaveAdministrator(state, { changes });
  return changes;
}

/**
 * The roles as they would be after the removal of one, for its command and for its preview.
 * @throws `role.not-found`, `role.is-default`, `role.last-administrator`
 */
export function rolesAfterRemoval(role: string, state: RolesState): RoleChanges {
  roleIn(roleBookOf(state.changes), role);
  if (role === state.defaultRole) identityErrors.refuse('role.is-default');
  const changes = { ...state.changes, [role]: null };
  mustLeaveAdministrator(state, { changes });
  return changes;
}

function mustBeStaffRoles(book: RoleBook, roles: readonly string[]): void {
  const unknown = roles.filter((role) => !book.has(role));
  if (unknown.length > 0) identityErrors.refuse('role.unknown', undefined, { roles: unknown });
  if (roles.some((role) => book.get(role)!.kind !== 'staff')) identityErrors.refuse('role.not-fitting');
}

export const roles = aggregateOf<RolesState>()({
  name: 'roles',
  events: roleEvents,
  initial: { changes: {}, defaultRole: FIRST_DEFAULT_ROLE, staff: {}, barred: {} },
  commands: {
    add: newRoleSchema.extend({ held: heldSchema }),
    change: changeSchema,
    remove: z.strictObject({ role: roleIdSchema }),
    setDefault: z.strictObject({ role: roleIdSchema, held: heldSchema }),
    setStaffRoles: z.strictObject({ userId: idSchema, roles: roleIdsSchema, held: heldSchema }),
    /** Goes in one append with whatever changes whether a person can log in: the last administrator always can. */
    noteStanding: z.strictObject({ userId: idSchema }),
  },
  facts: { user: staffUser, contact: contactStanding },
  needs: {
    setStaffRoles: ({ userId }) => ({ user: userId, contact: userId }),
    noteStanding: ({ userId }) => ({ user: userId, contact: userId }),
  },
  decide: {
    add: ({ held: mine, ...role }, state) => {
      // For ever: whoever still has a removed role must not come by another one of its name.
      if (role.role in state.changes || roleBookOf({}).has(role.role)) identityErrors.refuse('role.exists');
      if (Object.values(state.changes).filter((each) => each !== null).length >= MOST_ROLES)
        identityErrors.refuse('role.too-many');
      checkGrants(role.kind, role.grants);
      mustCover(mine, role.grants, 'role.more-than-yours');
      return { type: 'RoleAdded', data: role };
    },
    change: (command, state) => {
      const { role } = command;
      const { kind: _, ...before } = roleIn(roleBookOf(state.changes), role);
      const { kind: _kind, ...after } = rolesAfterChange(command, state)[role]!;
      if (JSON.stringify(before) === JSON.stringify(after)) return [];
      return { type: 'RoleChanged', data: { role, ...after, grants: [...after.grants] } };
    },
    remove: ({ role }, state) => {
      rolesAfterRemoval(role, state);
      return { type: 'RoleRemoved', data: { role } };
    },
    setDefault: ({ role, held: mine }, state) => {
      const book = roleBookOf(state.changes);
      if (roleIn(book, role).kind !== 'customer') identityErrors.refuse('role.not-fitting');
      if (role === state.defaultRole) return [];
      mustCover(mine, grantsOfRole(book, role), 'role.more-than-yours');
      return { type: 'DefaultRoleSet', data: { role, previous: state.defaultRole } };
    },
    setStaffRoles: ({ userId, roles: wanted, held: mine }, state, { facts }) => {
      const { kind } = facts.user!.state;
      if (kind === null) identityErrors.refuse('user.not-found');
      if (kind !== 'staff') identityErrors.refuse('user.not-staff');
      const previous = state.staff[userId] ?? [];
      if (JSON.stringify(previous) === JSON.stringify(wanted)) return [];
      const book = roleBookOf(state.changes);
      const given = wanted.filter((role) => !previous.includes(role));
      mustBeStaffRoles(book, given);
      const [bar] = given.length > 0 ? barsOf(facts) : [];
      if (bar) identityErrors.refuse(BARRED[bar]);
      mustCover(
        mine,
        given.flatMap((role) => grantsOfRole(book, role)),
        'role.more-than-yours',
      );
      mustLeaveAdministrator(state, { staff: { ...state.staff, [userId]: wanted } });
      return { type: 'StaffRolesSet', data: { userId, roles: wanted, previous: [...previous] } };
    },
    noteStanding: ({ userId }, state, { facts }) => {
      if (facts.user!.state.kind !== 'staff') return [];
      const [reasons, previous] = [barsOf(facts), state.barred[userId] ?? []];
      if (reasons.join() === previous.join()) return [];
      if (reasons.length > 0) mustLeaveAdministrator(state, { barred: { ...state.barred, [userId]: reasons } });
      return { type: 'StaffBarred', data: { userId, reasons, previous: [...previous] } };
    },
  },
  evolve: {
    RoleAdded: (state, { role, ...content }) => ({ ...state, changes: { ...state.changes, [role]: content } }),
    RoleChanged: (state, { role, ...content }) => {
      const kind = roleBookOf(state.changes).get(role)?.kind;
      return kind ? { ...state, changes: { ...state.changes, [role]: { kind, ...content } } } : state;
    },
    RoleRemoved: (state, { role }) => ({ ...state, changes: { ...state.changes, [role]: null } }),
    DefaultRoleSet: (state, { role }) => ({ ...state, defaultRole: role }),
    // Who is given a role can log in: what barred a login of his that was removed since is over.
    StaffRolesSet: (state, { userId, roles: has, previous }) => ({
      ...state,
      staff: { ...state.staff, [userId]: has },
      barred: has.some((role) => !previous.includes(role)) ? without(state.barred, userId) : state.barred,
    }),
    StaffBarred: (state, { userId, reasons }) => ({
      ...state,
      barred: reasons.length > 0 ? { ...state.barred, [userId]: reasons } : without(state.barred, userId),
    }),
  },
});
