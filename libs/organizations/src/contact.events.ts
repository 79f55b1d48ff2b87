// Facts of a person whom the vendor knows. Name, address and reasons are sealed with the person's key.
import { defineEvents, event, type UniqueValue } from '#kernel/events.js';
import { emailKey, emailSchema, nameSchema, sealed, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accountNumberClaim, accountNumberSchema, companySchema } from './account.js';

const contact = { contactId: idSchema };
const personal = <T extends z.ZodType>(schema: T): T => sealed('contactId', schema);

function emailClaim(email: string): readonly UniqueValue[] {
  return [{ kind: 'contact-email', value: emailKey(email) }];
}

export const contactEvents = defineEvents({
  ContactAdded: event({
    schema: 1,
    about: 'A person became known to the vendor.',
    data: z.strictObject({ ...contact, name: personal(nameSchema), email: personal(emailSchema) }),
    claims: ({ email }) => emailClaim(email),
  }),
  ContactRenamed: event({
    schema: 1,
    about: 'A contact goes by another name.',
    data: z.strictObject({ ...contact, name: personal(nameSchema) }),
  }),
  ContactEmailChanged: event({
    schema: 1,
    about: 'A contact has another e-mail address.',
    data: z.strictObject({ ...contact, email: personal(emailSchema), previous: personal(emailSchema) }),
    claims: ({ email }) => emailClaim(email),
    releases: ({ previous }) => emailClaim(previous),
  }),
  ContactAccountSet: event({
    schema: 1,
    about:
      'A contact has an account number and a company of his own, or none any more. They count while he belongs to no organization.',
    data: z.strictObject({
      ...contact,
      accountNumber: personal(accountNumberSchema.nullable()),
      company: companySchema.nullable(),
      previous: personal(accountNumberSchema.nullable()),
    }),
    claims: ({ accountNumber }) => accountNumberClaim(accountNumber),
    releases: ({ previous }) => accountNumberClaim(previous),
  }),
  ContactSuspended: event({
    schema: 1,
    about: 'A contact was suspended: licenses that are his own do not validate until he is resumed.',
    data: z.strictObject({ ...contact, reason: personal(textSchema.nullable()) }),
  }),
  ContactResumed: event({ schema: 1, about: 'The suspension of a contact ended.', data: z.strictObject(contact) }),
  ContactArchived: event({
    schema: 1,
    about: 'A contact was put away; his history, memberships, address and account number stay.',
    data: z.strictObject({ ...contact, reason: personal(textSchema.nullable()) }),
  }),
  ContactRestored: event({ schema: 1, about: 'An archived contact is in use again.', data: z.strictObject(contact) }),
  PersonErased: event({
    schema: 1,
    about: 'The key of a person was destroyed: all that was known of him reads as erased. Licenses and history stay.',
    data: z.strictObject({
      ...contact,
      /** Sealed for the last time, so that both become free for others. Null where they could not be read any more. */
      email: personal(emailSchema.nullable()),
      accountNumber: personal(accountNumberSchema.nullable()),
    }),
    releases: ({ email, accountNumber }) => [...(email === null ? [] : emailClaim(email)), ...accountNumberClaim(accountNumber)],
  }),
});
