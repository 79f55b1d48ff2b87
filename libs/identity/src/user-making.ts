// For whom the caller may make a user (licensing.md §2.10, §2.11): staff for everybody, the people of an organization for
// its members, and not more than the vendor allows it.
import { httpErrors } from '#http/http-errors.js';
import { reaches, reachOf, requireTenant } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { emailSchema, nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { personKindSchema, roleIdsSchema } from './role.events.js';
import type { UserOrganizations } from './user-organizations.js';
import { mustSpeakFor, reachesUser } from './user-reads.js';
import { userView } from './user.view.js';

export const newUserSchema = z
  .strictObject({
    contactId: idSchema.optional().meta({ description: 'The contact who gets the login; he was added before.' }),
    contact: z
      .strictObject({ name: nameSchema, email: emailSchema, organizationId: idSchema.nullable().default(null) })
      .optional()
      .meta({
        description: 'Instead: a person whom you do not know yet; he becomes a contact, and a member of the organization.',
      }),
    kind: personKindSchema.default('customer'),
    roles: roleIdsSchema
      .nullable()
      .default(null)
      .meta({ description: 'Null: the default role for a customer, none yet for one of the people of the vendor.' }),
  })
  .refine(({ contactId, contact }) => (contactId === undefined) !== (contact === undefined), {
    path: ['contactId'],
    message: 'must name a contact, or `contact` must tell of a new one; one of both',
  });
export type NewUser = z.output<typeof newUserSchema>;

/**
 * The organizations to which the person belongs, or will.
 * @throws `auth.forbidden` for a user of the vendor; `user.contact-unknown`, `user.organization-unknown` for what the caller
 * may not know of; `user.of-others`, `user.too-many`, `user.primary-needed`
 */
export async function mayMake(
  reads: Reads,
  organizations: UserOrganizations,
  asking: RequestContext,
  { contactId, contact, kind }: NewUser,
): Promise<readonly string[]> {
  if (kind === 'staff') requireTenant(asking, 'user.manage');
  const ctx = await reads.upToDate(asking);
  const bound = reachOf(ctx, 'user.manage').kind !== 'tenant';
  const joined = contact ? joining(ctx, contact.organizationId) : await joinedBy(reads, ctx, contactId!);
  for (const id of kind === 'customer' ? joined.takesRoom : []) await mustHaveRoom(reads, organizations, ctx, id, bound);
  return joined.organizations;
}

interface Joined {
  readonly organizations: readonly string[];
  /** Those that will have one user more. */
  readonly takesRoom: readonly string[];
}

function joining(ctx: RequestContext, organizationId: string | null): Joined {
  for (const permission of ['user.manage', 'contact.manage'] as const) {
    const reach = reachOf(ctx, permission);
    if (reach.kind === 'none') httpErrors.refuse('auth.forbidden', undefined, { permission });
    if (reach.kind !== 'tenant' && !reaches(reach, { organizationId })) identityErrors.refuse('user.organization-unknown');
  }
  const organizations = organizationId === null ? [] : [organizationId];
  return { organizations, takesRoom: organizations };
}

async function joinedBy(reads: Reads, ctx: RequestContext, contactId: string): Promise<Joined> {
  const reach = reachOf(ctx, 'user.manage');
  const doc = (await reads.get(userView, ctx, contactId)).found?.doc;
  if (reach.kind !== 'tenant' && !(doc && reachesUser(reach, doc))) return identityErrors.refuse('user.contact-unknown');
  if (!doc) return { organizations: [], takesRoom: [] };
  mustSpeakFor(reach, doc);
  const organizations = doc.access.organizations.map(({ id }) => id);
  // Who has a login already takes no more room: the rules say what is to be said of him.
  return { organizations, takesRoom: doc.login ? [] : organizations };
}

/**
 * The first user may be there before the primary contact, whom he may become; everybody else comes after him. Counted in a
 * view: of users that are made at the very same moment a few too many slip through.
 */
async function mustHaveRoom(
  reads: Reads,
  rules: UserOrganizations,
  ctx: RequestContext,
  organization: string,
  bound: boolean,
): Promise<void> {
  const { allowedUsers: allowed, primary } = await rules.stateOf(ctx.tenant, organization);
  const capped = bound && allowed !== null;
  if (primary && !capped) return;
  const used = await usersOf(reads, ctx, organization);
  if (!primary && used > 0) identityErrors.refuse('user.primary-needed', undefined, { organizationId: organization });
  if (capped && used >= allowed) identityErrors.refuse('user.too-many', undefined, { allowed, used });
}

async function usersOf(reads: Reads, ctx: RequestContext, organization: string): Promise<number> {
  let used = 0;
  for (let after: { values: []; key: string } | undefined; ;) {
    const all = { organization: { equal: organization }, kind: { equal: 'customer' } };
    const { rows, more } = await reads.find(userView, ctx, { all, limit: MAX_PAGE, ...(after && { after }) });
    used += rows.length;
    if (!more) return used;
    after = { values: [], key: rows.at(-1)!.key };
  }
}
