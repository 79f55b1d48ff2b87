// Which groups an organization ever formed: nothing is taken out of it, so that its past is found by it.
import { viewOf } from '#read-models/view.js';
import { groupEvents } from './group.events.js';

type FormationDoc = { readonly organizationId: string; readonly groupId: string };

export const formationView = viewOf<FormationDoc>()(groupEvents, {
  name: 'formations',
  version: 1,
  about: 'The groups that an organization ever formed, so that their list can be folded again as of the past.',
  categories: ['group'],
  indexes: { organization: { one: (doc) => doc.organizationId } },
  lists: [['organization']],
  on: {
    GroupCreated: { evolve: (_, { data: { organizationId, groupId } }) => ({ organizationId, groupId }) },
  },
});
