// What callers are shown of groups: only members who belong to the organization count, and only licenses that do.
import type { Position } from '#event-store/event-store.js';
import { organizationsOf, reaches, reachOf } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import type { StreamOf } from '#read-models/view.js';
import { z } from 'zod';
import { formationView } from './formation.view.js';
import type { GroupState } from './group.js';
import { groupDocSchema, groupView, type GroupDoc } from './group.view.js';
import { linkedLicenseView } from './linked-license.view.js';
import { membershipKey, membershipView } from './membership.view.js';
import { documentsOf, named, namedSchema } from './names.js';
import { organizationView } from './organization.view.js';
import { organizationsErrors } from './organizations.errors.js';

const countSchema = z.int().min(0);

export const groupSchema = groupDocSchema
  .omit({ organizationId: true })
  .extend({
    organization: namedSchema,
    members: countSchema.meta({ description: 'How many; who: `/v1/groups/{id}/members`.' }),
    licenses: countSchema.meta({ description: 'How many; which: `/v1/licenses?groupId={id}`.' }),
  })
  .meta({ id: 'Group' });

/** What a command's guard asks of the group before anything is decided. @throws `group.not-found` */
export function groupVisible(ctx: RequestContext, permission: Permission, id: string): (state: GroupState) => void {
  const reach = reachOf(ctx, permission);
  return ({ organizationId }) => {
    if (!reaches(reach, { organizationId, groups: [id] })) organizationsErrors.refuse('group.not-found');
  };
}

/** The group's document. @throws `group.not-found` for one that the caller may not know of, as for none. */
export async function visibleGroup(
  reads: Reads,
  ctx: RequestContext,
  permission: Permission,
  id: string,
): Promise<{ readonly doc: GroupDoc; readonly asOf: Position }> {
  const { found, asOf } = await reads.get(groupView, ctx, id);
  if (!found || !reaches(reachOf(ctx, permission), { organizationId: found.doc.organizationId, groups: [id] })) {
    return organizationsErrors.refuse('group.not-found');
  }
  return { doc: found.doc, asOf };
}

/** The keys of the memberships of those who are in these groups; of each organization its stream is folded once, if at all. */
async function membershipsOf(reads: Reads, ctx: RequestContext, docs: readonly GroupDoc[]): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const organizationId of new Set(docs.map((doc) => doc.organizationId))) {
    const its = docs.filter((doc) => doc.organizationId === organizationId);
    const ids = [...new Set(its.flatMap(({ members }) => members))];
    const within = withinStreams(ctx, [{ category: 'organization', id: organizationId }]);
    for (let from = 0; from < ids.length; from += MAX_PAGE) {
      const all = { organization: { equal: organizationId }, contact: { in: ids.slice(from, from + MAX_PAGE) } };
      for (const { key } of (await reads.find(membershipView, within, { all, limit: MAX_PAGE })).rows) keys.add(key);
    }
  }
  return keys;
}

/** Where the past is asked for: what is listed stands in these streams. */
export function withinStreams(ctx: RequestContext, streams: readonly StreamOf[]): RequestContext {
  return ctx.past ? { ...ctx, past: ctx.past.within(streams) } : ctx;
}

/**
 * Where the past is asked for: what is listed are groups of one organization.
 * @throws `group.organization-needed` where the caller names none and reaches several, or none as a whole
 */
export async function withinFormations(ctx: RequestContext, asked: string | undefined): Promise<RequestContext> {
  if (!ctx.past) return ctx;
  const [organization, another] = asked === undefined ? organizationsOf(reachOf(ctx, 'group.read')) : [asked];
  if (organization === undefined || another !== undefined) return organizationsErrors.refuse('group.organization-needed');
  const formed = await ctx.past.lookUp(formationView, 'organization', organization);
  return withinStreams(
    ctx,
    formed.map(({ groupId }) => ({ category: 'group', id: groupId })),
  );
}

/** Members and licenses of these groups as far as they count. */
export async function counting(
  reads: Reads,
  ctx: RequestContext,
  docs: readonly GroupDoc[],
): Promise<ReadonlyMap<string, { readonly members: readonly string[]; readonly licenses: readonly string[] }>> {
  const memberships = await membershipsOf(reads, ctx, docs);
  const linked = docs.flatMap(({ licenses }) => licenses);
  const owners = await documentsOf(reads, linkedLicenseView, ctx, linked);
  const counts = docs.map(({ id, organizationId, members, licenses }) => {
    const present = members.filter((member) => memberships.has(membershipKey(organizationId, member)));
    const held = licenses.filter((license) => owners.get(license)?.organizationId === organizationId);
    return [id, { members: present, licenses: held }] as const;
  });
  return new Map(counts);
}

/** The documents, already cut to the caller's reach, with names and counts. */
export async function shownGroups(
  reads: Reads,
  ctx: RequestContext,
  docs: readonly GroupDoc[],
): Promise<ReadonlyMap<string, z.output<typeof groupSchema>>> {
  const counts = await counting(reads, ctx, docs);
  const ids = docs.map(({ organizationId }) => organizationId);
  const organizations = await documentsOf(reads, organizationView, ctx, ids);
  const shown = docs.map(({ organizationId, ...doc }) => {
    const { members, licenses } = counts.get(doc.id)!;
    const organization = named(organizationId, organizations);
    return [doc.id, { ...doc, organization, members: members.length, licenses: licenses.length }] as const;
  });
  return new Map(shown);
}
