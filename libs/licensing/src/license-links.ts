// Which groups give access by a license: one is linked to groups, and belongs to an organization.
import type { LicenseFacts } from './license-facts.js';

/** Groups that it was linked to and not unlinked from since, each with its organization. */
export type Links = Readonly<Record<string, string>>;

/** Those that count now, sorted: the groups of the organization that the license belongs to. */
export function givingAccess(links: Links, { organizationId }: Pick<LicenseFacts, 'organizationId'>): readonly string[] {
  return Object.keys(links)
    .filter((group) => links[group] === organizationId)
    .sort();
}
