// How far a permission of the caller reaches: what visibility is decided by.
import type { Permission } from '#kernel/permissions.js';
import { httpErrors } from './http-errors.js';
import type { RequestContext } from './request-context.js';

export type Reach =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'organization'; readonly organization: string }
  | { readonly kind: 'license'; readonly license: string }
  | { readonly kind: 'none' };

/**
 * How far the caller's grants of one permission reach. A license key reaches its license; a credential bound
 * to an organization never reaches further than that, whatever its grants say.
 */
export function reachOf(ctx: Pick<RequestContext, 'principal'>, permission: Permission): Reach {
  const { principal } = ctx;
  const scopes = principal.grants.filter((grant) => grant.permission === permission).map(({ scope }) => scope);
  if (scopes.length === 0) return { kind: 'none' };
  if (principal.kind === 'license') return { kind: 'license', license: principal.id };
  const wide = scopes.includes('tenant');
  if (principal.organization !== undefined) {
    return wide || scopes.includes('organization')
      ? { kind: 'organization', organization: principal.organization }
      : { kind: 'none' };
  }
  return wide ? { kind: 'tenant' } : { kind: 'none' };
}

/** Whether a thing with these owners lies within a reach. */
export function reaches(
  reach: Reach,
  thing: { readonly organizationId?: string | null; readonly licenseId?: string | null },
): boolean {
  switch (reach.kind) {
    case 'tenant':
      return true;
    case 'organization':
      return thing.organizationId === reach.organization;
    case 'license':
      return thing.licenseId === reach.license;
    case 'none':
      return false;
  }
}

/** For what is the vendor's alone. @throws `auth.forbidden` to a credential that reaches less than the whole tenant. */
export function requireTenant(ctx: Pick<RequestContext, 'principal'>, permission: Permission): void {
  if (reachOf(ctx, permission).kind !== 'tenant') httpErrors.refuse('auth.forbidden', undefined, { permission, scope: 'tenant' });
}
