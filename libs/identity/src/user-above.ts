// Who may lay hands on a login: whoever lets himself into it has its rights.
import { reachOf, reaches } from '#http/reach.js';
import type { Right } from '#http/principal.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import { identityErrors } from './identity.errors.js';
import { managedUser, rightsOnceActive } from './user-reads.js';

/**
 * For what gives power over a login. Beside what {@link managedUser} asks, whoever is not of the vendor himself must
 * have every right over an organization that the other one has: an organization administrator does not come by the
 * rights of a contact that way.
 * @throws `user.not-found`, `user.of-others`, `user.more-than-yours`
 */
export async function mustStandAbove(reads: Reads, ctx: RequestContext, permission: Permission, id: string): Promise<void> {
  const doc = await managedUser(reads, ctx, permission, id);
  if (!doc.access.user) return identityErrors.refuse('user.not-found');
  if (reachOf(ctx, permission).kind === 'tenant') return;
  const missing = (await rightsOnceActive(reads, ctx, doc)).filter((right) => !hasOver(ctx, right));
  if (missing.length > 0)
    identityErrors.refuse('user.more-than-yours', undefined, {
      missing: missing.map((right) => ({ permission: right.permission, scope: right.scope })),
    });
}

/** What is a person's own, or of his groups, gives power over nothing of others. */
function hasOver(ctx: RequestContext, { permission, scope, organizationId }: Right): boolean {
  if (scope !== 'tenant' && scope !== 'organization') return true;
  const reach = reachOf(ctx, permission);
  return organizationId === null ? reach.kind === 'tenant' : reaches(reach, { organizationId });
}
