// Invitations as they are listed and read; never their codes.
import type { RecordedEvent } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { invitationEvents, invitationKindSchema } from './invitation.events.js';

export const invitationDocSchema = z.strictObject({
  id: idSchema,
  kind: invitationKindSchema,
  name: z.string(),
  message: z.string().nullable(),
  organizationId: idSchema.nullable(),
  contactId: idSchema.nullable(),
  /** The contact of the user who invited; null where a program did. */
  inviter: idSchema.nullable(),
  roles: z.array(z.string()),
  groups: z.array(idSchema),
  limit: z.int(),
  domains: z.array(z.string()),
  /** Whether the newest code was mailed, and answered to nobody. */
  mailed: z.boolean(),
  sentAt: instantSchema,
  expiresAt: instantSchema,
  revokedAt: instantSchema.nullable(),
  /** In the order in which they came. */
  redemptions: z.array(z.strictObject({ contactId: idSchema, at: instantSchema })),
  createdAt: instantSchema,
  changedAt: instantSchema,
  revision: z.int(),
});
export type InvitationDoc = z.output<typeof invitationDocSchema>;

function changed(doc: InvitationDoc | null, event: RecordedEvent, change: Partial<InvitationDoc>): InvitationDoc | null {
  return doc && { ...doc, ...change, changedAt: event.meta.occurredAt, revision: event.revision };
}

/** How it is over for good, as its status says it; null: it is open, or has expired. */
function endOf({ kind, revokedAt, redemptions, limit }: InvitationDoc): 'revoked' | 'redeemed' | 'used-up' | null {
  if (revokedAt !== null) return 'revoked';
  if (redemptions.length < limit) return null;
  return kind === 'single' ? 'redeemed' : 'used-up';
}

export const invitationView = viewOf<InvitationDoc>()(invitationEvents, {
  name: 'invitations',
  version: 1,
  about: 'Who was invited to make a user of himself, with which roles and groups, and who has done so.',
  categories: ['invitation'],
  indexes: {
    name: { one: (doc) => sortKey(doc.name) },
    kind: { one: (doc) => doc.kind },
    organization: { one: (doc) => doc.organizationId },
    contact: { one: (doc) => doc.contactId },
    end: { one: endOf },
    createdAt: { one: (doc) => doc.createdAt },
    expiresAt: { one: (doc) => doc.expiresAt },
    words: { many: (doc) => searchTokens(doc.name) },
  },
  lists: [['createdAt'], ['name'], ['expiresAt'], ['organization', 'createdAt'], ['end', 'createdAt']],
  on: {
    UserInvited: {
      evolve: (_, { data, meta, revision }) => ({
        id: data.invitationId,
        kind: data.kind,
        name: data.name,
        message: data.message,
        organizationId: data.organizationId,
        contactId: data.contactId,
        inviter: data.inviter,
        roles: data.roles,
        groups: data.groups,
        limit: data.limit,
        domains: data.domains,
        mailed: data.mailedTo !== null,
        sentAt: meta.occurredAt,
        expiresAt: data.expiresAt,
        revokedAt: null,
        redemptions: [],
        createdAt: meta.occurredAt,
        changedAt: meta.occurredAt,
        revision,
      }),
    },
    InvitationResent: {
      evolve: (doc, event) => {
        const { mailedTo, expiresAt } = event.data;
        return changed(doc, event, { mailed: mailedTo !== null, sentAt: event.meta.occurredAt, expiresAt });
      },
    },
    InvitationRevoked: { evolve: (doc, event) => changed(doc, event, { revokedAt: event.meta.occurredAt }) },
    InvitationRedeemed: {
      evolve: (doc, event) => {
        const redeemed = { contactId: event.data.contactId, at: event.meta.occurredAt };
        return doc && changed(doc, event, { redemptions: [...doc.redemptions, redeemed] });
      },
    },
    RedemptionUndone: {
      evolve: (doc, event) => {
        const left = doc?.redemptions.filter(({ contactId }) => contactId !== event.data.contactId);
        return doc && changed(doc, event, { redemptions: left });
      },
    },
  },
});
