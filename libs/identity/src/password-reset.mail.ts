// The mail to who has forgotten his password.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const passwordResetMail = mailTemplate({
  name: 'password-reset',
  values: z.strictObject({
    reader: nameSchema,
    vendor: nameSchema,
    /** Of the page that takes the code; null where the server does not know its own address. */
    page: z.url().nullable(),
    code: z.string(),
  }),
  secrets: ['code'],
  write: ({ reader, vendor, page, code }) =>
    paragraphs({
      subject: `Your password at ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `Somebody, probably you, has asked for a new password at ${vendor}. Within 30 minutes, and once, it can be chosen with this code:\n${code}`,
        'If it was not you, there is nothing to do: you log in as before.',
      ],
      // After the #: a browser sends it to nobody.
      ...(page === null ? {} : { link: { label: 'Choose a new password', url: `${page}#code=${code}` } }),
      footer: `You get this mail because you have a login at ${vendor}.`,
    }),
});
