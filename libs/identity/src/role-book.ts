// The roles of a vendor: those that come built in, and what the vendor has made of them.
import { ALL_PERMISSIONS, BUILT_IN_ROLES, type Grant, type Permission, type RoleDefinition } from '#kernel/permissions.js';
import type { StoredGrant } from './rights.js';
import type { PersonKind } from './role.events.js';

export type Role = {
  readonly title: string;
  readonly about: string | null;
  readonly kind: PersonKind;
  readonly grants: readonly StoredGrant[];
};

/** What differs from the roles that come built in; null: removed. */
export type RoleChanges = Readonly<Record<string, Role | null>>;

/** All roles of a vendor by their ids, built-in ones first. */
export type RoleBook = ReadonlyMap<string, Role>;

/** The role that every new customer user gets, until another one is named. */
export const FIRST_DEFAULT_ROLE = 'authorized-user';

const BUILT_IN: RoleBook = new Map(
  Object.entries<RoleDefinition>(BUILT_IN_ROLES).map(([id, { title, kind, grants }]) => [
    id,
    { title, about: null, kind, grants },
  ]),
);

export function isBuiltIn(role: string): boolean {
  return BUILT_IN.has(role);
}

/** The roles as they are after the vendor's changes. A built-in one that nobody changed is that of this version. */
export function roleBookOf(changes: RoleChanges): RoleBook {
  const entries = Object.entries(changes);
  if (entries.length === 0) return BUILT_IN;
  const book = new Map(BUILT_IN);
  for (const [id, role] of entries) {
    if (role) book.set(id, role);
    else book.delete(id);
  }
  return book;
}

const KNOWN: ReadonlySet<string> = new Set(ALL_PERMISSIONS);

function known(grants: readonly StoredGrant[]): readonly Grant[] {
  return grants.filter((grant): grant is Grant => KNOWN.has(grant.permission));
}

/** The grants of a role that this version knows; of one that is there no more, none. */
export function grantsOfRole(book: RoleBook, id: string): readonly Grant[] {
  return known(book.get(id)?.grants ?? []);
}

interface Rights {
  readonly role: string | null;
  readonly grants: readonly StoredGrant[] | null;
}

/** The rights of a credential that has a role or grants of its own. */
export function grantsOf({ role, grants }: Rights, book: RoleBook): readonly Grant[] {
  return role === null ? known(grants ?? []) : grantsOfRole(book, role);
}

/** Whether these roles of a person of the vendor let him decide on roles and on users, of the whole tenant. */
export function isAdministrator(book: RoleBook, roles: readonly string[]): boolean {
  const grants = roles.filter((role) => book.get(role)?.kind === 'staff').flatMap((role) => grantsOfRole(book, role));
  const over = (permission: Permission) => grants.some((grant) => grant.permission === permission && grant.scope === 'tenant');
  return over('role.manage') && over('user.manage');
}
