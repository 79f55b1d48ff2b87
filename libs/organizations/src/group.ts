// Rules of a group (licensing.md §2.11): people and licenses of one organization.
import { aggregateOf, factsFrom, type Given } from '#kernel/aggregate.js';
import { nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { licenseEvents } from '#licensing/license.events.js';
import { z } from 'zod';
import { contactInUse, mustBeUsable } from './contact.facts.js';
import { groupEvents, MOST_GROUP_LICENSES, MOST_GROUP_MEMBERS } from './group.events.js';
import { mustBeActive, organization } from './organization.js';
import { organizationsErrors } from './organizations.errors.js';

export interface GroupState {
  /** Null before it was formed, and again once it was deleted. */
  readonly name: string | null;
  readonly deleted: boolean;
  readonly organizationId: string | null;
  readonly members: ReadonlySet<string>;
  readonly licenses: ReadonlySet<string>;
}

/** Whose license it is. */
const linkedLicense = factsFrom(licenseEvents)<{ readonly organizationId: string | null }>({
  name: 'license-of-group',
  category: 'license',
  initial: { organizationId: null },
  evolve: {
    LicenseIssued: (_, { organizationId }) => ({ organizationId }),
    LicenseOwnerChanged: (_, { organizationId }) => ({ organizationId }),
  },
});

const facts = { organization, contact: contactInUse, license: linkedLicense };

/** The group as all its events name it. @throws `group.not-found`, `organization.archived` */
function inUse(state: GroupState, id: string, { organization: its }: Given<typeof facts>) {
  if (state.name === null || state.organizationId === null) return organizationsErrors.refuse('group.not-found');
  mustBeActive(its!.state);
  return { groupId: id, organizationId: state.organizationId };
}

const without = (set: ReadonlySet<string>, id: string): ReadonlySet<string> => new Set([...set].filter((each) => each !== id));

const aMember = z.strictObject({ contactId: idSchema });
const aLicense = z.strictObject({ licenseId: idSchema });
const ofIts = (state: GroupState) => ({ organization: state.organizationId });

/**
 * A group whose member leaves the organization keeps naming him, and he regains nothing by it: access by a group
 * counts only while he belongs to its organization, and lists of the group's members leave him out. The same holds
 * for a license that comes to another owner: its link counts only while it belongs to the group's organization.
 * Whoever comes back finds his groups as he left them.
 */
export const group = aggregateOf<GroupState>()({
  name: 'group',
  events: groupEvents,
  organization: ({ organizationId }) => organizationId,
  initial: { name: null, deleted: false, organizationId: null, members: new Set(), licenses: new Set() },
  commands: {
    create: z.strictObject({ organizationId: idSchema, name: nameSchema }),
    rename: z.strictObject({ name: nameSchema }),
    addMember: aMember,
    removeMember: aMember,
    linkLicense: aLicense,
    unlinkLicense: aLicense,
    delete: z.strictObject({
      cascade: z.boolean().default(false).meta({ description: 'Delete it although it has members or licenses.' }),
    }),
  },
  facts,
  needs: {
    create: ({ organizationId }) => ({ organization: organizationId }),
    rename: (_, state) => ofIts(state),
    addMember: ({ contactId }, state) => ({ ...ofIts(state), contact: contactId }),
    removeMember: (_, state) => ofIts(state),
    linkLicense: ({ licenseId }, state) => ({ ...ofIts(state), license: licenseId }),
    unlinkLicense: (_, state) => ofIts(state),
    delete: (_, state) => ofIts(state),
  },
  decide: {
    create: ({ organizationId, name }, state, { id, facts }) => {
      if (state.name !== null || state.deleted) organizationsErrors.refuse('group.exists');
      mustBeActive(facts.organization!.state);
      return { type: 'GroupCreated', data: { groupId: id, organizationId, name } };
    },
    rename: ({ name }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      return name === state.name ? [] : { type: 'GroupRenamed', data: { ...its, name, previous: state.name! } };
    },
    addMember: ({ contactId }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      // First: who may form groups here need not learn whether somebody else's contact exists.
      if (!facts.organization!.state.members.has(contactId)) organizationsErrors.refuse('group.not-of-organization');
      mustBeUsable(facts.contact);
      if (state.members.has(contactId)) return [];
      if (state.members.size >= MOST_GROUP_MEMBERS) organizationsErrors.refuse('group.too-many-members');
      return { type: 'GroupMemberAdded', data: { ...its, contactId } };
    },
    removeMember: ({ contactId }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      return state.members.has(contactId) ? { type: 'GroupMemberRemoved', data: { ...its, contactId } } : [];
    },
    linkLicense: ({ licenseId }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      if (facts.license?.state.organizationId !== its.organizationId) organizationsErrors.refuse('group.license-unknown');
      if (state.licenses.has(licenseId)) return [];
      if (state.licenses.size >= MOST_GROUP_LICENSES) organizationsErrors.refuse('group.too-many-licenses');
      return { type: 'LicenseLinked', data: { ...its, licenseId } };
    },
    unlinkLicense: ({ licenseId }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      return state.licenses.has(licenseId) ? { type: 'LicenseUnlinked', data: { ...its, licenseId } } : [];
    },
    delete: ({ cascade }, state, { id, facts }) => {
      const its = inUse(state, id, facts);
      const [members, licenses] = [[...state.members], [...state.licenses]];
      if (!cascade && members.length + licenses.length > 0) {
        organizationsErrors.refuse('group.not-empty', undefined, { members: members.length, licenses: licenses.length });
      }
      return { type: 'GroupDeleted', data: { ...its, name: state.name!, members, licenses } };
    },
  },
  evolve: {
    GroupCreated: (state, { organizationId, name }) => ({ ...state, organizationId, name }),
    GroupRenamed: (state, { name }) => ({ ...state, name }),
    GroupMemberAdded: (state, { contactId }) => ({ ...state, members: new Set(state.members).add(contactId) }),
    GroupMemberRemoved: (state, { contactId }) => ({ ...state, members: without(state.members, contactId) }),
    LicenseLinked: (state, { licenseId }) => ({ ...state, licenses: new Set(state.licenses).add(licenseId) }),
    LicenseUnlinked: (state, { licenseId }) => ({ ...state, licenses: without(state.licenses, licenseId) }),
    GroupDeleted: (state) => ({ ...state, name: null, deleted: true, members: new Set(), licenses: new Set() }),
  },
});
