// What a contact reads who is invited.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { instantSchema, nameSchema, textSchema } from '#kernel/fields.js';
import { z } from 'zod';

export const invitationMail = mailTemplate({
  name: 'invitation',
  values: z.strictObject({
    vendor: nameSchema,
    organization: nameSchema.nullable(),
    inviter: nameSchema.nullable(),
    reader: nameSchema,
    message: textSchema.nullable(),
    /** Of the page that takes the code; null where the server does not know its own address. */
    page: z.url().nullable(),
    code: z.string(),
    expiresAt: instantSchema,
  }),
  secrets: ['code'],
  write: ({ vendor, organization, inviter, reader, message, page, code, expiresAt }) =>
    paragraphs({
      subject: `Your access to the portal of ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `${inviter ?? vendor} invites you to the portal of ${vendor}${organization === null ? '' : ` for ${organization}`}.`,
        ...(message === null ? [] : [`${inviter ?? vendor} writes:\n${message}`]),
        `This code is for you alone. It works once, until ${expiresAt.slice(0, 10)}:\n${code}`,
      ],
      // After the #: a browser sends it to nobody.
      ...(page === null ? {} : { link: { label: 'Accept the invitation', url: `${page}#${code}` } }),
      footer: 'If you do not know what this is about, you need not do anything: without the code nobody gets in.',
    }),
});
