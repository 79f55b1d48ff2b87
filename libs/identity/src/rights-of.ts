// What a person may do, and where each right comes from; or why he may not log in at all (licensing.md §2.10, §2.14).
import type { Person, Right } from '#http/principal.js';
import { CONTACT_GRANTS, type Grant } from '#kernel/permissions.js';
import type { CustomerLogin } from '#tenants/tenant.events.js';
import type { AccessDoc } from './access.view.js';
import { CUSTOMER_PERMISSIONS } from './rights.js';
import { grantsOfRole, type Role, type RoleBook } from './role-book.js';

/** Why somebody may not log in, in the order in which it is looked at. */
export const WHY_NOT = ['no-user', 'archived', 'suspended', 'disabled', 'login-off', 'not-a-contact', 'no-role'] as const;
export type WhyNot = (typeof WHY_NOT)[number];

/** Who somebody is, and what he may do. */
export type Rights = Pick<Person, 'contactId' | 'kind' | 'rights' | 'groups' | 'organizations'>;

export type Access = { readonly person: Rights; readonly whyNot: null } | { readonly person: null; readonly whyNot: WhyNot };

const no = (whyNot: WhyNot): Access => ({ person: null, whyNot });

/** The rights of a person as they are now. No rights at all is a reason not to log in. */
export function personOf(doc: AccessDoc | null, book: RoleBook, customerLogin: CustomerLogin): Access {
  if (!doc?.user) return no('no-user');
  if (doc.standing.archived) return no('archived');
  if (doc.standing.suspended) return no('suspended');
  if (doc.user.status === 'disabled') return no('disabled');
  const { kind } = doc.user;
  if (kind === 'customer') {
    if (customerLogin === 'off') return no('login-off');
    if (customerLogin === 'contacts' && !doc.organizations.some(({ place }) => place !== null)) return no('not-a-contact');
  }
  const rights = kind === 'staff' ? rightsOfStaff(doc, book) : rightsOfCustomer(doc, book);
  if (rights.length === 0) return no('no-role');
  const organizations = doc.organizations.map(({ id }) => id);
  // A group of an organization that he has left counts no more.
  const groups = doc.groups.filter(({ organizationId }) => organizations.includes(organizationId));
  return { person: { contactId: doc.id, kind, rights, groups, organizations }, whyNot: null };
}

/** Staff has what its roles for staff give, over the whole tenant, beside what it has like any other person. */
function rightsOfStaff(doc: AccessDoc, book: RoleBook): Right[] {
  const roles = doc.user!.roles.filter((role) => book.get(role)?.kind === 'staff');
  const overTenant = (role: string) => grantsOfRole(book, role).filter(({ scope }) => scope === 'tenant');
  const staff = roles.flatMap((role) => rightsBy(`role:${role}`, overTenant(role), null));
  return [...staff, ...rightsOfMember(doc, book)];
}

/** Of the personal roles of a customer only the scopes `own` and `group` count: they belong to no organization. */
function rightsOfCustomer(doc: AccessDoc, book: RoleBook): Right[] {
  const personal = doc.user!.roles.flatMap((role) => {
    const grants = forCustomers(book, role).filter(({ scope }) => scope === 'own' || scope === 'group');
    return rightsBy(`role:${role}`, grants, null);
  });
  return [...personal, ...rightsOfMember(doc, book)];
}

/** What comes with memberships: by the roles that hang on them, and by the place of a contact itself. */
function rightsOfMember({ organizations }: AccessDoc, book: RoleBook): Right[] {
  return organizations.flatMap(({ id, place, roles }) => [
    ...(place ? rightsBy(`place:${place}`, CONTACT_GRANTS, id) : []),
    ...roles.flatMap((role) => rightsBy(`role:${role}`, forCustomers(book, role), id)),
  ]);
}

/** Of each role once: somebody may have it in a hundred organizations, and every request asks. */
const ofCustomers = new WeakMap<Role, readonly Grant[]>();

/** Whatever a role says: a customer never has the whole tenant, nor a right that no customer has. */
function forCustomers(book: RoleBook, id: string): readonly Grant[] {
  const role = book.get(id);
  if (role?.kind !== 'customer') return [];
  const kept = ofCustomers.get(role);
  if (kept) return kept;
  const may = ({ permission, scope }: Grant) => scope !== 'tenant' && CUSTOMER_PERMISSIONS.has(permission);
  const grants = grantsOfRole(book, id).filter(may);
  ofCustomers.set(role, grants);
  return grants;
}

function rightsBy(via: string, grants: readonly Grant[], organizationId: string | null): Right[] {
  return grants.map(({ permission, scope }) => ({ permission, scope, organizationId, via }));
}
