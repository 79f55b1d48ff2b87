import { defineErrors } from '#kernel/errors.js';

export const mailErrors = defineErrors({
  'mail.not-found': { kind: 'missing', title: 'There is no such mail; mails are kept for 90 days.' },
  'mail.not-waiting': {
    kind: 'conflict',
    title:
      'The mail was sent, or its time is over; only one that is queued, parked, failed or told in the log can be tried again.',
  },
  'mail.header-unsafe': {
    kind: 'invalid',
    title: 'An address, a name or a subject of a mail must be one line without control characters.',
  },
});
