// Rules of what an outside system has of our contacts and organizations: an older version never overwrites a newer one, and
// where both sides changed, nothing is overwritten until a person has decided.
import { aggregateOf, type Given } from '#kernel/aggregate.js';
import { ERASED } from '#kernel/fields.js';
import { z } from 'zod';
import { mappingErrors } from './mapping.errors.js';
import {
  confirmedUpTo,
  externalIdSchema,
  knownBetween,
  mappedKindSchema,
  mappingEvents,
  NOTHING_CONFIRMED,
  theirsSchema,
  versionSchema,
  type MappedKind,
  type Progress,
  type Theirs,
} from './mapping.events.js';
import { mappedContact, mappedOrganization, mappingSwitch, NO_THING, valuesOf, type Thing } from './mapping.facts.js';
import { itemsTo } from './mapping-values.js';
import { onlyValues, verdictOn } from './mapping-verdict.js';
import { compareVersions } from './mapping-version.js';
import { organizationsErrors } from './organizations.errors.js';

export interface MappingState {
  /** Null: the outside system does not have it, as far as we know. */
  readonly kind: MappedKind | null;
  readonly externalId: string;
  readonly version: string | null;
  readonly progress: Progress;
  readonly agreed: number;
  readonly conflict: { readonly theirs: Theirs } | null;
}

const NO_MAPPING: MappingState = {
  ...{ kind: null, externalId: '', version: null, progress: NOTHING_CONFIRMED, agreed: -1, conflict: null },
};

const mappingFacts = { tenant: mappingSwitch, contact: mappedContact, organization: mappedOrganization };
type Facts = Given<typeof mappingFacts>;

function thingIn(facts: Facts, kind: MappedKind): Thing {
  return facts[kind]?.state ?? NO_THING;
}

function factsOf(kind: MappedKind | null, id: string, tenant: string) {
  return { tenant, ...(kind && { [kind]: id }) };
}

function mustBeOn({ tenant }: Facts): void {
  if (!tenant?.state.on) mappingErrors.refuse('mapping.off');
}

function mustBeThere(thing: Thing, kind: MappedKind): void {
  if (thing.revision < 0) organizationsErrors.refuse(`${kind}.not-found`);
}

function mustBeReadable(thing: Thing): void {
  if (thing.erased) organizationsErrors.refuse('contact.erased');
}

function mustBeInUse(thing: Thing, kind: MappedKind): void {
  if (thing.archived) organizationsErrors.refuse(`${kind}.archived`);
}

/** After an erasure nobody knows any more what it was called there. */
function mustBelongTo({ kind, externalId }: MappingState, wanted: string): void {
  if (kind !== null && externalId !== wanted && externalId !== ERASED) mappingErrors.refuse('mapping.other-external-id');
}

/** What whoever sends the command gives beside it. */
const plannedSchema = z.strictObject({ from: z.int(), changes: z.int() });

/** The commands that come beside this one were put together on other states than it is decided on. */
function mustBePlanned({ from, changes }: z.output<typeof plannedSchema>, revision: number, wanted: number): void {
  if (changes !== wanted || (changes > 0 && from !== revision)) mappingErrors.refuse('mapping.moved');
}

const named = { kind: mappedKindSchema, externalId: externalIdSchema, version: versionSchema };

