// Facts of a group: people of one organization, and the licenses of that organization that they may use by it.
import { defineEvents, event, type UniqueValue } from '#kernel/events.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';

/** How many members and how many licenses a group may have: the ids of all of them fit into one event. */
export const MOST_GROUP_MEMBERS = 1000;
export const MOST_GROUP_LICENSES = 1000;

const group = { groupId: idSchema, organizationId: idSchema };
const member = { ...group, contactId: idSchema };
const link = { ...group, licenseId: idSchema };

interface Named {
  readonly organizationId: string;
  readonly name: string;
}

/** Within an organization no two groups share a name; case does not distinguish two. */
function nameClaim({ organizationId, name }: Named): readonly UniqueValue[] {
  return [{ kind: 'group-name', value: `${organizationId} ${name.normalize('NFC').toLowerCase()}` }];
}

export const groupEvents = defineEvents({
  GroupCreated: event({
    schema: 1,
    about: 'A group of an organization was formed.',
    data: z.strictObject({ ...group, name: nameSchema }),
    claims: nameClaim,
  }),
  GroupRenamed: event({
    schema: 1,
    about: 'A group goes by another name.',
    data: z.strictObject({ ...group, name: nameSchema, previous: nameSchema }),
    claims: nameClaim,
    releases: ({ organizationId, previous }) => nameClaim({ organizationId, name: previous }),
  }),
  GroupMemberAdded: event({ schema: 1, about: 'A member of the organization is in a group.', data: z.strictObject(member) }),
  GroupMemberRemoved: event({ schema: 1, about: 'Somebody is no longer in a group.', data: z.strictObject(member) }),
  LicenseLinked: event({
    schema: 1,
    about: 'A license of the organization was linked to a group: all its members may use it.',
    data: z.strictObject(link),
  }),
  LicenseUnlinked: event({
    schema: 1,
    about: 'A license is no longer linked to a group; activations that were made by it stay.',
    data: z.strictObject(link),
  }),
  GroupDeleted: event({
    schema: 1,
    about: 'A group was deleted; the licenses that it names are no longer linked to it, and its members no longer in it.',
    data: z.strictObject({
      ...group,
      name: nameSchema,
      members: z.array(idSchema).max(MOST_GROUP_MEMBERS),
      licenses: z.array(idSchema).max(MOST_GROUP_LICENSES),
    }),
    releases: nameClaim,
  }),
});
