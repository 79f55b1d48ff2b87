// Devices that are blocked everywhere, until the block is lifted. One that has run out stays, with its end.
import { instantSchema } from '#kernel/fields.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { fingerprintSchema } from './activation.events.js';
import { deviceBlockEvents } from './device-block.events.js';

export const deviceBlockDocSchema = z.strictObject({
  /** Keyed hash of its fingerprint. */
  device: fingerprintSchema,
  reason: z.string().nullable(),
  until: instantSchema.nullable(),
  blockedAt: instantSchema,
  blockedBy: z.string(),
  revision: z.int(),
});
export type DeviceBlockDoc = z.output<typeof deviceBlockDocSchema>;

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
        ...{ device: fingerprint, reason, until, revision },
        ...{ blockedAt: meta.occurredAt, blockedBy: meta.actor },
      }),
    },
    DeviceUnblockedEverywhere: { evolve: () => null },
  },
});
