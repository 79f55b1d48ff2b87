// When positions were recorded: for each month, hour and second in which something was decided the first position
// that was. By it an instant leads to a position in a few reads, whatever the clock did. Milliseconds are looked up in
// the log: as documents they would be as many as the events.
import type { EventTable } from '#kernel/events.js';
import type { Reducer, View } from './view.js';

/** How much of an instant names a month, an hour, a second. */
export const SPANS = [7, 13, 19] as const;
const SECOND = 19;

export type InstantDoc = {
  /** The beginning of the instants that lie in it: `2026-11`, `2026-11-24T13` … */
  readonly span: string;
  /** The first position of an event that was decided in it. */
  readonly first: string;
  /** The last one so far; null for all but seconds, in which the log is read on. */
  readonly last: string | null;
};

/** The events that one category of streams holds. */
interface InstantSource {
  readonly category: string;
  readonly events: EventTable;
}

const entry: Reducer<InstantDoc> = {
  keys: ({ meta }) => SPANS.map((length) => meta.occurredAt.slice(0, length)),
  evolve: (doc, { position }, key) => {
    if (key.length === SECOND) return { span: key, first: doc?.first ?? position, last: position };
    return doc ?? { span: key, first: position, last: null };
  },
};

/** The view of the instants of all events of these sources, of all tenants together: positions are theirs together too. */
export function instantsOf(sources: readonly InstantSource[]): View<InstantDoc> {
  const types = sources.flatMap(({ events }) => Object.keys(events));
  return {
    name: 'instants',
    version: 2,
    about: 'The first position that was recorded in each month, hour and second: leads from an instant to a position.',
    categories: sources.map(({ category }) => category),
    heldBy: 'installation',
    indexes: {
      level: { one: ({ span }) => span.length },
      span: { one: ({ span }) => span },
      first: { one: ({ first }) => first },
    },
    lists: [['level', 'span']],
    on: Object.fromEntries(types.map((type) => [type, entry])),
  };
}
