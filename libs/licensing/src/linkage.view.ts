// Which licenses were ever linked to which groups: nothing is taken out of it, so that the past is found by it.
import { groupEvents } from '#organizations/group.events.js';
import { viewOf } from '#read-models/view.js';

type LinkageDoc = { readonly organizationId: string; readonly groupId: string; readonly licenseId: string };

export const linkageView = viewOf<LinkageDoc>()(groupEvents, {
  name: 'linkages',
  version: 1,
  about: 'The groups that a license was ever linked to, so that its past can be folded again.',
  categories: ['group'],
  indexes: { license: { one: (doc) => doc.licenseId }, organization: { one: (doc) => doc.organizationId } },
  lists: [['license'], ['organization']],
  on: {
    LicenseLinked: {
      keys: ({ data }) => [`${data.licenseId}.${data.groupId}`],
      evolve: (doc, { data }) => doc ?? data,
    },
  },
});
