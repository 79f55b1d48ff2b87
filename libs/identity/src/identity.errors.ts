import { defineErrors } from '#kernel/errors.js';

export const identityErrors = defineErrors({
  'token.not-found': { kind: 'missing', title: 'There is no such API token.', keygen: 'NOT_FOUND' },
  'token.exists': { kind: 'conflict', title: 'An API token with this id exists already.' },
  'token.role-or-grants': { kind: 'invalid', title: 'An API token has either a role or a list of grants.' },
  'token.role-not-fitting': {
    kind: 'invalid',
    title: 'A token that is bound to an organization takes a role for customers, any other token a role for staff.',
  },
  'token.scope-not-fitting': {
    kind: 'invalid',
    title:
      'Grants of a token that is bound to an organization have the scope organization, those of any other token the scope tenant.',
  },
  'token.never-for-customers': {
    kind: 'forbidden',
    title: 'A token that is bound to an organization never gets a right that no customer has.',
  },
  'token.organization-unknown': { kind: 'invalid', title: 'The organization that the token would be bound to does not exist.' },
  'token.tenant-unknown': { kind: 'missing', title: 'There is no vendor with this slug.' },
  'token.more-than-yours': {
    kind: 'forbidden',
    title: 'An API token cannot have rights that its creator does not have.',
    keygen: 'PERMISSIONS_NOT_ALLOWED',
  },
  'token.expiry-past': { kind: 'invalid', title: 'The end of an API token lies in the future.' },
  'token.expiry-too-late': { kind: 'invalid', title: 'A token that acts as a user lives for a year at most.' },
  'token.too-many': { kind: 'conflict', title: 'A user has at most 20 API tokens of his own; revoke one that you need no more.' },
  'token.expiry-required': { kind: 'invalid', title: 'A token that is bound to an organization always has an end.' },
  'user.not-found': { kind: 'missing', title: 'There is no such user.', keygen: 'NOT_FOUND' },
  'user.exists': { kind: 'conflict', title: 'The contact has a user already: one person, one login.' },
  'user.contact-unknown': {
    kind: 'invalid',
    title: 'The contact that the user would be made for does not exist; add the contact first, or in the same request.',
  },
  'user.organization-unknown': {
    kind: 'invalid',
    title: 'The person would belong to no organization for which you speak; name one of yours.',
  },
  'user.contact-archived': { kind: 'conflict', title: 'The contact is archived; restore him before he gets a user.' },
  'user.contact-suspended': { kind: 'conflict', title: 'The contact is suspended; resume him before he gets roles.' },
  'user.disabled': { kind: 'conflict', title: 'The user is disabled; enable him first.' },
  'user.not-staff': {
    kind: 'conflict',
    title: "Roles for staff are given to the vendor's own people; this user is a customer.",
  },
  'user.not-customer': {
    kind: 'conflict',
    title: "Personal roles are given to customers; this user is one of the vendor's own people.",
  },
  'user.is-administrator': {
    kind: 'conflict',
    title: 'The user is an administrator; take the roles that make him one before disabling him.',
  },
  'user.has-staff-roles': { kind: 'conflict', title: 'The user has roles for staff; take them before removing him.' },
  'user.holds-place': {
    kind: 'conflict',
    title: 'The user is primary or secondary contact of an organization; assign another one there first.',
  },
  'user.of-others': {
    kind: 'forbidden',
    title: 'The user belongs to another organization too, for which you do not speak; ask the vendor.',
  },
  'user.primary-needed': {
    kind: 'conflict',
    title: 'The organization has a user and no primary contact yet; assign one before it gets another user.',
  },
  'user.too-many': {
    kind: 'conflict',
    title: 'The organization has as many users as the vendor allows; remove one first, or ask the vendor for more.',
  },
  'user.more-than-yours': {
    kind: 'forbidden',
    title: 'Nobody gives a user a right that he does not have himself, nor decides on a user who has more rights than he.',
  },
  'role.not-found': { kind: 'missing', title: 'There is no such role.', keygen: 'NOT_FOUND' },
  'role.exists': {
    kind: 'conflict',
    title: 'There is a role with this id, or there was one until it was removed; choose another id.',
  },
  'role.unknown': { kind: 'invalid', title: 'A role that the request names does not exist.' },
  'role.not-fitting': {
    kind: 'invalid',
    title:
      "Roles for staff are for the vendor's own people, roles for customers for its customers; the default role is one of these.",
  },
  'role.scope-not-fitting': {
    kind: 'invalid',
    title: 'Rights of a role for staff have the scope tenant, those of a role for customers never have it.',
  },
  'role.never-for-customers': { kind: 'forbidden', title: 'A role for customers never gives a right that no customer has.' },
  'role.more-than-yours': {
    kind: 'forbidden',
    title: 'Nobody puts a right into a role, or gives a role, that he does not have himself.',
  },
  'role.is-default': { kind: 'conflict', title: 'Every new customer user gets this role; name another default role first.' },
  'role.last-administrator': {
    kind: 'conflict',
    title: 'Nobody would be left who can log in and decides on roles and users; make somebody else an administrator first.',
  },
  'role.too-many': {
    kind: 'conflict',
    title: 'A vendor has at most 100 roles of its own and changed ones; remove one that nobody needs.',
  },
  'login-identity.taken': { kind: 'conflict', title: 'This identity of the provider is linked to another user already.' },
  'setup.done': {
    kind: 'conflict',
    title:
      'This installation is set up already; further API tokens are made by an administrator, or by `keyledger token create`.',
  },
  'setup.wrong-token': {
    kind: 'unauthenticated',
    title: 'The set-up token is not the one that the server printed when it last started.',
  },
  'setup.begun-for-another': {
    kind: 'conflict',
    title: 'The set-up was begun for a vendor with another slug; repeat it with that slug.',
  },
  'setup.under-way': {
    kind: 'conflict',
    title: 'Another request is setting up this installation at this moment.',
    retryable: true,
  },
});
