// Who ever belonged to which organization: nothing is taken out of it, so that the past of a contact is found by it.
import { viewOf } from '#read-models/view.js';
import { membershipKey } from './membership.view.js';
import { organizationEvents } from './organization.events.js';

type AffiliationDoc = { readonly organizationId: string; readonly contactId: string };

export const affiliationView = viewOf<AffiliationDoc>()(organizationEvents, {
  name: 'affiliations',
  version: 1,
  about: 'The organizations to which a contact ever belonged, so that his past can be folded again.',
  categories: ['organization'],
  indexes: { contact: { one: (doc) => doc.contactId } },
  lists: [['contact']],
  on: {
    MemberAdded: {
      keys: ({ data }) => [membershipKey(data.organizationId, data.contactId)],
      evolve: (doc, { data }) => doc ?? { organizationId: data.organizationId, contactId: data.contactId },
    },
  },
});
