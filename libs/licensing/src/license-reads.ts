// How the doors of licenses read: the caller's own part of the view, with names joined by the ids on the page.
import type { Position } from '#event-store/event-store.js';
import type { Principal } from '#http/principal.js';
import { organizationsOf, reachOf, type Within } from '#http/reach.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import type { Permission } from '#kernel/permissions.js';
import type { Found } from '#read-models/document.js';
import type { Condition, Conditions } from '#read-models/read-store.js';
import type { Joined } from './license-answers.js';
import { holdingView } from './holding.view.js';
import { heldBy, holdOf, type Hold } from './license-hold.js';
import type { Owned } from './license-shown.js';
import type { License } from './license-state.js';
import { licenseErrors } from './license.errors.js';
import { licenseView, type LicenseDoc } from './license.view.js';
import { linkageView } from './linkage.view.js';
import { ownerView } from './owner.view.js';
import { productView } from './product.view.js';

/** What a command's guard asks of a license before anything is decided: how the caller holds it, by its links. */
export interface Sight {
  /** As far as the view knows; the guard asks the license itself. */
  readonly expected: Hold | null;
  /** @throws `license.not-found` */
  readonly hold: (state: License | null) => Hold;
}

/** How the caller holds a license under a permission. The view is asked only where groups could matter. */
export async function sightOf(reads: Reads, ctx: RequestContext, permission: Permission, id: string): Promise<Sight> {
  const reach = reachOf(ctx, permission);
  const byGroups = reach.kind === 'within' && reach.groups.length > 0;
  const found = byGroups ? (await reads.get(licenseView, ctx, id)).found : null;
  const links = found?.doc.links ?? {};
  return { expected: found && holdOf(reach, found.doc), hold: (state) => heldBy(reach, state && { ...state, links }) };
}

interface LicenseRead {
  readonly found: Found<LicenseDoc> | null;
  readonly asOf: Position;
}

/** Licenses as they were read when their keys were recognised, so that a request by key reads its license once. */
const recognised = new WeakMap<Principal, LicenseRead>();

/** What is known of the license that a principal stands for, until its request is over. */
export function recognise(principal: Principal, license: LicenseRead): void {
  recognised.set(principal, license);
}

async function readLicense(reads: Reads, ctx: RequestContext, id: string): Promise<LicenseRead> {
  const known = ctx.principal.id === id && !ctx.past ? recognised.get(ctx.principal) : undefined;
  return known && (ctx.minPosition ?? known.asOf) <= known.asOf ? known : reads.get(licenseView, ctx, id);
}

/** The license's document. @throws `license.not-found` for one that the caller may not know of, as for none. */
export async function visibleLicense(reads: Reads, ctx: RequestContext, permission: Permission, id: string) {
  let { found, asOf } = await readLicense(reads, ctx, id);
  // Its key was recognised, so it exists: it was issued a moment ago, and the view is about to show it.
  if (!found && ctx.principal.kind === 'license') ({ found, asOf } = await reads.get(licenseView, await reads.upToDate(ctx), id));
  const hold = heldBy(reachOf(ctx, permission), found && found.doc);
  return { doc: found!.doc, asOf, hold };
}

/** Where the past is asked for: what is listed belongs to one license. */
export function withinLicense(ctx: RequestContext, id: string): RequestContext {
  return ctx.past ? { ...ctx, past: ctx.past.within([{ category: 'license', id }]) } : ctx;
}

/**
 * Where the past is asked for: what is listed belongs to licenses of one organization.
 * @throws `as-of.organization-needed` where the caller names no organization, or several
 */
export async function withinOrganization(ctx: RequestContext, asked: readonly string[] = []): Promise<RequestContext> {
  if (!ctx.past) return ctx;
  const own = organizationsOf(reachOf(ctx, 'license.read'));
  const [organization, another] = asked.length === 0 ? own : asked;
  if (organization === undefined || another !== undefined) return licenseErrors.refuse('as-of.organization-needed');
  const holdings = await ctx.past.lookUp(holdingView, 'organization', organization);
  const linkages = await ctx.past.lookUp(linkageView, 'organization', organization);
  const groups = new Set(linkages.map(({ groupId }) => groupId));
  // Groups after the licenses: a link is seen by a license that is there.
  const streams = [
    ...holdings.map(({ licenseId }) => ({ category: 'license', id: licenseId })),
    ...[...groups].map((id) => ({ category: 'group', id })),
  ];
  return { ...ctx, past: ctx.past.within(streams) };
}

/** What keeps a list to what the caller may know of: all of these hold, and one of `among` where there are any. */
export interface ReachConditions {
  readonly all: Conditions;
  readonly among: readonly Conditions[];
}

export function reachConditions(ctx: RequestContext, permission: Permission): ReachConditions {
  const reach = reachOf(ctx, permission);
  switch (reach.kind) {
    case 'tenant':
      return { all: {}, among: [] };
    case 'within':
      return waysIn(reach);
    case 'license':
      return { all: { id: { equal: reach.license }, archived: { equal: 0 } }, among: [] };
    case 'none':
      return { all: { id: { equal: null } }, among: [] };
  }
}

/** A single way in stands with the other conditions: an index can serve that together with a sort. */
function waysIn({ organizations, groups, contact, contactIn }: Within): ReachConditions {
  const ways: Conditions[] = [
    ...(organizations.length > 0 ? [{ organizationId: among(organizations) }] : []),
    ...(contact !== null ? ownWays({ contactId: { equal: contact } }, contactIn) : []),
    ...(groups.length > 0 ? [{ group: among(groups) }] : []),
  ];
  const kept: Conditions = { archived: { equal: 0 } };
  const [only, another] = ways;
  if (another !== undefined) return { all: kept, among: ways };
  return { all: { ...kept, ...(only ?? { id: { equal: null } }) }, among: [] };
}

function ownWays(own: Conditions, contactIn: Within['contactIn']): Conditions[] {
  if (contactIn === undefined) return [own];
  return [
    { ...own, organizationId: { equal: null } },
    { ...own, organizationId: among(contactIn) },
  ];
}

/** One value as equality: an index can serve that together with a sort. */
export function among<T extends string>(values: readonly T[]): Condition {
  return values.length === 1 ? { equal: values[0]! } : { in: values };
}

/** Names and standings for these licenses, and of others by their ids. */
export async function joinedTo(
  reads: Reads,
  ctx: RequestContext,
  owned: readonly Owned[],
  others: readonly string[] = [],
): Promise<Joined> {
  const unique = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  const [products, owners] = await Promise.all([
    reads.getMany(productView, ctx, unique(owned.map(({ productId }) => productId))),
    reads.getMany(
      ownerView,
      ctx,
      unique([...owned.flatMap(({ organizationId, contactId }) => [organizationId, contactId]), ...others]),
    ),
  ]);
  return {
    products: new Map(products.found.map(({ key, doc }) => [key, doc.name])),
    owners: new Map(owners.found.map(({ key, doc }) => [key, doc])),
  };
}
