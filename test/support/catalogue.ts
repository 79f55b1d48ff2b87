// What tests ask of the catalogue: in which streams an event stands, and who folds it.
import type { z } from 'zod';
import { aggregates } from '#catalogue/aggregates.js';
import { events } from '#catalogue/events.js';
import { RESERVATION_CATEGORY, reservationEvents } from '#event-store/reservation.events.js';
import type { Fold } from '#kernel/aggregate.js';
import type { EventTable } from '#kernel/events.js';

/** The names of all events. */
export const eventTypes: readonly string[] = Object.keys(events);

/** The tables of events by the category of the streams in which they stand. */
export const eventTables: readonly (readonly [category: string, table: EventTable])[] = [
  ...aggregates.map((aggregate) => [aggregate.category, aggregate.events as EventTable] as const),
  [RESERVATION_CATEGORY, reservationEvents],
];

/** The categories of the streams in which a type of event stands: one, if all is well. */
export function categoriesOf(type: string): string[] {
  return eventTables.filter(([, table]) => type in table).map(([category]) => category);
}

/** Folds of aggregates, and of facts that aggregates ask for; each once. */
export const folds: readonly Fold<unknown>[] = [
  ...new Set(
    aggregates.flatMap((aggregate): Fold<unknown>[] => [
      aggregate,
      ...Object.values(aggregate.facts as Record<string, Fold<unknown>>),
    ]),
  ),
];

/** The fields of an event's payload. */
export function fieldsOf(type: string): Readonly<Record<string, z.ZodType>> {
  return events[type]!.data.shape;
}
