// The rights that who gives a command can hand on to others.
import type { Principal } from '#http/principal.js';
import type { StoredGrant } from './rights.js';

/**
 * What the caller may give to somebody who belongs to these organizations: of his rights over the whole tenant all,
 * of those within an organization only what holds in one of these. What is his own alone he cannot hand on.
 */
export function heldIn({ principal }: { readonly principal: Principal }, organizations: readonly string[]): StoredGrant[] {
  const { person, grants, organization } = principal;
  if (!person) return organization === undefined || organizations.includes(organization) ? [...grants] : [];
  return person.rights
    .filter(({ scope, organizationId }) =>
      organizationId === null ? scope === 'tenant' : organizations.includes(organizationId),
    )
    .map(({ permission, scope }) => ({ permission, scope }));
}

/** What the caller may give over the whole tenant. */
export function heldOverTenant(caller: { readonly principal: Principal }): StoredGrant[] {
  return heldIn(caller, []).filter(({ scope }) => scope === 'tenant');
}
