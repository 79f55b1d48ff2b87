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
  'token.expiry-required': { kind: 'invalid', title: 'A token that is bound to an organization always has an end.' },
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
