import { defineErrors } from '#kernel/errors.js';

export const organizationsErrors = defineErrors({
  'organization.not-found': { kind: 'missing', title: 'There is no such organization.', keygen: 'NOT_FOUND' },
  'organization.exists': { kind: 'conflict', title: 'An organization with this id exists already.' },
  'organization.archived': { kind: 'conflict', title: 'The organization is archived; restore it before changing it.' },
  'organization.too-many-members': { kind: 'conflict', title: 'An organization has at most 10,000 members.' },
  'organization.not-member': { kind: 'conflict', title: 'The contact is not a member of the organization; add him first.' },
  'organization.member-holds-place': {
    kind: 'conflict',
    title: 'The member is primary or secondary contact of the organization; assign another one first.',
  },
  'organization.role-unknown': {
    kind: 'invalid',
    title: 'The vendor has no such role for customers; `/v1/roles` lists those that there are.',
  },
  'organization.role-beyond-yours': {
    kind: 'forbidden',
    title: 'A role gives more than the caller may do himself in the organization; ask somebody who may.',
  },
  'organization.primary-first': {
    kind: 'conflict',
    title: 'An organization gets a secondary contact only once it has a primary one.',
  },
  'organization.primary-stays': {
    kind: 'conflict',
    title: 'An organization keeps a primary contact once it has one; change it by assigning another.',
  },
  'organization.holds-other-place': { kind: 'conflict', title: 'The same person cannot be primary and secondary contact.' },
  'group.not-found': { kind: 'missing', title: 'There is no such group.', keygen: 'NOT_FOUND' },
  'group.exists': { kind: 'conflict', title: 'A group with this id exists already, or did.' },
  'group.not-of-organization': {
    kind: 'conflict',
    title: "The contact is not a member of the group's organization; add him to it first.",
  },
  'group.license-unknown': { kind: 'invalid', title: "The group's organization has no such license." },
  'group.too-many-members': { kind: 'conflict', title: 'A group has at most 1,000 members; form another one.' },
  'group.too-many-licenses': { kind: 'conflict', title: 'A group has at most 1,000 licenses; form another one.' },
  'group.member-of-too-many': {
    kind: 'conflict',
    title: 'A person is in at most 100 groups of an organization; take him out of another one first.',
  },
  'group.license-in-too-many': {
    kind: 'conflict',
    title: 'A license is linked to at most 100 groups; unlink it from another one first.',
  },
  'group.organization-needed': {
    kind: 'invalid',
    title: 'Groups of the past are listed for one organization; name it by `organizationId`.',
  },
  'group.not-empty': {
    kind: 'conflict',
    title: 'The group has members or licenses. Remove and unlink them first, or say `cascade: true`.',
  },
  'group-name.taken': { kind: 'conflict', title: 'Another group of the organization has this name.' },
  'company.not-found': { kind: 'invalid', title: 'The company is not a legal entity of the vendor.' },
  'company.closed': { kind: 'conflict', title: 'The company is a closed legal entity of the vendor and serves nobody new.' },
  'contact.not-found': { kind: 'missing', title: 'There is no such contact.', keygen: 'NOT_FOUND' },
  'contact.unknown': { kind: 'invalid', title: 'The contact that the request names does not exist.' },
  'contact.organization-needed': {
    kind: 'invalid',
    title: 'Who adds a contact of his organization names it by `organizationId`; only the vendor adds contacts without one.',
  },
  'contact.exists': { kind: 'conflict', title: 'A contact with this id exists already.' },
  'contact.archived': { kind: 'conflict', title: 'The contact is archived; restore him first.' },
  'contact.erased': { kind: 'conflict', title: 'The person was erased: nothing is known of him, and nothing can be changed.' },
  'contact.holds-place': {
    kind: 'conflict',
    title: 'The contact is primary or secondary contact of an organization; assign another one there first.',
  },
  'contact.too-many-organizations': { kind: 'conflict', title: 'A contact belongs to at most 100 organizations.' },
  'account-number.taken': { kind: 'conflict', title: 'Another organization or contact of the vendor has this account number.' },
  'contact-email.taken': { kind: 'conflict', title: 'Another contact of the vendor has this e-mail address.' },
});
