// The mail to whose address a provider does not vouch for: the code proves that the mailbox is his.
import { nameSchema } from '#kernel/fields.js';
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { z } from 'zod';

export const identityCodeMail = mailTemplate({
  name: 'identity-code',
  values: z.strictObject({ reader: nameSchema, vendor: nameSchema, provider: nameSchema, code: z.string() }),
  secrets: ['code'],
  write: ({ reader, vendor, provider, code }) =>
    paragraphs({
      subject: `Logging in to ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `Somebody, probably you, wants to log in to ${vendor} by an account at ${provider}. If it is you, type this code into the page that asked for it, within 15 minutes:\n${code}`,
        'Whoever has the code can log in as you from then on by that account. If it was not you, tell the code to nobody; there is nothing else to do.',
      ],
      footer: `You get this mail because ${vendor} knows you by this address.`,
    }),
});
