import { defineErrors } from '#kernel/errors.js';

/** Refusals around login providers and what they say of people. */
export const providerErrors = defineErrors({
  'provider.not-found': { kind: 'missing', title: 'There is no such login provider.' },
  'provider.exists': { kind: 'conflict', title: 'A login provider with this id exists already.' },
  'provider.kind-fixed': {
    kind: 'conflict',
    title: 'A login provider stays of its kind; add another one and remove this.',
  },
  'provider.unavailable': {
    kind: 'unavailable',
    title: 'The login provider does not answer as it should at the moment. Try again, or log in another way.',
    retryable: true,
  },
  'provider.misconfigured': {
    kind: 'unavailable',
    title: 'The login provider does not accept the client id or secret that it was set up with; tell the vendor.',
  },
  'login.no-public-url': {
    kind: 'unavailable',
    title: 'Nobody can come back from a provider: the address of this server is not set. Its operator sets KEYLEDGER_PUBLIC_URL.',
  },
  'login.not-begun': {
    kind: 'unauthenticated',
    title: 'This login was not begun in this browser, or it was finished or took too long. Start it again.',
  },
  'provider.no-step-up': {
    kind: 'invalid',
    title: 'This provider does not say when you proved who you are; take your password, another factor or another provider.',
  },
  'login.not-fresh': {
    kind: 'unauthenticated',
    title: 'The provider does not say that you have just proved who you are. Try again, or take another way.',
  },
  'login.no-account': {
    kind: 'forbidden',
    title:
      'Nobody here is known by this account. Ask the vendor, or the contact of your organization, to invite you by the address that you use.',
  },
  'login.link-first': {
    kind: 'forbidden',
    title: 'There is a login for your address already. Log in as you do otherwise, then link this account.',
  },
  'data-deletion.not-signed': {
    kind: 'unauthenticated',
    title: 'The request is not signed by Facebook with the secret of this app.',
  },
  'data-deletion.not-found': { kind: 'missing', title: 'There is no request for deletion with this code.' },
  'identity.not-found': { kind: 'missing', title: 'No such account of a provider is linked to your login.' },
  'identity.not-pending': {
    kind: 'unauthenticated',
    title: 'No login by a provider waits for a code in this browser, or it took too long. Start it again.',
  },
  'identity.no-address': { kind: 'invalid', title: 'The provider told no address; send the one by which the vendor knows you.' },
  'identity.too-many-codes': {
    kind: 'throttled',
    title: 'Three codes were asked for in this login. Start it again, or log in another way.',
  },
  'identity.wrong-code': {
    kind: 'unauthenticated',
    title: 'The code is not the one of the last mail, or it was tried too often. Have another one sent.',
  },
  'identity.last-way-in': {
    kind: 'conflict',
    title: 'This is your last way to log in. Set a password or link another account first.',
  },
  'login.denied': {
    kind: 'unauthenticated',
    title: 'The login was given up at the provider. Start again, or log in another way.',
  },
  'login.identity-refused': {
    kind: 'unauthenticated',
    title: 'What the provider answered does not prove who you are. Start the login again.',
  },
  'login.directory-not-allowed': {
    kind: 'forbidden',
    title: 'Accounts of this directory cannot be used here; take the account of your company, or log in another way.',
  },
  'login.personal-account': {
    kind: 'forbidden',
    title: 'Personal Microsoft accounts cannot be used here; take the account of your company, or log in another way.',
  },
});
