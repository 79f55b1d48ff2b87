// Which licenses keep which devices away, and by whose wish: what a block everywhere has left behind is
// found here when it is lifted.
import { viewOf } from '#read-models/view.js';
import { activationKey } from './activation.view.js';
import { licenseEvents } from './license.events.js';

export type BlockedDeviceDoc = {
  readonly licenseId: string;
  /** Keyed hash. */
  readonly fingerprint: string;
  readonly until: string | null;
  /** The actor who blocked it. */
  readonly by: string;
};

export const blockedDeviceView = viewOf<BlockedDeviceDoc>()(licenseEvents, {
  name: 'blocked-devices',
  version: 1,
  about: 'Devices that are blocked from a license, until the block is lifted.',
  categories: ['license'],
  indexes: {
    licenseId: { one: (doc) => doc.licenseId },
    fingerprint: { one: (doc) => doc.fingerprint },
    by: { one: (doc) => doc.by },
  },
  lists: [['licenseId'], ['fingerprint', 'by']],
  on: {
    DeviceBlocked: {
      keys: ({ id, data }) => [activationKey(id, data.fingerprint)],
      evolve: (_doc, { id, data: { fingerprint, until }, meta }) => ({ licenseId: id, fingerprint, until, by: meta.actor }),
    },
    DeviceUnblocked: {
      keys: ({ id, data }) => [activationKey(id, data.fingerprint)],
      evolve: () => null,
    },
  },
});
