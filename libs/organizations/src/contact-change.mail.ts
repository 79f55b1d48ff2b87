// What the contacts of an organization are told when one of them changes.
import { mailTemplate, paragraphs } from '#mail/mail-template.js';
import { nameSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { placeSchema } from './organization.events.js';

export const contactChangeMail = mailTemplate({
  name: 'contact-changed',
  values: z.strictObject({
    vendor: nameSchema,
    organization: nameSchema,
    place: placeSchema,
    /** Who holds the place now; null: nobody. Names. */
    contact: nameSchema.nullable(),
    previous: nameSchema.nullable(),
    reader: nameSchema,
  }),
  secrets: [],
  write: ({ vendor, organization, place, contact, previous, reader }) =>
    paragraphs({
      subject: `The ${place} contact of ${organization} has changed`,
      paragraphs: [
        `Hello ${reader},`,
        contact === null
          ? `${previous} is no longer the ${place} contact of ${organization} at ${vendor}. The place is empty now.`
          : `${contact} is now the ${place} contact of ${organization} at ${vendor}${previous === null ? '' : `, in the place of ${previous}`}.`,
        'The contacts of an organization see all its licenses and manage its users. Should this change be a surprise to you, please tell the vendor.',
      ],
      footer: `You get this mail because you are or were a contact of ${organization}.`,
    }),
});
