// A value that only one stream of a tenant may hold: its own stream, named by the value's keyed hash,
// written in the same append as the event that takes or gives back the value (DESIGN §3.7).
import { defineEvents, event } from '#kernel/events.js';
import { z } from 'zod';

const held = z.strictObject({
  /** What sort of value: `license-key`, `contact-email` … */
  kind: z.string(),
  /** The stream that took it, or gave it back. */
  holder: z.string(),
});

export const reservationEvents = defineEvents({
  ValueReserved: event({ schema: 1, about: 'A unique value was taken by a stream.', data: held }),
  ValueReleased: event({ schema: 1, about: 'A unique value was given back by the stream that held it.', data: held }),
});

/** The category of reservation streams. */
export const RESERVATION_CATEGORY = 'unique';
