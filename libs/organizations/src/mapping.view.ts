// What the outside system has of each contact and organization, since when, and where both sides are in conflict.
import type { EventMeta, RecordedEvent } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import { ERASED, instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { viewOf, type Reducer } from '#read-models/view.js';
import { z } from 'zod';
import { contactEvents } from './contact.events.js';
import {
  confirmedUpTo,
  knownBetween,
  mappedKindSchema,
  mappingEvents,
  NOTHING_CONFIRMED,
  theirsSchema,
  type MappedKind,
  type Progress,
} from './mapping.events.js';
import { organizationEvents } from './organization.events.js';

export const MAPPING_STATES = ['pending', 'synchronized', 'conflict'] as const;
export type MappingProgress = (typeof MAPPING_STATES)[number];

export const mappingDocSchema = z.strictObject({
  id: idSchema,
  kind: mappedKindSchema,
  /** Null: the outside system does not have it, as far as we know. */
  externalId: z.string().nullable(),
  version: z.string().nullable().meta({ description: 'The newest version of the outside system that is known here.' }),
  state: z.enum(MAPPING_STATES),
  since: instantSchema.meta({ description: 'Since when it is in this state.' }),
  revision: z.int().meta({ description: 'Of the contact or organization.' }),
  confirmed: z.int().meta({ description: 'The revision up to which the outside system has it; −1 where it has nothing.' }),
  /** Reads as erased once the person was. */
  conflict: z.strictObject({ at: instantSchema, theirs: z.union([theirsSchema, z.string()]) }).nullable(),
});
/** With what counts towards `confirmed` later on. */
export type MappingDoc = z.output<typeof mappingDocSchema> & { readonly known: Progress['known'] };

type Change = Partial<Omit<MappingDoc, 'state' | 'since'>>;

/** What documents are counted by. */
export function kindAndState({ kind, state }: Pick<MappingDoc, 'kind' | 'state'>): string {
  return `${kind} ${state}`;
}

function newDoc(id: string, kind: MappedKind, { occurredAt }: EventMeta): MappingDoc {
  const { confirmed, known } = NOTHING_CONFIRMED;
  const none = { externalId: null, version: null, conflict: null };
  return { id, kind, ...none, state: 'pending', since: occurredAt, revision: -1, confirmed, known: [...known] };
}

/** The document after a change, with the state that follows, and since when. */
function changed(before: MappingDoc, { occurredAt }: EventMeta, change: Change): MappingDoc {
  const doc = { ...before, ...change };
  const state = doc.conflict ? 'conflict' : doc.revision > doc.confirmed ? 'pending' : 'synchronized';
  return { ...doc, state, since: state === before.state ? before.since : occurredAt };
}

function onThing(kind: MappedKind): Reducer<MappingDoc, unknown> {
  return {
    evolve: (doc, { id, meta, revision }: RecordedEvent) => changed(doc ?? newDoc(id, kind, meta), meta, { revision }),
  };
}

function onEach<E extends EventTable>(events: E, kind: MappedKind) {
  return Object.fromEntries(Object.keys(events).map((type) => [type, onThing(kind)])) as Record<
    keyof E & string,
    Reducer<MappingDoc, unknown>
  >;
}

export const mappingView = viewOf<MappingDoc>()(
  { ...contactEvents, ...organizationEvents, ...mappingEvents },
  {
    name: 'mappings',
    version: 1,
    about: 'What an outside system has of each contact and organization, and where both sides are in conflict.',
    categories: ['contact', 'organization', 'mapping'],
    indexes: {
      kind: { one: (doc) => doc.kind },
      state: { one: (doc) => doc.state },
      kindAndState: { one: kindAndState },
      since: { one: (doc) => doc.since },
      externalId: { one: (doc) => (doc.externalId === ERASED ? null : doc.externalId) },
    },
    lists: [['since'], ['state', 'since'], ['kind', 'since'], ['kind', 'state', 'since'], ['kindAndState']],
    on: {
      ...onEach(contactEvents, 'contact'),
      ...onEach(organizationEvents, 'organization'),
      /** Whom the outside system never had, it need not be told of. */
      PersonErased: {
        evolve: (doc, { meta, revision }) => (!doc || doc.externalId === null ? null : changed(doc, meta, { revision })),
      },
      MappingConfirmed: {
        evolve: (doc, { data, meta }) => {
          const { mappedId, kind, externalId, version, revision } = data;
          const before = doc ?? newDoc(mappedId, kind, meta);
          return changed(before, meta, { externalId, version, conflict: null, ...confirmedUpTo(before, revision) });
        },
      },
      /** It comes before the events that it speaks of, which were appended together with it. */
      MappingUpdateReceived: {
        evolve: (doc, { data, meta }) => {
          const { mappedId, kind, externalId, version, from, revision } = data;
          const before = doc ?? newDoc(mappedId, kind, meta);
          return changed(before, meta, { externalId, version, conflict: null, ...knownBetween(before, from, revision) });
        },
      },
      MappingConflictFound: {
        evolve: (doc, { data, meta }) => {
          const { mappedId, kind, externalId, version, theirs } = data;
          const conflict = { at: meta.occurredAt, theirs };
          return changed(doc ?? newDoc(mappedId, kind, meta), meta, { externalId, version, conflict });
        },
      },
      MappingConflictDecided: {
        evolve: (doc, { data: { from, revision }, meta }) => {
          if (!doc) return null;
          const progress = from === null || revision === null ? {} : knownBetween(doc, from, revision);
          return changed(doc, meta, { conflict: null, ...progress });
        },
      },
      MappingEnded: {
        evolve: (doc, { meta }) => doc && changed(doc, meta, { ...newDoc(doc.id, doc.kind, meta), revision: doc.revision }),
      },
    },
  },
);
