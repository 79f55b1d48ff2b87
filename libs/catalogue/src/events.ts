// ALL events of the product. A name that stands twice is refused at load.
import { reservationEvents } from '#event-store/reservation.events.js';
import { mergeEvents } from '#kernel/events.js';
import { policyEvents } from '#licensing/policy.events.js';
import { productEvents } from '#licensing/product.events.js';

export const events = mergeEvents(
  reservationEvents,
  productEvents,
  policyEvents,
);
