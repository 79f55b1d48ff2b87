// The mail to whose account strangers try to open.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const attemptsMail = mailTemplate({
  name: 'login-attempts',
  values: z.strictObject({ reader: nameSchema, vendor: nameSchema }),
  secrets: [],
  write: ({ reader, vendor }) =>
    paragraphs({
      subject: `Somebody tries to log in as you at ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `Today a wrong password was given twenty times for your login at ${vendor}. Nobody has got in by that. For a day your login is taken only from where you have logged in before.`,
        'If it was you, ask for another password by "forgotten password"; that opens your login again everywhere. If it was not, make sure that you use your password nowhere else.',
      ],
      footer: `You get this mail because you have a login at ${vendor}.`,
    }),
});
