// Devices that are blocked everywhere, until the block is lifted. One that has run out stays, with its end.
import { viewOf } from '#read-models/view.js';
import { deviceBlockEvents } from './device-block.events.js';

export type DeviceBlockDoc = {
  readonly fingerprint: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly blockedAt: string;
  readonly blockedBy: string;
  readonly revision: number;
};

export const deviceBlockView = viewOf<DeviceBlockDoc>()(deviceBlockEvents, {
  name: 'device-blocks',
  version: 1,
  about: 'Devices that are kept away from all licenses of the tenant.',
  categories: ['deviceblock'],
  indexes: {
    blockedAt: { one: (doc) => doc.blockedAt },
    until: { one: (doc) => doc.until },
  },
  lists: [['blockedAt']],
  on: {
    DeviceBlockedEverywhere: {
      evolve: (_doc, { data: { fingerprint, reason, until }, meta, revision }) => ({
        ...{ fingerprint, reason, until, revision },
        ...{ blockedAt: meta.occurredAt, blockedBy: meta.actor },
      }),
    },
    DeviceUnblockedEverywhere: { evolve: () => null },
  },
});
