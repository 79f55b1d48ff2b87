// Whose the licenses are that were ever linked to a group. A link counts only while the license belongs to the group's
// organization; what the licenses themselves are is told by their own context.
import { licenseEvents } from '#licensing/license.events.js';
import { viewOf, type View } from '#read-models/view.js';
import { groupEvents } from './group.events.js';

export type LinkedLicenseDoc = {
  readonly id: string;
  readonly organizationId: string | null;
  /** All that it was ever linked to, so that its past can be folded again. */
  readonly groups: readonly string[];
};

const both = (groups: readonly string[], id: string) => (groups.includes(id) ? groups : [...groups, id]);

export const linkedLicenseView: View<LinkedLicenseDoc> = viewOf<LinkedLicenseDoc>()(
  { ...groupEvents, ...licenseEvents },
  {
    name: 'linked-licenses',
    version: 1,
    about: 'Whose the licenses are that were ever linked to a group: only links within its organization count.',
    categories: ['group', 'license'],
    indexes: { id: { one: (doc) => doc.id } },
    lists: [['id']],
    streamsOf: async (id, lookUp) => {
      const [doc] = await lookUp(linkedLicenseView, 'id', id);
      const groups = (doc?.groups ?? []).map((group) => ({ category: 'group', id: group }));
      return [{ category: 'license', id }, ...groups];
    },
    on: {
      // The rule has seen that the license belongs to the organization.
      LicenseLinked: {
        keys: ({ data }) => [data.licenseId],
        evolve: (doc, { data: { licenseId: id, organizationId, groupId } }) =>
          doc ? { ...doc, groups: both(doc.groups, groupId) } : { id, organizationId, groups: [groupId] },
      },
      LicenseOwnerChanged: { evolve: (doc, { data }) => doc && { ...doc, organizationId: data.organizationId } },
    },
  },
);
