// Devices that a vendor keeps away from all of its licenses. A stream per device, named by its fingerprint.
import { defineEvents, event } from '#kernel/events.js';
import { instantSchema, sealed, textSchema } from '#kernel/fields.js';
import { tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { fingerprintSchema } from './activation.events.js';

export const deviceBlockEvents = defineEvents({
  DeviceBlockedEverywhere: event({
    schema: 1,
    about: 'A device is to be kept away from all licenses of the tenant; each of them is told, one after the other.',
    data: z.strictObject({
      fingerprint: fingerprintSchema,
      tenant: tenantSlugSchema,
      reason: sealed('tenant', textSchema.nullable()),
      until: instantSchema.nullable(),
    }),
  }),
  DeviceUnblockedEverywhere: event({
    schema: 1,
    about: 'A device may use the licenses of the tenant again.',
    data: z.strictObject({ fingerprint: fingerprintSchema }),
  }),
});
