// How far a permission of the caller reaches: what visibility is decided by.
import type { Permission } from '#kernel/permissions.js';
import { httpErrors } from './http-errors.js';
import type { Person, Principal } from './principal.js';
import type { RequestContext } from './request-context.js';

/** What of a tenant a customer reaches: whatever belongs to one of these. */
export interface Within {
  readonly kind: 'within';
  readonly organizations: readonly string[];
  readonly groups: readonly string[];
  /** The person whose own things are reached. */
  readonly contact: string | null;
  /** Where his right to what is his own hangs on memberships: of things of organizations, those of these ones. */
  readonly contactIn?: readonly string[];
}

export type Reach =
  { readonly kind: 'tenant' } | Within | { readonly kind: 'license'; readonly license: string } | { readonly kind: 'none' };

const NONE: Reach = { kind: 'none' };
const TENANT: Reach = { kind: 'tenant' };

/**
 * How far the caller's rights to one permission reach. A license key reaches its license; a credential bound
 * to an organization never reaches further than that, whatever its grants say.
 */
export function reachOf(ctx: Pick<RequestContext, 'principal'>, permission: Permission): Reach {
  const { principal } = ctx;
  if (principal.person) return reachOfPerson(principal.person, permission);
  const scopes = principal.grants.filter((grant) => grant.permission === permission).map(({ scope }) => scope);
  if (scopes.length === 0) return NONE;
  if (principal.kind === 'license') return { kind: 'license', license: principal.id };
  const wide = scopes.includes('tenant');
  if (principal.organization !== undefined) {
    const organizations = [principal.organization];
    return wide || scopes.includes('organization') ? { kind: 'within', organizations, groups: [], contact: null } : NONE;
  }
  return wide ? TENANT : NONE;
}

/** Rights add up. The whole tenant is for staff alone, and never by something that an organization confers. */
function reachOfPerson(person: Person, permission: Permission): Reach {
  const rights = person.rights.filter((right) => right.permission === permission);
  const at = (scope: string) => rights.filter((right) => right.scope === scope).map(({ organizationId }) => organizationId);
  if (person.kind === 'staff' && at('tenant').includes(null)) return TENANT;
  const organizations = [...new Set(at('organization').filter((id) => id !== null))];
  const groupsOf = new Set(at('group'));
  const mine = person.groups.filter(({ organizationId }) => groupsOf.has(null) || groupsOf.has(organizationId));
  const groups = mine.map(({ id }) => id);
  const own = at('own');
  const contact = own.length > 0 ? person.contactId : null;
  if (organizations.length === 0 && groups.length === 0 && contact === null) return NONE;
  const contactIn = own.filter((id) => id !== null);
  return { kind: 'within', organizations, groups, contact, ...(contactIn.length > 0 && !own.includes(null) && { contactIn }) };
}

/** What visibility asks about a thing: whose it is. */
export interface Owned {
  readonly organizationId?: string | null;
  readonly contactId?: string | null;
  /** Groups that it is linked to. */
  readonly groups?: readonly string[];
  readonly licenseId?: string | null;
}

/** Whether a thing with these owners lies within a reach. */
export function reaches(reach: Reach, thing: Owned): boolean {
  switch (reach.kind) {
    case 'tenant':
      return true;
    case 'within':
      return isWithin(reach, thing);
    case 'license':
      return thing.licenseId === reach.license;
    case 'none':
      return false;
  }
}

function isWithin({ organizations, groups, contact, contactIn }: Within, thing: Owned): boolean {
  const { organizationId = null, contactId = null } = thing;
  if (organizationId !== null && organizations.includes(organizationId)) return true;
  const counts = organizationId === null || contactIn === undefined || contactIn.includes(organizationId);
  if (contact !== null && contactId === contact && counts) return true;
  return thing.groups?.some((id) => groups.includes(id)) ?? false;
}

/** The organizations that are reached as a whole; none for who reaches the tenant, who is not asked for them. */
export function organizationsOf(reach: Reach): readonly string[] {
  return reach.kind === 'within' ? reach.organizations : [];
}

/** The organizations of which the caller reaches what is his own: of those that he is a member of. */
export function ownOrganizations(ctx: Pick<RequestContext, 'principal'>, permission: Permission): readonly string[] {
  const reach = reachOf(ctx, permission);
  if (reach.kind !== 'within' || reach.contact === null) return [];
  const { contactIn } = reach;
  return (ctx.principal.person?.organizations ?? []).filter((id) => contactIn === undefined || contactIn.includes(id));
}

/** Whether everything that `narrow` reaches is reached by `wide` too. */
export function covers(wide: Reach, narrow: Reach): boolean {
  if (wide.kind === 'tenant' || narrow.kind === 'none') return true;
  if (wide.kind === 'license') return narrow.kind === 'license' && narrow.license === wide.license;
  if (wide.kind !== 'within' || narrow.kind !== 'within') return false;
  return (
    narrow.organizations.every((id) => wide.organizations.includes(id)) &&
    narrow.groups.every((id) => wide.groups.includes(id)) &&
    (narrow.contact === null || (narrow.contact === wide.contact && within(narrow.contactIn, wide.contactIn)))
  );
}

/** What the guard asks of every caller, whatever the reach. @throws `auth.forbidden` */
export function requirePermission({ grants }: Pick<Principal, 'grants'>, permission: Permission): void {
  if (grants.some((grant) => grant.permission === permission)) return;
  httpErrors.refuse('auth.forbidden', `The credential lacks the permission ${permission}.`, { permission });
}

/** Undefined: everywhere. */
function within(narrow: readonly string[] | undefined, wide: readonly string[] | undefined): boolean {
  return wide === undefined || (narrow?.every((id) => wide.includes(id)) ?? false);
}

/** For what is the vendor's alone. @throws `auth.forbidden` to a credential that reaches less than the whole tenant. */
export function requireTenant(ctx: Pick<RequestContext, 'principal'>, permission: Permission): void {
  if (reachOf(ctx, permission).kind !== 'tenant') httpErrors.refuse('auth.forbidden', undefined, { permission, scope: 'tenant' });
}
