// For whom the caller may make a user (licensing.md §2.10, §2.11): staff for everybody, the people of an organization for
// its members, and not more than the vendor allows it.
import type { Executor } from '#event-store/execute.js';
import { reachOf, requireTenant } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { factsFrom } from '#kernel/aggregate.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { identityErrors } from './identity.errors.js';
import type { PersonKind } from './role.events.js';
import { mustSpeakFor, reachesUser } from './user-reads.js';
import { userView } from './user.view.js';

/** How many users the people of an organization may make; null: as many as they like. */
const allowance = factsFrom(organizationEvents)<{ readonly allowedUsers: number | null }>({
  name: 'allowance-of-users',
  category: 'organization',
  initial: { allowedUsers: null },
  evolve: { AllowedUsersSet: (_, { allowedUsers }) => ({ allowedUsers }) },
});

/**
 * The organizations to which the contact belongs.
 * @throws `auth.forbidden` for a user of the vendor; `user.contact-unknown` for a contact that the caller may not know of;
 * `user.of-others`, `user.too-many`
 */
export async function mayMake(
  reads: Reads,
  executor: Executor,
  asking: RequestContext,
  { contactId, kind }: { readonly contactId: string; readonly kind: PersonKind },
): Promise<readonly string[]> {
  if (kind === 'staff') requireTenant(asking, 'user.manage');
  const reach = reachOf(asking, 'user.manage');
  const ctx = await reads.upToDate(asking);
  const doc = (await reads.get(userView, ctx, contactId)).found?.doc;
  if (reach.kind !== 'tenant' && !(doc && reachesUser(reach, doc))) return identityErrors.refuse('user.contact-unknown');
  if (!doc) return [];
  mustSpeakFor(reach, doc);
  const organizations = doc.access.organizations.map(({ id }) => id);
  // Who has a login already takes no more room: the rules say what is to be said of him.
  if (reach.kind !== 'tenant' && !doc.login) {
    for (const id of organizations) await mustHaveRoom(reads, executor, ctx, id);
  }
  return organizations;
}

/** Counted in a view: of users that are made at the very same moment a few too many slip through. */
async function mustHaveRoom(reads: Reads, executor: Executor, ctx: RequestContext, organization: string): Promise<void> {
  const { allowedUsers: allowed } = await executor.stateOf(allowance, ctx.tenant, organization);
  if (allowed === null) return;
  let used = 0;
  for (let after: { values: []; key: string } | undefined; used < allowed || used === 0;) {
    const all = { organization: { equal: organization }, kind: { equal: 'customer' } };
    const { rows, more } = await reads.find(userView, ctx, { all, limit: MAX_PAGE, ...(after && { after }) });
    used += rows.length;
    if (!more) break;
    after = { values: [], key: rows.at(-1)!.key };
  }
  if (used >= allowed) identityErrors.refuse('user.too-many', undefined, { allowed, used });
}