export const mapping = aggregateOf<MappingState>()({
  name: 'mapping',
  events: mappingEvents,
  initial: NO_MAPPING,
  commands: {
    /** The outside system has taken over all up to `revision`, which made its state `version`. */
    confirm: z.strictObject({ ...named, revision: z.int().min(0) }),
    /**
     * What the outside system has. `planned`: the revision on which commands that make ours as theirs are based, and how
     * many of them are given together with this one; `isNew`: the first of them makes the thing.
     */
    receive: z.strictObject({ ...named, theirs: theirsSchema, planned: plannedSchema, isNew: z.boolean() }),
    resolve: z.strictObject({ keep: z.enum(['ours', 'theirs']), planned: plannedSchema }),
    end: z.strictObject({}),
  },
  facts: mappingFacts,
  needs: {
    confirm: ({ kind }, _state, id, tenant) => factsOf(kind, id, tenant),
    receive: ({ kind }, _state, id, tenant) => factsOf(kind, id, tenant),
    resolve: (_, { kind }, id, tenant) => factsOf(kind, id, tenant),
  },
  decide: {
    confirm: ({ kind, externalId, version, revision }, state, { id, facts }) => {
      mustBeOn(facts);
      const thing = thingIn(facts, kind);
      mustBeThere(thing, kind);
      mustBelongTo(state, externalId);
      if (revision > thing.revision) mappingErrors.refuse('mapping.revision-ahead', undefined, { revision: thing.revision });
      const later = state.version === null || compareVersions(version, state.version) > 0;
      const { confirmed } = state.progress;
      if (revision < confirmed || (revision === confirmed && !later)) return [];
      if (state.conflict) mappingErrors.refuse('mapping.in-conflict');
      const newest = later ? version : state.version;
      return { type: 'MappingConfirmed', data: { mappedId: id, kind, externalId, version: newest, revision } };
    },
    receive: ({ kind, externalId, version, theirs, planned, isNew }, state, { id, facts }) => {
      mustBeOn(facts);
      const thing = thingIn(facts, kind);
      if (!isNew) mustBeThere(thing, kind);
      mustBelongTo(state, externalId);
      const verdict = verdictOn(state, thing, version, theirs);
      if (verdict.is === 'known') return [];
      mustBeReadable(thing);
      const changes = verdict.is === 'newer' ? itemsTo(kind, id, valuesOf(thing), theirs).length : 0;
      mustBePlanned(planned, thing.revision, changes);
      const found = { mappedId: id, kind, externalId, version };
      if (verdict.is === 'same') {
        return { type: 'MappingUpdateReceived', data: { ...found, from: verdict.from, revision: verdict.revision } };
      }
      mustBeInUse(thing, kind);
      if (verdict.is === 'conflict') return { type: 'MappingConflictFound', data: { ...found, theirs } };
      return { type: 'MappingUpdateReceived', data: { ...found, from: verdict.from, revision: verdict.from + changes } };
    },
    resolve: ({ keep, planned }, state, { id, facts }) => {
      const { kind, conflict, progress } = state;
      if (kind === null) return mappingErrors.refuse('mapping.not-found');
      if (!conflict) return mappingErrors.refuse('mapping.no-conflict');
      const decided = { mappedId: id, version: state.version!, keep };
      if (keep === 'ours') {
        mustBePlanned(planned, -1, 0);
        return { type: 'MappingConflictDecided', data: { ...decided, from: null, revision: null } };
      }
      const thing = thingIn(facts, kind);
      mustBeReadable(thing);
      mustBeInUse(thing, kind);
      const changes = itemsTo(kind, id, valuesOf(thing), conflict.theirs).length;
      mustBePlanned(planned, thing.revision, changes);
      const from = onlyValues(thing, progress.confirmed, thing.revision) ? progress.confirmed : thing.revision;
      return { type: 'MappingConflictDecided', data: { ...decided, from, revision: thing.revision + changes } };
    },
    end: (_, { kind, externalId }, { id }) => {
      if (kind === null) return mappingErrors.refuse('mapping.not-found');
      const known = externalId === ERASED ? null : externalId;
      return { type: 'MappingEnded', data: { mappedId: id, kind, externalId: known } };
    },
  },
  evolve: {
    MappingConfirmed: (state, { kind, externalId, version, revision }) => ({
      ...{ kind, externalId, version, conflict: null },
      progress: confirmedUpTo(state.progress, revision),
      agreed: Math.max(state.agreed, revision),
    }),
    MappingUpdateReceived: (state, { kind, externalId, version, from, revision }) => ({
      ...{ kind, externalId, version, conflict: null },
      progress: knownBetween(state.progress, from, revision),
      agreed: Math.max(state.agreed, revision),
    }),
    MappingConflictFound: (state, { kind, externalId, version, theirs }) => ({
      ...{ ...state, kind, externalId, version, conflict: { theirs } },
    }),
    MappingConflictDecided: (state, { from, revision }) => {
      if (from === null || revision === null) return { ...state, conflict: null };
      const progress = knownBetween(state.progress, from, revision);
      return { ...state, conflict: null, progress, agreed: Math.max(state.agreed, revision) };
    },
    MappingEnded: () => NO_MAPPING,
  },
});
