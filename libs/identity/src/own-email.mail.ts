// The mails around a change of one's own address: the code to the new one, and what the old one is told.
import { nameSchema } from '#kernel/fields.js';
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { z } from 'zod';

const names = { reader: nameSchema, vendor: nameSchema };

export const newAddressMail = mailTemplate({
  name: 'new-address',
  values: z.strictObject({ ...names, code: z.string() }),
  secrets: ['code'],
  write: ({ reader, vendor, code }) =>
    paragraphs({
      subject: `Your new address at ${vendor}`,
      paragraphs: [
        `Hello ${reader},`,
        `this is to become your address at ${vendor}. Type this code where you asked for that, once and within 30 minutes:\n${code}`,
        'If it was not you, there is nothing to do: nothing changes.',
      ],
      footer: `You get this mail because somebody who is logged in at ${vendor} named this address.`,
    }),
});

export const addressChangedMail = mailTemplate({
  name: 'address-changed',
  values: z.strictObject({ ...names, masked: z.string() }),
  secrets: [],
  write: ({ reader, vendor, masked }) =>
    paragraphs({
      subject: `Your address at ${vendor} was changed`,
      paragraphs: [
        `Hello ${reader},`,
        `from now on you log in at ${vendor} by another address (${masked}), and mails go there. This one opens nothing any more.`,
        `If it was not you, tell ${vendor} at once: somebody else was logged in as you.`,
      ],
      footer: `You get this mail because this was your address at ${vendor}.`,
    }),
});
