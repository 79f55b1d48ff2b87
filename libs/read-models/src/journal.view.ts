// The index of the log: one small document per event, so that the events of a tenant, an organization or a thing
// are found without reading past everybody else's. Payloads stay in the log alone: there is no second copy of them.
import type { RecordedEvent } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import type { Reducer, View } from './view.js';

/** Where an event stands and what it is about. Its key is its position. */
export type JournalEntry = {
  readonly position: string;
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  /** Of the envelope; null where the thing belongs to no organization. */
  readonly organization: string | null;
  readonly actor: string;
  readonly occurredAt: string;
};

/** The events that one category of streams holds. */
export interface JournalSource {
  readonly category: string;
  readonly events: EventTable;
}

const entry: Reducer<JournalEntry> = {
  keys: ({ position }) => [position],
  evolve: (_none, { position, type, stream, revision, meta }: RecordedEvent) => ({
    position,
    type,
    stream,
    revision,
    organization: meta.organization ?? null,
    actor: meta.actor,
    occurredAt: meta.occurredAt,
  }),
};

/**
 * The view of all events of these sources. What is not named by a source (reservations and other inner
 * workings of the log) is not in it. By key, which is the position, a list comes in the order of the log. Each event adds to
 * every list, most of them at a place of its own: there are no more than the feed asks for.
 */
export function journalOf(sources: readonly JournalSource[]): View<JournalEntry> {
  const types = sources.flatMap(({ events }) => Object.keys(events));
  return {
    name: 'journal',
    version: 2,
    about: 'Every public event by its position: type, stream, organization and actor; the payload stays in the log.',
    categories: sources.map(({ category }) => category),
    indexes: {
      type: { one: (doc) => doc.type },
      organization: { one: (doc) => doc.organization },
      actor: { one: (doc) => doc.actor },
    },
    lists: [['type'], ['organization'], ['organization', 'type'], ['actor']],
    on: Object.fromEntries(types.map((type) => [type, entry])),
  };
}
