import { defineErrors } from '#kernel/errors.js';

/** Refusals around second factors. */
export const factorErrors = defineErrors({
  'factor.not-found': { kind: 'missing', title: 'There is no such factor, or it was removed.' },
  'factor.last-way-in': {
    kind: 'conflict',
    title: 'This passkey is your last way to log in. Set a password or add another passkey first.',
  },
  'factor.too-many': { kind: 'conflict', title: 'A user has at most 20 factors; remove one that is not needed any more.' },
  'factor.none': {
    kind: 'conflict',
    title: 'Recovery codes are for the loss of another factor, and there is none: add an authenticator app or a passkey first.',
  },
  'factor.not-begun': {
    kind: 'conflict',
    title:
      'No authenticator app is being added, or it took longer than 10 minutes: begin anew by POST /v1/me/factors/totp/begin.',
  },
  'factor.wrong': {
    kind: 'forbidden',
    title:
      'The code is wrong, was used already, or belongs to another time: look at the clock of the device, and take the next code.',
  },
  'login.not-pending': {
    kind: 'unauthenticated',
    title: 'No login waits for a second factor in this browser, or it took longer than 5 minutes: log in anew.',
  },
  'login.factor-wrong': {
    kind: 'unauthenticated',
    title: 'The code is wrong, was used already, or belongs to another time: take the next one, or a recovery code.',
  },
});
