// Who belongs to which organization, and in which place.
import { viewOf } from '#read-models/view.js';
import { organizationEvents, type Place } from './organization.events.js';

export type MembershipDoc = {
  readonly organizationId: string;
  readonly contactId: string;
  readonly place: Place | null;
  readonly addedAt: string;
};

/** The key of a membership's document. */
export function membershipKey(organizationId: string, contactId: string): string {
  return `${organizationId}.${contactId}`;
}

export const membershipView = viewOf<MembershipDoc>()(organizationEvents, {
  name: 'memberships',
  version: 1,
  about: 'The members of organizations, with the place that each holds.',
  categories: ['organization'],
  indexes: {
    organization: { one: (doc) => doc.organizationId },
    contact: { one: (doc) => doc.contactId },
    addedAt: { one: (doc) => doc.addedAt },
  },
  lists: [['organization', 'addedAt'], ['contact']],
  on: {
    MemberAdded: {
      keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)],
      evolve: (_, { data, meta }) => {
        return { organizationId: data.organizationId, contactId: data.contactId, place: null, addedAt: meta.occurredAt };
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
  },
});
