// Facts of an invitation: it offers a contact (single), or contacts of an organization (group), a login with roles and
// groups (licensing.md §2.12). Name and message are sealed with the key of the contact, or of the organization.
import { defineEvents, event } from '#kernel/events.js';
import { emailSchema, instantSchema, nameSchema, sealed, secret, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { domainsSchema } from '#organizations/organization.events.js';
import { z } from 'zod';
import { roleIdsSchema } from './role.events.js';

export const invitationKindSchema = z.enum(['single', 'group']);
export type InvitationKind = z.output<typeof invitationKindSchema>;

/** The most that one invitation is for: all who redeem it stand in one document. */
export const MOST_REDEMPTIONS = 1000;

/** SHA-256, base64url, of the secret part of a code. */
export const codeHashSchema = secret(z.string().regex(/^[A-Za-z0-9_-]{43}$/));

/** Ids of groups, each once, in order. */
export const groupIdsSchema = z
  .array(idSchema)
  .max(20)
  .overwrite((ids) => [...new Set(ids)].sort());

const invitation = { invitationId: idSchema };
/** Of the contact, or of the organization of a group invitation. */
const subject = { subject: idSchema };

/** How the code is known, and until when. */
const sending = {
  ...subject,
  codeHash: codeHashSchema,
  /** Where the code was mailed to, and was shown nowhere else; null: it was answered to who invites. */
  mailedTo: sealed('subject', emailSchema.nullable()),
  expiresAt: instantSchema,
};

export const invitationEvents = defineEvents({
  UserInvited: event({
    schema: 1,
    about: 'A contact, or so many contacts of an organization, may make a user of himself with these roles and groups.',
    data: z.strictObject({
      ...invitation,
      kind: invitationKindSchema,
      /** For which the roles and groups are; null: the contact belongs to none. */
      organizationId: idSchema.nullable(),
      contactId: idSchema.nullable(),
      name: sealed('subject', nameSchema),
      message: sealed('subject', textSchema.nullable()),
      /** The contact of the signed-in user who invites; null where a program does. */
      inviter: idSchema.nullable(),
      roles: roleIdsSchema,
      groups: groupIdsSchema,
      limit: z.int().min(1).max(MOST_REDEMPTIONS),
      /** Of the addresses that may redeem it; none: any. */
      domains: domainsSchema,
      ...sending,
    }),
  }),
  InvitationResent: event({
    schema: 1,
    about: 'An invitation has a new code and a new end; the old code opens nothing any more.',
    data: z.strictObject({ ...invitation, ...sending }),
  }),
  InvitationRevoked: event({ schema: 1, about: 'An invitation cannot be redeemed any more.', data: z.strictObject(invitation) }),
  InvitationRedeemed: event({
    schema: 1,
    about: 'A contact redeemed an invitation: he has a user now, and these roles and groups by it.',
    data: z.strictObject({
      ...invitation,
      contactId: idSchema,
      organizationId: idSchema.nullable(),
      /** Those that he had not before, so that an undo takes no others from him. */
      roles: roleIdsSchema,
      groups: groupIdsSchema,
    }),
  }),
  RedemptionUndone: event({
    schema: 1,
    about: 'The redemption of an invitation was taken back, with the user, roles and groups that it gave.',
    data: z.strictObject({ ...invitation, contactId: idSchema }),
  }),
});
