import type { EventTable } from '#kernel/events.js';

/** The events that the feed is made of; also the injection token of them. */
export class FeedEvents {
  constructor(readonly table: EventTable) {}
}
