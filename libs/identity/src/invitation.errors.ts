import { defineErrors } from '#kernel/errors.js';

export const invitationErrors = defineErrors({
  'invitation.not-found': { kind: 'missing', title: 'There is no such invitation.', keygen: 'NOT_FOUND' },
  'invitation.exists': { kind: 'conflict', title: 'An invitation with this id exists already.' },
  'invitation.kind-not-fitting': {
    kind: 'invalid',
    title:
      'An invitation of one contact names him and has neither a limit nor domains; one of several names an organization and a limit, and cannot be mailed.',
  },
  'invitation.contact-unknown': { kind: 'invalid', title: 'The contact that is invited does not exist.' },
  'invitation.contact-archived': { kind: 'conflict', title: 'The contact is archived; restore him first.' },
  'invitation.organization-unknown': { kind: 'invalid', title: 'The organization that the invitation is for does not exist.' },
  'invitation.organization-archived': { kind: 'conflict', title: 'The organization is archived; restore it first.' },
  'invitation.organization-required': {
    kind: 'invalid',
    title: 'The contact belongs to more than one organization, or the roles and groups need one; name it.',
  },
  'invitation.not-member': {
    kind: 'conflict',
    title: 'The contact does not belong to the organization; add him to its members first.',
  },
  'invitation.not-synchronized': {
    kind: 'conflict',
    title:
      'The vendor takes nobody in before its outside system has him as he is; its people find by `/v1/mappings` what is pending or in conflict.',
  },
  'invitation.account-missing': {
    kind: 'conflict',
    title:
      'Nobody is invited before account number and company are set: on the organization, or on the contact who has none. Set them first.',
  },
  'invitation.contact-has-user': {
    kind: 'conflict',
    title: 'The contact has a user already: he logs in by the way that he has, and needs no invitation.',
  },
  'invitation.login-closed': {
    kind: 'conflict',
    title: 'The vendor does not let this customer log in (customer login), so an invitation would lead nowhere.',
  },
  'invitation.role-unknown': { kind: 'invalid', title: 'A role that the invitation names does not exist.' },
  'invitation.role-not-fitting': { kind: 'invalid', title: 'An invitation gives roles for customers only.' },
  'invitation.group-unknown': { kind: 'invalid', title: 'A group that the invitation names is not one of its organization.' },
  'invitation.more-than-yours': {
    kind: 'forbidden',
    title: 'Nobody gives a right by an invitation that he does not have himself.',
  },
  'invitation.expiry-not-fitting': { kind: 'invalid', title: 'An invitation ends in the future, and within a year.' },
  'invitation.expired': { kind: 'conflict', title: 'The invitation has expired; ask whoever invited you for a new one.' },
  'invitation.revoked': { kind: 'conflict', title: 'The invitation was revoked; ask whoever invited you.' },
  'invitation.redeemed': {
    kind: 'conflict',
    title: 'The invitation was redeemed already. If that was you, log in; if not, tell whoever invited you.',
  },
  'invitation.used-up': {
    kind: 'conflict',
    title: 'As many people as it was meant for have redeemed the invitation; ask whoever invited you for a new one.',
  },
  'invitation.code-replaced': {
    kind: 'conflict',
    title: 'The invitation was sent again, and only the newest link works; look for a later mail.',
  },
  'invitation.mailbox-unproven': {
    kind: 'forbidden',
    title:
      'Redeem the invitation with a code that was sent to the address under which the vendor knows you. If none arrives, ask whoever invited you whether it is the right one.',
  },
  'invitation.domain-not-allowed': {
    kind: 'forbidden',
    title: 'The invitation is for addresses of other domains; ask whoever invited you.',
  },
  'invitation.not-redeemed-by': {
    kind: 'conflict',
    title: 'The contact has not redeemed this invitation, so there is nothing to undo.',
  },
  'invitation.signed-in-as-another': {
    kind: 'conflict',
    title: 'You are logged in as somebody else. Confirm that the invitation is to be redeemed for the contact that it names.',
  },
});
