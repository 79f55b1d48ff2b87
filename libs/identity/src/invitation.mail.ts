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
    link: z.url(),
    expiresAt: instantSchema,
  }),
  secrets: ['link'],
  write: ({ vendor, organization, inviter, reader, message, link, expiresAt }) =>
    paragraphs({
      subject: `Your access to the portal of ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `${inviter ?? vendor} invites you to the portal of ${vendor}${organization === null ? '' : ` for ${organization}`}.`,
        ...(message === null ? [] : [`${inviter ?? vendor} writes:\n${message}`]),
        `The link is for you alone. It works once, until ${expiresAt.slice(0, 10)}.`,
      ],
      link: { label: 'Accept the invitation', url: link },
      footer: 'If you do not know what this is about, you need not do anything: without the link nobody gets in.',
    }),
});
