import { defineErrors } from '#kernel/errors.js';

/** Refusals around logging in, passwords and sessions. */
export const loginErrors = defineErrors({
  'password.too-short': {
    kind: 'invalid',
    title: 'A password has at least 12 characters; a sentence of a few words is a good one.',
  },
  'password.too-long': { kind: 'invalid', title: 'A password has at most 128 characters.' },
  'password.too-easy': {
    kind: 'invalid',
    title:
      'The password is among those that are guessed first, or little more than a name, an address or a row of keys. Take one that nobody would think of.',
  },
  'login.busy': {
    kind: 'unavailable',
    title: 'Too many people are logging in at this moment; try again in a few seconds.',
    retryable: true,
  },
});
