// Who belongs to which organization, and in which place.
import { roleIdsSchema } from '#identity/role.events.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { organizationEvents, placeSchema } from './organization.events.js';

export const membershipDocSchema = z.strictObject({
  organizationId: idSchema,
  contactId: idSchema,
  place: placeSchema.nullable(),
  roles: roleIdsSchema,
  addedAt: instantSchema,
});
export type MembershipDoc = z.output<typeof membershipDocSchema>;

/** The key of a membership's document. */
export function membershipKey(organizationId: string, contactId: string): string {
  return `${organizationId}.${contactId}`;
}

export const membershipView = viewOf<MembershipDoc>()(organizationEvents, {
  name: 'memberships',
  version: 2,
  about: 'The members of organizations, with the place and the roles that each has there.',
  categories: ['organization'],
  indexes: {
    organization: { one: (doc) => doc.organizationId },
    contact: { one: (doc) => doc.contactId },
    addedAt: { one: (doc) => doc.addedAt },
  },
  lists: [['organization', 'addedAt'], ['contact']],
  streamsOf: (key) => [{ category: 'organization', id: key.split('.')[0]! }],
  on: {
    MemberAdded: {
      keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)],
      evolve: (_, { data, meta }) => {
        return {
          organizationId: data.organizationId,
          contactId: data.contactId,
          place: null,
          roles: [],
          addedAt: meta.occurredAt,
        };
      },
    },
    MemberRemoved: { keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)], evolve: () => null },
    ContactAssigned: {
      keys: ({ data }) => [data.contactId, data.previous].flatMap((id) => (id ? [membershipKey(data.organizationId, id)] : [])),
      evolve: (doc, { data }) => doc && { ...doc, place: doc.contactId === data.contactId ? data.place : null },
    },
    ContactUnassigned: {
      keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)],
      evolve: (doc) => doc && { ...doc, place: null },
    },
    MemberRolesSet: {
      keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)],
      evolve: (doc, { data }) => doc && { ...doc, roles: data.roles },
    },
  },
});
