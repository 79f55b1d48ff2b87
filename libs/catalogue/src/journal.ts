// The index of all events of all aggregates, for histories and for the feed; reservations are not among them.
import { mergeEvents, type EventTable } from '#kernel/events.js';
import { journalOf } from '#read-models/journal.view.js';
import { aggregates } from './aggregates.js';

export const journalView = journalOf(aggregates);

/** The events that can be found by it. */
export const journalEvents: EventTable = mergeEvents(...aggregates.map(({ events }) => events as EventTable));
