// Who can be invited, and what can be given to him; the same at the invitation, when it is sent again and at its
// redemption. What must be true of a contact before he is invited has its place in `mustBeInvitable`.
import type { Given } from '#kernel/aggregate.js';
import { invitationErrors } from './invitation.errors.js';
import type { invitationFacts } from './invitation.facts.js';
import { covers, CUSTOMER_PERMISSIONS, type StoredGrant } from './rights.js';
import { grantsOfRole, roleBookOf } from './role-book.js';

type Facts = Given<typeof invitationFacts>;

/** An organization that is in use. @throws `invitation.organization-unknown`, `invitation.organization-archived` */
function organizationOf({ organization }: Facts) {
  if (!organization || organization.revision < 0) return invitationErrors.refuse('invitation.organization-unknown');
  if (organization.state.archived) invitationErrors.refuse('invitation.organization-archived');
  return organization.state;
}

/**
 * A contact that is there, in use and without a user, and a member of the organization that he is invited for.
 * @throws `invitation.contact-unknown`, `invitation.contact-archived`, `invitation.contact-has-user`, `invitation.not-member`,
 * and of the organization
 */
export function mustBecomeUser(facts: Facts, contactId: string, organizationId: string | null): void {
  const { contact, user } = facts;
  // First: who may invite here need not learn whether somebody else's contact exists.
  if (organizationId !== null && !organizationOf(facts).members.has(contactId)) {
    invitationErrors.refuse('invitation.not-member');
  }
  if (!contact || contact.revision < 0) return invitationErrors.refuse('invitation.contact-unknown');
  if (contact.state.archived) invitationErrors.refuse('invitation.contact-archived');
  if (user?.state.there) invitationErrors.refuse('invitation.contact-has-user');
}

/** @throws `invitation.login-closed` where the vendor lets nobody in, or only contacts of organizations and he is none. */
export function mustBeLetIn({ tenant, organization }: Facts, contactId: string | null): void {
  const { customerLogin } = tenant!.state;
  const places = organization?.state.places;
  const contactOnly = contactId !== null && customerLogin === 'contacts';
  const hasPlace = places?.primary === contactId || places?.secondary === contactId;
  if (customerLogin === 'off' || (contactOnly && !hasPlace)) {
    invitationErrors.refuse('invitation.login-closed', undefined, { customerLogin });
  }
}

/**
 * Where the vendor requires it, the outside system has the contact as he is now. Of several who are invited together that
 * is asked of each who redeems.
 * @throws `invitation.not-synchronized`
 */
export function mustBeSynchronized({ tenant, contact, mapping }: Facts, contactId: string | null): void {
  if (contactId === null || !tenant!.state.synchronized) return;
  const { conflict, progress } = mapping!.state;
  if (conflict || progress.confirmed < contact!.revision) invitationErrors.refuse('invitation.not-synchronized');
}

/**
 * Account number and company are set, on the organization or on the contact who has none, and the contact is synchronized.
 * @throws `invitation.account-missing`, `invitation.not-synchronized`, and of the organization
 */
export function mustBeInvitable(facts: Facts, organizationId: string | null, contactId: string | null): void {
  const its = organizationId === null ? null : organizationOf(facts);
  const known = its ? its.accountNumber && its.company : facts.contact!.state.account;
  if (!known) invitationErrors.refuse('invitation.account-missing');
  mustBeSynchronized(facts, contactId);
}

/**
 * Roles for customers, which give nothing that whoever invites has not. Without an organization they are personal ones,
 * of which only the scopes `own` and `group` count.
 * @throws `invitation.role-unknown`, `invitation.role-not-fitting`, `invitation.more-than-yours`
 */
export function mustBeGivable(
  facts: Facts,
  wanted: { readonly roles: readonly string[]; readonly organizationId: string | null },
  held: readonly StoredGrant[],
): void {
  const book = roleBookOf(facts.roles!.state.changes);
  const unknown = wanted.roles.filter((role) => !book.has(role));
  if (unknown.length > 0) invitationErrors.refuse('invitation.role-unknown', undefined, { roles: unknown });
  if (wanted.roles.some((role) => book.get(role)!.kind !== 'customer')) invitationErrors.refuse('invitation.role-not-fitting');
  const counts = ({ permission, scope }: StoredGrant) =>
    CUSTOMER_PERMISSIONS.has(permission) && (wanted.organizationId !== null || scope === 'own' || scope === 'group');
  const given = wanted.roles.flatMap((role) => grantsOfRole(book, role)).filter(counts);
  const missing = given.filter((grant) => !covers(held, grant));
  if (missing.length > 0) invitationErrors.refuse('invitation.more-than-yours', undefined, { missing });
}
