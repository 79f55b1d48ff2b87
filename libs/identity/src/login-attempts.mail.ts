// The mail to whose account strangers try to open.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const attemptsMail = mailTemplate({
  name: 'login-attempts',
  values: z.strictObject({ reader: nameSchema, vendor: nameSchema, what: z.enum(['password', 'code']).default('password') }),
  secrets: [],
  write: ({ reader, vendor, what }) =>
    paragraphs({
      subject: `Somebody tries to log in as you at ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        ...(what === 'password'
          ? [
              `Today a wrong password was given twenty times for your login at ${vendor}. Nobody has got in by that. For a day your login is taken only from where you have logged in before.`,
              'If it was you, ask for another password by "forgotten password"; that opens your login again everywhere. If it was not, make sure that you use your password nowhere else.',
            ]
          : [
              `Today a wrong code was given twenty times as the second factor of your login at ${vendor}. Nobody has got in by that. For a day such codes are taken only from where you have given a right one before; your other factors are not affected.`,
              'If it was not you, somebody knows your password: choose another one at once.',
            ]),
      ],
      footer: `You get this mail because you have a login at ${vendor}.`,
    }),
});
