// The mail with the code by which a contact proves his mailbox, who redeems an invitation that was not mailed to him.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const mailboxCodeMail = mailTemplate({
  name: 'mailbox-code',
  values: z.strictObject({ reader: nameSchema, vendor: nameSchema, code: z.string() }),
  secrets: ['code'],
  write: ({ reader, vendor, code }) =>
    paragraphs({
      subject: `Your code for the portal of ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `Somebody, probably you, is accepting an invitation to the portal of ${vendor}. The page asks for this code, within 30 minutes:\n${code}`,
        'If it was not you, tell nobody the code: without it nobody gets in.',
      ],
      footer: `You get this mail because ${vendor} knows you under this address.`,
    }),
});
