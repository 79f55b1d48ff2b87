// Which licenses an organization ever had: nothing is taken out of it, so that its past is found by it.
import { viewOf } from '#read-models/view.js';
import { licenseEvents } from './license.events.js';

type HoldingDoc = { readonly organizationId: string; readonly licenseId: string };

const keysOf = ({ id, data }: { readonly id: string; readonly data: { readonly organizationId: string | null } }) =>
  data.organizationId === null ? [] : [`${data.organizationId}.${id}`];

const held = {
  keys: keysOf,
  evolve: (doc: HoldingDoc | null, { id, data }: Parameters<typeof keysOf>[0]) =>
    doc ?? { organizationId: data.organizationId!, licenseId: id },
};

export const holdingView = viewOf<HoldingDoc>()(licenseEvents, {
  name: 'holdings',
  version: 1,
  about: 'The licenses that an organization ever had, so that its list can be folded again as of the past.',
  categories: ['license'],
  indexes: { organization: { one: (doc) => doc.organizationId } },
  lists: [['organization']],
  on: { LicenseIssued: held, LicenseOwnerChanged: held },
});
