// What callers are shown of users, and which they may decide on (licensing.md §2.14, "Users of the organization").
import type { Position } from '#event-store/event-store.js';
import { organizationsOf, reaches, reachOf, type Reach } from '#http/reach.js';
import type { Right } from '#http/principal.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import type { Permission } from '#kernel/permissions.js';
import { placeSchema } from '#organizations/organization.events.js';
import type { Conditions } from '#read-models/read-store.js';
import { z } from 'zod';
import { accessRulesView, FIRST_RULES, type AccessRulesDoc } from './access-rules.view.js';
import { heldIn } from './held.js';
import { identityErrors } from './identity.errors.js';
import { mustCover } from './rights.js';
import { personOf, WHY_NOT } from './rights-of.js';
import { roleBookOf } from './role-book.js';
import { personKindSchema, roleIdSchema } from './role.events.js';
import { WAYS_IN } from './user.events.js';
import { userView, type UserDoc } from './user.view.js';

export const USER_STATUSES = ['active', 'disabled'] as const;

const rolesSchema = z.array(roleIdSchema);

const detailsSchema = z.strictObject({
  email: z.string(),
  kind: personKindSchema,
  status: z.enum(USER_STATUSES),
  roles: rolesSchema.meta({ description: 'Of staff its roles; of a customer those that are his wherever he belongs.' }),
  organizations: z.array(z.strictObject({ id: idSchema, place: placeSchema.nullable(), roles: rolesSchema })),
  groups: z.array(z.strictObject({ id: idSchema, organizationId: idSchema })),
  way: z.enum(WAYS_IN).meta({ description: 'How he came by his login.' }),
  createdAt: instantSchema,
  lastLoginAt: instantSchema.nullable(),
  password: z.boolean().meta({ description: 'Whether he has one.' }),
  locale: z.string().nullable(),
  zone: z.string().nullable(),
  whyNot: z.enum(WHY_NOT).nullable().meta({ description: 'Why he cannot log in at the moment; null: he can.' }),
});

export const userSchema = z
  .strictObject({
    id: idSchema.meta({ description: 'Of the contact, and of the user.' }),
    name: z.string(),
    revision: revisionSchema,
    details: detailsSchema.nullable().meta({ description: 'Null for who may see no more of him than his name.' }),
  })
  .meta({ id: 'User' });

/** What keeps a list to what the caller may know of; every user holds one of these. */
export function waysIn(reach: Reach): readonly (readonly Conditions[])[] {
  if (reach.kind === 'tenant') return [];
  const contact = reach.kind === 'within' ? reach.contact : null;
  const own: Conditions[] = contact === null ? [] : [{ id: { equal: contact } }];
  return [[{ organization: { in: organizationsOf(reach) } }, ...own]];
}

export function reachesUser(reach: Reach, { id, access }: UserDoc): boolean {
  if (reaches(reach, { contactId: id })) return true;
  return access.organizations.some((each) => reaches(reach, { organizationId: each.id }));
}

/** What of his organizations and groups lies within the reach: of others nothing is told; he himself sees all. */
function within(reach: Reach, doc: UserDoc): Pick<UserDoc['access'], 'organizations' | 'groups'> {
  const { organizations, groups } = doc.access;
  const belongs = groups.filter(({ organizationId }) => organizations.some(({ id }) => id === organizationId));
  if (reaches(reach, { contactId: doc.id })) return { organizations, groups: belongs };
  return {
    organizations: organizations.filter(({ id }) => reaches(reach, { organizationId: id })),
    groups: belongs.filter(({ organizationId }) => reaches(reach, { organizationId })),
  };
}

/** Reads the vendor's roles and its rule of who may log in. */
async function rulesOf(reads: Reads, ctx: RequestContext): Promise<AccessRulesDoc> {
  return (await reads.get(accessRulesView, ctx, ctx.tenant)).found?.doc ?? FIRST_RULES;
}

