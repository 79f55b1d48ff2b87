// Groups as they are listed and read. Whom and what a group names is in its document; which of them count is asked of
// the organization's members and of the licenses' owners when it is shown.
import type { RecordedEvent } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { groupEvents } from './group.events.js';

export const groupDocSchema = z.strictObject({
  id: idSchema,
  organizationId: idSchema,
  name: z.string(),
  /** Ids of contacts, in the order in which they came. */
  members: z.array(idSchema),
  /** Ids of licenses, in the order in which they were linked. */
  licenses: z.array(idSchema),
  createdAt: instantSchema,
  changedAt: instantSchema,
  revision: z.int(),
});
export type GroupDoc = z.output<typeof groupDocSchema>;

type Change = (doc: GroupDoc) => Partial<GroupDoc>;

function changed(doc: GroupDoc | null, event: RecordedEvent, change: Change): GroupDoc | null {
  return doc && { ...doc, ...change(doc), changedAt: event.meta.occurredAt, revision: event.revision };
}

const without = (ids: readonly string[], id: string): string[] => ids.filter((each) => each !== id);

export const groupView = viewOf<GroupDoc>()(groupEvents, {
  name: 'groups',
  version: 1,
  about: 'The groups of organizations, with their members and the licenses that are linked to them.',
  categories: ['group'],
  indexes: {
    id: { one: (doc) => doc.id },
    organization: { one: (doc) => doc.organizationId },
    name: { one: (doc) => sortKey(doc.name) },
    createdAt: { one: (doc) => doc.createdAt },
    member: { many: (doc) => doc.members },
    license: { many: (doc) => doc.licenses },
    words: { many: (doc) => searchTokens(doc.name) },
  },
  lists: [['name'], ['createdAt'], ['organization', 'name'], ['organization', 'createdAt']],
  on: {
    GroupCreated: {
      evolve: (_, { data, meta, revision }) => ({
        id: data.groupId,
        organizationId: data.organizationId,
        name: data.name,
        members: [],
        licenses: [],
        createdAt: meta.occurredAt,
        changedAt: meta.occurredAt,
        revision,
      }),
    },
    GroupRenamed: { evolve: (doc, event) => changed(doc, event, () => ({ name: event.data.name })) },
    GroupMemberAdded: {
      evolve: (doc, event) => changed(doc, event, ({ members }) => ({ members: [...members, event.data.contactId] })),
    },
    GroupMemberRemoved: {
      evolve: (doc, event) => changed(doc, event, ({ members }) => ({ members: without(members, event.data.contactId) })),
    },
    LicenseLinked: {
      evolve: (doc, event) => changed(doc, event, ({ licenses }) => ({ licenses: [...licenses, event.data.licenseId] })),
    },
    LicenseUnlinked: {
      evolve: (doc, event) => changed(doc, event, ({ licenses }) => ({ licenses: without(licenses, event.data.licenseId) })),
    },
    GroupDeleted: { evolve: () => null },
  },
});
