// Contacts as they are listed and read, with the organizations that each belongs to.
import type { RecordedEvent } from '#kernel/context.js';
import { roleIdsSchema } from '#identity/role.events.js';
import { emailKey, ERASED, instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { accountNumberKey } from './account.js';
import { affiliationView } from './affiliation.view.js';
import { contactEvents } from './contact.events.js';
import { organizationEvents, placeSchema, type Place } from './organization.events.js';
import { IN_USE, standing, standingFields } from './standing.js';

export const contactDocSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  email: z.string(),
  /** His own; those of his organizations come before them. */
  accountNumber: z.string().nullable(),
  company: idSchema.nullable(),
  /** In the order in which he joined them; the door lets nobody join more than 100. */
  organizations: z.array(z.strictObject({ id: idSchema, place: placeSchema.nullable(), roles: roleIdsSchema })),
  ...standingFields,
  erasedAt: instantSchema.nullable(),
  addedAt: instantSchema,
  changedAt: instantSchema,
  /** Of the contact's own stream; memberships do not change it. */
  revision: z.int(),
});
export type ContactDoc = z.output<typeof contactDocSchema>;

export const MOST_ORGANIZATIONS = 100;

type Change = Partial<ContactDoc> | ((doc: ContactDoc) => Partial<ContactDoc>);

function changed(doc: ContactDoc | null, event: RecordedEvent, change: Change): ContactDoc | null {
  if (!doc) return null;
  const part = typeof change === 'function' ? change(doc) : change;
  return { ...doc, ...part, changedAt: event.meta.occurredAt, revision: event.revision };
}

type Membership = ContactDoc['organizations'][number];

function membership(doc: ContactDoc | null, id: string, change: Partial<Membership>): ContactDoc | null {
  return doc && { ...doc, organizations: doc.organizations.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}

function placed(doc: ContactDoc | null, organizationId: string, place: Place | null): ContactDoc | null {
  return membership(doc, organizationId, { place });
}

const shown = (text: string | null): string | null => (text === ERASED ? null : text);

export const contactView = viewOf<ContactDoc>()(
  { ...contactEvents, ...organizationEvents },
  {
    name: 'contacts',
    version: 2,
    about: 'The persons whom a vendor knows.',
    categories: ['contact', 'organization'],
    indexes: {
      name: { one: (doc) => sortKey(doc.name) },
      email: { one: (doc) => emailKey(shown(doc.email) ?? '') },
      accountNumber: { one: (doc) => accountNumberKey(shown(doc.accountNumber) ?? '') || null },
      company: { one: (doc) => doc.company },
      status: { one: (doc) => doc.status },
      addedAt: { one: (doc) => doc.addedAt },
      organization: { many: (doc) => doc.organizations.map(({ id }) => id) },
      words: { many: (doc) => searchTokens(doc.name, doc.email, doc.accountNumber) },
    },
    lists: [['name'], ['email'], ['addedAt'], ['status', 'name']],
    streamsOf: async (id, lookUp) => [
      { category: 'contact', id },
      ...(await lookUp(affiliationView, 'contact', id)).map((doc) => ({ category: 'organization', id: doc.organizationId })),
    ],
    on: {
      ContactAdded: {
        evolve: (_, { data, meta, revision }) => ({
          ...IN_USE,
          id: data.contactId,
          name: data.name,
          email: data.email,
          accountNumber: null,
          company: null,
          organizations: [],
          erasedAt: null,
          addedAt: meta.occurredAt,
          changedAt: meta.occurredAt,
          revision,
        }),
      },
      ContactRenamed: { evolve: (doc, event) => changed(doc, event, { name: event.data.name }) },
      ContactEmailChanged: { evolve: (doc, event) => changed(doc, event, { email: event.data.email }) },
      ContactAccountSet: {
        evolve: (doc, event) => changed(doc, event, { accountNumber: event.data.accountNumber, company: event.data.company }),
      },
      ContactSuspended: {
        evolve: (doc, event) => {
          const suspension = { at: event.meta.occurredAt, reason: event.data.reason };
          return changed(doc, event, (before) => standing(before, { suspension }));
        },
      },
      ContactResumed: { evolve: (doc, event) => changed(doc, event, (before) => standing(before, { suspension: null })) },
      ContactArchived: {
        evolve: (doc, event) => changed(doc, event, (before) => standing(before, { archivedAt: event.meta.occurredAt })),
      },
      ContactRestored: { evolve: (doc, event) => changed(doc, event, (before) => standing(before, { archivedAt: null })) },
      PersonErased: {
        evolve: (doc, event) => {
          const nothing = { name: ERASED, email: ERASED, accountNumber: null, erasedAt: event.meta.occurredAt };
          return changed(doc, event, nothing);
        },
      },
      MemberAdded: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) =>
          doc && { ...doc, organizations: [...doc.organizations, { id: data.organizationId, place: null, roles: [] }] },
      },
      MemberRemoved: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) =>
          doc && { ...doc, organizations: doc.organizations.filter(({ id }) => id !== data.organizationId) },
      },
      ContactAssigned: {
        keys: ({ data }) => (data.previous ? [data.contactId, data.previous] : [data.contactId]),
        evolve: (doc, { data }, key) => placed(doc, data.organizationId, key === data.contactId ? data.place : null),
      },
      ContactUnassigned: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) => placed(doc, data.organizationId, null),
      },
      MemberRolesSet: {
        keys: ({ data }) => [data.contactId],
        evolve: (doc, { data }) => membership(doc, data.organizationId, { roles: data.roles }),
      },
    },
  },
);
