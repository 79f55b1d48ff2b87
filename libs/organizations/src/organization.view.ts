// Organizations as they are listed and read. Their members, who may be many, are in the view of memberships.
import type { RecordedEvent } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { accountNumberKey } from './account.js';
import { organizationEvents } from './organization.events.js';
import { IN_USE, standing, standingFields } from './standing.js';

export const organizationDocSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  accountNumber: z.string().nullable(),
  /** The legal entity of the vendor that serves it. */
  company: idSchema.nullable(),
  domains: z.array(z.string()),
  /** Ids of contacts. */
  primary: idSchema.nullable(),
  secondary: idSchema.nullable(),
  /** How many members it has. */
  members: z.int(),
  /** How many users its own people may make; null = as many as they like. */
  allowedUsers: z.int().nullable(),
  ...standingFields,
  addedAt: instantSchema,
  changedAt: instantSchema,
  revision: z.int(),
});
export type OrganizationDoc = z.output<typeof organizationDocSchema>;

type Change = Partial<OrganizationDoc> | ((doc: OrganizationDoc) => Partial<OrganizationDoc>);

function changed(doc: OrganizationDoc | null, event: RecordedEvent, change: Change): OrganizationDoc | null {
  if (!doc) return null;
  const part = typeof change === 'function' ? change(doc) : change;
  return { ...doc, ...part, changedAt: event.meta.occurredAt, revision: event.revision };
}

export const organizationView = viewOf<OrganizationDoc>()(organizationEvents, {
  name: 'organizations',
  version: 2,
  about: 'The customer companies of a vendor.',
  categories: ['organization'],
  indexes: {
    id: { one: (doc) => doc.id },
    name: { one: (doc) => sortKey(doc.name) },
    accountNumber: { one: (doc) => doc.accountNumber && accountNumberKey(doc.accountNumber) },
    company: { one: (doc) => doc.company },
    status: { one: (doc) => doc.status },
    addedAt: { one: (doc) => doc.addedAt },
    domain: { many: (doc) => doc.domains },
    words: { many: (doc) => searchTokens(doc.name, doc.accountNumber, ...doc.domains) },
  },
  lists: [['name'], ['addedAt'], ['accountNumber'], ['status', 'name'], ['company', 'name']],
  on: {
    OrganizationAdded: {
      evolve: (_, { data, meta, revision }) => ({
        ...IN_USE,
        id: data.organizationId,
        name: data.name,
        accountNumber: data.accountNumber,
        company: data.company,
        domains: data.domains,
        primary: null,
        secondary: null,
        members: 0,
        allowedUsers: null,
        addedAt: meta.occurredAt,
        changedAt: meta.occurredAt,
        revision,
      }),
    },
    OrganizationRenamed: { evolve: (doc, event) => changed(doc, event, { name: event.data.name }) },
    OrganizationAccountNumberChanged: {
      evolve: (doc, event) => changed(doc, event, { accountNumber: event.data.accountNumber }),
    },
    OrganizationCompanyChanged: { evolve: (doc, event) => changed(doc, event, { company: event.data.company }) },
    OrganizationDomainsChanged: { evolve: (doc, event) => changed(doc, event, { domains: event.data.domains }) },
    OrganizationSuspended: {
      evolve: (doc, event) => {
        const suspension = { at: event.meta.occurredAt, reason: event.data.reason };
        return changed(doc, event, (before) => standing(before, { suspension }));
      },
    },
    OrganizationResumed: { evolve: (doc, event) => changed(doc, event, (before) => standing(before, { suspension: null })) },
    OrganizationArchived: {
      evolve: (doc, event) => changed(doc, event, (before) => standing(before, { archivedAt: event.meta.occurredAt })),
    },
    OrganizationRestored: { evolve: (doc, event) => changed(doc, event, (before) => standing(before, { archivedAt: null })) },
    MemberAdded: { evolve: (doc, event) => changed(doc, event, ({ members }) => ({ members: members + 1 })) },
    MemberRemoved: { evolve: (doc, event) => changed(doc, event, ({ members }) => ({ members: members - 1 })) },
    ContactAssigned: { evolve: (doc, event) => changed(doc, event, { [event.data.place]: event.data.contactId }) },
    ContactUnassigned: { evolve: (doc, event) => changed(doc, event, { [event.data.place]: null }) },
    MemberRolesSet: { evolve: (doc, event) => changed(doc, event, {}) },
    AllowedUsersSet: { evolve: (doc, event) => changed(doc, event, { allowedUsers: event.data.allowedUsers }) },
  },
});
