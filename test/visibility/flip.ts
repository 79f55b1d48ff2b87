// What can be flipped: each grant of each built-in role and of the place of a contact is taken once, and each that others of
// the same kind have is given once.
import {
  ALL_PERMISSIONS,
  BUILT_IN_ROLES,
  CONTACT_GRANTS,
  type Grant,
  type Permission,
  type RoleDefinition,
} from '#kernel/permissions.js';

/** Stands in the folder of a server that is started with a flip. */
export const FLIP_FILE = 'test-flip.json';

export interface Flip {
  readonly kind: 'taken' | 'given';
  /** The id of a role, or `contact`. */
  readonly holder: string;
  readonly grant: Grant;
}

export interface FlippedServer {
  readonly flip: Flip;
  /** An instant soon after its people have logged in. */
  readonly at: string;
}

/** The columns of the matrix whose people have it. */
const COLUMNS_OF: Readonly<Record<string, readonly string[]>> = {
  administrator: ['administrator'],
  support: ['support'],
  contact: ['primary contact', 'secondary contact', 'another organization'],
  'organization-administrator': ['organization administrator'],
  'customer-representative': ['customer representative', 'representative of nobody'],
  'authorized-user': ['authorized user', 'member', 'member of no group', 'without organization'],
};

/** @throws Error for a role that no column has: it is new, and wants one */
export function columnsOf({ holder }: Flip): readonly string[] {
  const columns = COLUMNS_OF[holder];
  if (!columns) throw new Error(`no column of the matrix has the role ${holder}`);
  return columns;
}

const roles: readonly (readonly [string, RoleDefinition])[] = Object.entries(BUILT_IN_ROLES);
const grantsOf = (kind: string) => roles.filter(([, role]) => role.kind === kind).flatMap(([, { grants }]) => grants);
const ofCustomers: readonly Grant[] = [...grantsOf('customer'), ...CONTACT_GRANTS];

/** Who may read the products of the vendor in any scope reads them all: a further scope gives nothing more. */
const SCOPELESS: ReadonlySet<Permission> = new Set(['product.read']);

/** They show more of what another one lets see, as far as that reaches, and nothing without it. */
const BESIDE: Readonly<Partial<Record<Permission, readonly Permission[]>>> = {
  'event.read-personal': ['event.read'],
  'user.read-details': ['user.read'],
  'history.read': ['license.read', 'organization.read'],
};

/** What no customer has is not given to one: no door serves it for less than the whole vendor. */
function givable(kind: string): readonly Grant[] {
  if (kind === 'staff') return ALL_PERMISSIONS.map((permission) => ({ permission, scope: 'tenant' }));
  const organization = new Set<Permission>(
    ofCustomers.filter(({ scope }) => scope === 'organization').map((each) => each.permission),
  );
  return [...organization].map((permission) => ({ permission, scope: 'organization' }));
}

export function allFlips(): Flip[] {
  const holders: [string, string, readonly Grant[]][] = roles.map(([id, { kind, grants }]) => [id, kind, grants]);
  holders.push(['contact', 'customer', CONTACT_GRANTS]);
  return holders.flatMap(([holder, kind, grants]) => [
    ...grants.filter((grant) => counts(grant, grants)).map((grant): Flip => ({ kind: 'taken', holder, grant })),
    ...givable(kind)
      .filter((grant) => !has(grants, grant) && counts(grant, grants))
      .map((grant): Flip => ({ kind: 'given', holder, grant })),
  ]);
}

function has(grants: readonly Grant[], { permission, scope }: Grant): boolean {
  return grants.some((each) => each.permission === permission && each.scope === scope);
}

/** Whether a grant makes a difference beside these. */
function counts(grant: Grant, grants: readonly Grant[]): boolean {
  const { permission, scope } = grant;
  const beside = BESIDE[permission];
  if (beside) return beside.some((each) => has(grants, { permission: each, scope }));
  return !SCOPELESS.has(permission) || !grants.some((each) => each.permission === permission && each.scope !== scope);
}
