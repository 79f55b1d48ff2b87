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