/** Users whom the caller may see, as he may see them. */
export async function shownUsers(
  reads: Reads,
  ctx: RequestContext,
  docs: readonly UserDoc[],
): Promise<ReadonlyMap<string, z.output<typeof userSchema>>> {
  const details = reachOf(ctx, 'user.read-details');
  const rules = await rulesOf(reads, ctx);
  const shown = docs.map((doc): [string, z.output<typeof userSchema>] => {
    const { id, name, revision } = doc;
    return [id, { id, name, revision, details: reachesUser(details, doc) ? detailsOf(doc, details, rules) : null }];
  });
  return new Map(shown);
}

function detailsOf(
  doc: UserDoc,
  reach: Reach,
  { roles: changes, customerLogin }: AccessRulesDoc,
): z.output<typeof detailsSchema> {
  const { login, access, email, locale, zone } = doc;
  const { kind, status, roles } = access.user!;
  const { organizations, groups } = within(reach, doc);
  return {
    ...{ email, kind, status, roles: [...roles] },
    organizations: organizations.map((each) => ({ ...each, roles: [...each.roles] })),
    groups: [...groups],
    ...login!,
    ...{ locale, zone, whyNot: personOf(access, roleBookOf(changes), customerLogin).whyNot },
  };
}

/** @throws `user.not-found` for one that the caller may not know of, as for none. */
export async function visibleUser(
  reads: Reads,
  ctx: RequestContext,
  id: string,
): Promise<{ readonly doc: UserDoc; readonly asOf: Position }> {
  const { found, asOf } = await reads.get(userView, ctx, id);
  const doc = found?.doc;
  if (!doc?.login || !reachesUser(reachOf(ctx, 'user.read'), doc)) return identityErrors.refuse('user.not-found');
  return { doc, asOf };
}

/**
 * A person whom the caller decides on, as he is now. Whether he has a login is left to the rules: a command that is sent
 * again finds its own answer there.
 * @throws `user.not-found` for one that the caller may not know of; `user.of-others` where he belongs to organizations
 * that the caller does not speak for; `user.more-than-yours` where he is one of the vendor's people and has a right
 * that the caller has not
 */
export async function managedUser(reads: Reads, asking: RequestContext, permission: Permission, id: string): Promise<UserDoc> {
  const ctx = await reads.upToDate(asking);
  const reach = reachOf(ctx, permission);
  const doc = (await reads.get(userView, ctx, id)).found?.doc;
  if (!doc || !reachesUser(reach, doc)) return identityErrors.refuse('user.not-found');
  mustSpeakFor(reach, doc);
  if (doc.access.user?.kind === 'staff') await mustOutrank(reads, ctx, doc);
  return doc;
}

/** A login opens all organizations of its person: who speaks for some of them only does not decide on it. */
export function mustSpeakFor(reach: Reach, { access }: UserDoc): void {
  if (access.organizations.some(({ id }) => !reaches(reach, { organizationId: id }))) identityErrors.refuse('user.of-others');
}

/** Nobody takes over somebody of the vendor who may do more than he. */
async function mustOutrank(reads: Reads, ctx: RequestContext, doc: UserDoc): Promise<void> {
  const held = heldIn(
    ctx,
    doc.access.organizations.map(({ id }) => id),
  );
  const rights = await rightsOnceActive(reads, ctx, doc);
  mustCover(
    held,
    rights.map(({ permission, scope }) => ({ permission, scope })),
    'user.more-than-yours',
  );
}

/** What somebody may do, or may do again once he is enabled and resumed. */
export async function rightsOnceActive(reads: Reads, ctx: RequestContext, doc: UserDoc): Promise<readonly Right[]> {
  const rules = await rulesOf(reads, ctx);
  const active = {
    ...doc.access,
    standing: { suspended: false, archived: false },
    user: { ...doc.access.user!, status: 'active' as const },
  };
  return personOf(active, roleBookOf(rules.roles), rules.customerLogin).person?.rights ?? [];
}
