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
  'password.wrong': { kind: 'forbidden', title: 'The password that you have now is another one.' },
  'password.current-missing': { kind: 'invalid', title: 'Send the password that you have now, too, as `current`.' },
  'password.unchanged': { kind: 'invalid', title: 'The next password is the one that you have now; take another one.' },
  'password-reset.invalid': {
    kind: 'invalid',
    title: 'The code is not good: it was used, is older than 30 minutes, or the password was changed since. Ask for another one.',
  },
  'email.wrong-code': {
    kind: 'invalid',
    title:
      'The code is not the one of the last mail, was used, is older than 30 minutes or was tried too often. Ask for another one.',
  },
  'email.too-many-codes': { kind: 'throttled', title: 'Five codes were asked for today; try again tomorrow.' },
  'export.too-many': {
    kind: 'throttled',
    title: 'Everything was taken away five times this hour; `Retry-After` says when to come back.',
    retryable: true,
  },
  'session.not-found': { kind: 'missing', title: 'There is no such session, or it has ended.' },
  'login.failed': {
    kind: 'unauthenticated',
    title:
      'The e-mail address or the password is wrong, or there is no such login. Try again, or ask for another password by POST /v1/password-reset.',
  },
  'login.throttled': {
    kind: 'throttled',
    title:
      'Too many attempts: `Retry-After` says when to come back. From where you have logged in before, others cannot hold you up; another password by mail ends it, too.',
    retryable: true,
  },
  'login.insecure': {
    kind: 'forbidden',
    title:
      'Nobody logs in over plain http: others could read along. Use https; whoever runs the server can allow it for a trial by KEYLEDGER_INSECURE_LOGIN.',
  },
  'login.no-user': { kind: 'forbidden', title: 'There is no login for this person; ask the vendor for one.' },
  'login.disabled': {
    kind: 'forbidden',
    title: 'This login may not be used at present; ask the vendor, or the contact of your organization.',
  },
  'login.off': { kind: 'forbidden', title: 'The vendor does not let customers log in.' },
  'login.contacts-only': {
    kind: 'forbidden',
    title: 'The vendor lets only the primary and secondary contacts of organizations log in.',
  },
  'login.no-role': {
    kind: 'forbidden',
    title: 'This login has neither a role nor a place in an organization, so there is nothing to see; ask the vendor for one.',
  },
  'login.not-recent': {
    kind: 'forbidden',
    title:
      'Your last login is too long ago for this. Prove once more who you are (POST /v1/me/step-up), then ask within ten minutes.',
  },
  'login.busy': {
    kind: 'unavailable',
    title: 'Too many people are logging in at this moment; try again in a few seconds.',
    retryable: true,
  },
});
