// The roles of a vendor that are for customers, as far as giving them to members goes.
import { roleEvents } from '#identity/role.events.js';
import { factsFrom } from '#kernel/aggregate.js';
import { BUILT_IN_ROLES, type RoleDefinition } from '#kernel/permissions.js';
import { organizationsErrors } from './organizations.errors.js';

/** The permissions that each role gives, by its id. */
type CustomerRoles = Readonly<Record<string, readonly string[]>>;

type Grants = readonly { readonly permission: string }[];
const permissionsOf = (grants: Grants): readonly string[] => grants.map(({ permission }) => permission);

const BUILT_IN: CustomerRoles = Object.fromEntries(
  Object.entries<RoleDefinition>(BUILT_IN_ROLES)
    .filter(([, { kind }]) => kind === 'customer')
    .map(([id, { grants }]) => [id, permissionsOf(grants)]),
);

export const customerRoles = factsFrom(roleEvents)<CustomerRoles>({
  name: 'customer-roles',
  category: 'roles',
  initial: BUILT_IN,
  evolve: {
    RoleAdded: (roles, { role, kind, grants }) => (kind === 'customer' ? { ...roles, [role]: permissionsOf(grants) } : roles),
    RoleChanged: (roles, { role, grants }) => (role in roles ? { ...roles, [role]: permissionsOf(grants) } : roles),
    RoleRemoved: (roles, { role }) => Object.fromEntries(Object.entries(roles).filter(([id]) => id !== role)),
  },
});

/**
 * Whether somebody may give these roles, who may do what `held` names himself (null = everything).
 * @throws `organization.role-unknown`, `organization.role-beyond-yours`
 */
export function mustBeGivable(given: readonly string[], roles: CustomerRoles, held: readonly string[] | null): void {
  const unknown = given.filter((role) => !(role in roles));
  if (unknown.length > 0) organizationsErrors.refuse('organization.role-unknown', undefined, { roles: unknown });
  if (held === null) return;
  const missing = given.flatMap((role) => roles[role]!).filter((permission) => !held.includes(permission));
  if (missing.length > 0)
    organizationsErrors.refuse('organization.role-beyond-yours', undefined, { missing: [...new Set(missing)] });
}
