// Owners of licenses, as far as a license is shown or validated, and the groups that use them, all by their ids.
// Their names and standings are joined to licenses when they are read, never copied into them.
import type { RecordedEvent } from '#kernel/context.js';
import { contactEvents } from '#organizations/contact.events.js';
import { groupEvents } from '#organizations/group.events.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { viewOf } from '#read-models/view.js';

export type OwnerDoc = {
  readonly id: string;
  readonly kind: 'organization' | 'contact' | 'group';
  readonly name: string;
  readonly suspended: boolean;
  readonly archived: boolean;
};

const set = (change: Partial<OwnerDoc>) => ({ evolve: (doc: OwnerDoc | null) => doc && { ...doc, ...change } });
const renamed = {
  evolve: (doc: OwnerDoc | null, { data }: RecordedEvent<string, { readonly name: string }>) =>
    doc && { ...doc, name: data.name },
};
const added = (kind: OwnerDoc['kind']) => ({
  evolve: (_doc: OwnerDoc | null, { id, data }: RecordedEvent<string, { readonly name: string }>): OwnerDoc => ({
    id,
    kind,
    name: data.name,
    suspended: false,
    archived: false,
  }),
});

export const ownerView = viewOf<OwnerDoc>()(
  { ...organizationEvents, ...contactEvents, ...groupEvents },
  {
    name: 'license-owners',
    version: 2,
    about: 'Organizations, contacts and groups with their names and standing, for the licenses that they own or use.',
    categories: ['organization', 'contact', 'group'],
    indexes: {},
    lists: [],
    on: {
      OrganizationAdded: added('organization'),
      OrganizationRenamed: renamed,
      OrganizationSuspended: set({ suspended: true }),
      OrganizationResumed: set({ suspended: false }),
      OrganizationArchived: set({ archived: true }),
      OrganizationRestored: set({ archived: false }),
      ContactAdded: added('contact'),
      ContactRenamed: renamed,
      ContactSuspended: set({ suspended: true }),
      ContactResumed: set({ suspended: false }),
      ContactArchived: set({ archived: true }),
      ContactRestored: set({ archived: false }),
      GroupCreated: added('group'),
      GroupRenamed: renamed,
      GroupDeleted: { evolve: () => null },
    },
  },
);
