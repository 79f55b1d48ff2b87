import { licenseEvents } from '#licensing/license.events.js';
import { viewOf } from '#read-models/view.js';

/** What no view may do: its documents depend on when they are folded. Planted to be caught. */
export const clockView = viewOf<{ readonly at: string }>()(licenseEvents, {
  name: 'planted',
  version: 1,
  about: 'Reads the clock.',
  categories: ['license'],
  indexes: {},
  lists: [],
  on: { LicenseIssued: { evolve: () => ({ at: String(process.hrtime.bigint()) }) } },
});
