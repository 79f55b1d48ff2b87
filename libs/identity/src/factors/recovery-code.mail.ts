// The mail to who has used a recovery code, or as whom somebody has.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const recoveryCodeMail = mailTemplate({
  name: 'recovery-code-used',
  values: z.strictObject({ reader: nameSchema, vendor: nameSchema, left: z.int().min(0) }),
  secrets: [],
  write: ({ reader, vendor, left }) =>
    paragraphs({
      subject: `A recovery code for your login at ${vendor} was used`,
      paragraphs: [
        `Hello ${reader},`,
        `One of the recovery codes of your login at ${vendor} was used in the place of your second factor. ${left} of them are left; you can have new ones made where you manage your login.`,
        'If it was not you, somebody has your password and your codes: change the password and have new codes made at once, and look at your sessions.',
      ],
      footer: `You get this mail because you have a login at ${vendor}.`,
    }),
});
