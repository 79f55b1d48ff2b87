import { aggregateOf } from '#kernel/aggregate.js';
import { instantInputSchema, textSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { deviceBlockErrors } from './device-block.errors.js';
import { deviceBlockEvents } from './device-block.events.js';

export interface DeviceBlock {
  /** Null: until it is lifted. */
  readonly until: string | null;
}

/** Whether a block keeps the device away at `t`. */
export function isBlockInForce(block: DeviceBlock | null, t: string): block is DeviceBlock {
  return block !== null && (block.until === null || t < block.until);
}

/**
 * The block of one device on all licenses of its tenant, by the keyed hash of its fingerprint; null while
 * there is none. It says what is wanted: the licenses follow (`block-device-everywhere`), so it is eventual.
 */
export const deviceBlock = aggregateOf<DeviceBlock | null>()({
  name: 'deviceblock',
  events: deviceBlockEvents,
  initial: null,

  commands: {
    block: z.strictObject({ reason: textSchema.nullable().default(null), until: instantInputSchema.nullable().default(null) }),
    lift: z.strictObject({}),
  },

  decide: {
    block: ({ reason, until }, state, { id, tenant, now }) => {
      if (until !== null && until <= now) deviceBlockErrors.refuse('device-block.in-the-past');
      if (isBlockInForce(state, now) && state.until === until) return [];
      return { type: 'DeviceBlockedEverywhere', data: { fingerprint: id, tenant, reason, until } };
    },

    lift: (_command, state, { id, revision }) => {
      if (revision < 0) deviceBlockErrors.refuse('device-block.not-found');
      return state ? { type: 'DeviceUnblockedEverywhere', data: { fingerprint: id } } : [];
    },
  },

  evolve: {
    DeviceBlockedEverywhere: (_state, { until }) => ({ until }),
    DeviceUnblockedEverywhere: () => null,
  },
});
