// An aggregate is one plain table: events, commands, initial, decide, evolve (DESIGN §3.4).
// Pure: no I/O, no clock, no randomness. Time, ids and others' facts come in as data.
import type { z } from 'zod';
import type { CommandContext, EventMeta } from './context.js';
import type { DataOf, EventOf, EventTable } from './events.js';

/** Folds the events of one stream into a state. Events that the table does not name leave it unchanged. */
export interface Fold<State> {
  /** Unique over the product: cached states are kept under it. */
  readonly name: string;
  /** The category of the streams that it folds. */
  readonly category: string;
  readonly initial: State;
  readonly evolve: Readonly<Record<string, ((state: State, data: never, meta: EventMeta) => State) | undefined>>;
}

/** The state of a stream that a rule was told about. */
export interface Fact<State> {
  readonly id: string;
  readonly state: State;
  /** −1 where the stream does not exist. */
  readonly revision: number;
}

type StateOf<F> = F extends Fold<infer S> ? S : never;

/** Ids of the streams whose facts a command needs, by the names of the aggregate's `facts`. */
export type Needs<F> = { readonly [K in keyof F]?: string | null | undefined };
/** What a rule is handed: a fact per name that was needed. */
export type Given<F> = { readonly [K in keyof F]?: Fact<StateOf<F[K]>> };

/** What a rule may know beside the command and its own state. */
export interface Deciding<F = Record<never, never>> extends CommandContext {
  /** The id of the aggregate. */
  readonly id: string;
  /** −1 where the stream does not exist yet. */
  readonly revision: number;
  readonly facts: Given<F>;
  /** A rule says here what it looks at next, where somebody wants to be told how it came to its decision. */
  readonly check?: (name: string) => void;
}

export type CommandTable = Readonly<Record<string, z.ZodType>>;
export type CommandData<C extends CommandTable, K extends keyof C> = z.output<C[K]>;

/** No event (nothing changed, which is a success), one, or several that are appended together. */
export type Decision<E extends EventTable> = EventOf<E> | readonly EventOf<E>[];

export interface Aggregate<
  State,
  E extends EventTable = EventTable,
  C extends CommandTable = CommandTable,
  F = unknown,
> extends Fold<State> {
  readonly events: E;
  /** Strict schemas of what callers may send. */
  readonly commands: C;
  readonly facts: F;
  /** The organization that the aggregate belongs to, for the envelope of its events; asked after they were folded. */
  organization?(state: State, id: string): string | null;
  /** Which facts a command needs; asked after the own stream was folded. The tenant's own record is the stream `tenant-<tenant>~<tenant>`. */
  readonly needs: {
    readonly [K in keyof C]?: (command: CommandData<C, K>, state: State, id: string, tenant: string) => Needs<F>;
  };
  readonly decide: {
    readonly [K in keyof C]: (command: CommandData<C, K>, state: State, ctx: Deciding<F>) => Decision<E>;
  };
  readonly evolve: { readonly [K in keyof E]: (state: State, data: DataOf<E, K>, meta: EventMeta) => State };
}

/** Any aggregate, where its own types do not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- aggregates of different states share one list
export type AnyAggregate = Aggregate<any, any, any, any>;

/**
 * Declares an aggregate; curried, because a single call would widen the literal types.
 * `name` is both its category and the name of its fold.
 */
export function aggregateOf<State>() {
  return <E extends EventTable, C extends CommandTable, F extends Record<string, Fold<any>> = Record<never, never>>( // eslint-disable-line @typescript-eslint/no-explicit-any -- as above
    definition: Omit<Aggregate<State, E, C, F>, 'category' | 'facts' | 'needs'> & {
      readonly facts?: F;
      readonly needs?: Aggregate<State, E, C, F>['needs'];
    },
  ): Aggregate<State, E, C, F> => ({
    ...definition,
    category: definition.name,
    facts: definition.facts ?? ({} as F),
    needs: definition.needs ?? {},
  });
}

/**
 * Declares a fold over another context's events: what a rule must know of a stream that is not its own.
 * `name` must be unique over the product.
 */
export function factsFrom<E extends EventTable>(_events: E) {
  return <State>(definition: {
    readonly name: string;
    readonly category: string;
    readonly initial: State;
    readonly evolve: { readonly [K in keyof E]?: (state: State, data: DataOf<E, K>, meta: EventMeta) => State };
  }): Fold<State> => definition;
}

/** One step of a fold. */
export function evolve<State>(fold: Fold<State>, state: State, event: { type: string; data: unknown; meta: EventMeta }): State {
  const step = fold.evolve[event.type];
  return step ? step(state, event.data as never, event.meta) : state;
}
