// How a caller holds a license, and which of its devices are his to manage (licensing.md §2.10).
import type { Principal } from '#http/principal.js';
import { reaches, type Reach } from '#http/reach.js';
import { givingAccess } from './license-links.js';
import type { License } from './license-state.js';
import { licenseErrors } from './license.errors.js';
import type { LicenseDoc } from './license.view.js';

/** With all its devices, or by a group alone: then only with those that he activated himself. */
export type Hold = 'whole' | 'by-group';

/** What is asked of a license. The rules know nothing of groups: links come from its document. */
export type Holdable = Pick<License, 'id' | 'facts'> & Pick<LicenseDoc, 'links'>;

/** How far a reach holds a license; null where it does not. Archived ones are the vendor's alone. */
export function holdOf(reach: Reach, { id, facts, links }: Holdable): Hold | null {
  const { organizationId, contactId, archivedAt } = facts;
  if (archivedAt !== null && reach.kind !== 'tenant') return null;
  if (reaches(reach, { organizationId, contactId, licenseId: id })) return 'whole';
  return reaches(reach, { groups: givingAccess(links, facts) }) ? 'by-group' : null;
}

/** As {@link holdOf}. @throws `license.not-found` for what is not held, as for what is not there. */
export function heldBy(reach: Reach, license: Holdable | null): Hold {
  return (license && holdOf(reach, license)) ?? licenseErrors.refuse('license.not-found');
}

/** Of whom alone activations are his to manage; undefined: of everybody. */
export function onlyOwn(hold: Hold | null, { person }: Pick<Principal, 'person'>): string | undefined {
  return hold === 'by-group' ? person?.contactId : undefined;
}

/** @throws `activation.not-own` for a device of others on a license that is held by a group alone. */
export function mustManage(hold: Hold, activation: { readonly userId: string | null }, principal: Principal): void {
  const own = activation.userId !== null && activation.userId === principal.person?.contactId;
  if (hold === 'by-group' && !own) licenseErrors.refuse('activation.not-own');
}
