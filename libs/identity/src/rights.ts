// Which rights a credential has, and whether rights are within others.
import { ALL_PERMISSIONS, BUILT_IN_ROLES, CONTACT_GRANTS, SCOPES, type Grant, type RoleDefinition } from '#kernel/permissions.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';

/** A grant of rights as it is stored. A permission that a later version dropped stays readable and opens nothing. */
export const grantSchema = z.strictObject({ permission: z.string(), scope: z.enum(SCOPES) });
export type StoredGrant = z.output<typeof grantSchema>;

/** A grant as people ask for it. */
export const grantInputSchema = z.strictObject({ permission: z.enum(ALL_PERMISSIONS), scope: z.enum(SCOPES) });

/** Whether somebody with `held` may hand out `wanted`. Tenant covers every scope, organization all but tenant. */
export function covers(held: readonly StoredGrant[], wanted: StoredGrant): boolean {
  return held.some(({ permission, scope }) => {
    if (permission !== wanted.permission) return false;
    return scope === 'tenant' || scope === wanted.scope || (scope === 'organization' && wanted.scope !== 'tenant');
  });
}

const customerRoles: readonly RoleDefinition[] = Object.values(BUILT_IN_ROLES).filter(({ kind }) => kind === 'customer');
const ofCustomers: readonly Grant[] = [...customerRoles.flatMap(({ grants }) => grants), ...CONTACT_GRANTS];

/**
 * Everything that a customer may ever do (licensing.md §2.14): what the roles for customers give, and what
 * the place of a contact gives beyond them.
 */
export const CUSTOMER_PERMISSIONS: ReadonlySet<string> = new Set(ofCustomers.map(({ permission }) => permission));

/** The rights of who gives a command that hands out rights: nobody gives what he has not. */
export const heldSchema = z.array(grantSchema);

/** @throws the refusal, with what is missing, where somebody would hand out more than he has. */
export function mustCover(
  held: readonly StoredGrant[],
  wanted: readonly StoredGrant[],
  refusal: 'role.more-than-yours' | 'user.more-than-yours',
): void {
  const missing = wanted.filter((grant) => !covers(held, grant));
  if (missing.length > 0) identityErrors.refuse(refusal, undefined, { missing });
}
