// A command of an aggregate as a value, so that several can be given together (`Executor.executeTogether`).
import type { Aggregate, AnyAggregate, CommandData, CommandTable } from './aggregate.js';
import type { EventTable } from './events.js';

export interface ExecuteOptions<State> {
  /** Looks at the state before anything is decided: throws where the caller may not even know of it. */
  readonly guard?: (state: State) => void;
}

declare const stateOfItem: unique symbol;

/** One of several commands that happen together or not at all. Made by {@link commandItem}, which checks its types. */
export interface CommandItem<State = unknown> {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  readonly command: string;
  readonly data: unknown;
  readonly guard?: (state: never) => void;
  /** Never there: tells the compiler what state the item's outcome has. */
  readonly [stateOfItem]?: State;
}

/** A command for `Executor.executeTogether`. `data` has been parsed by the command's schema. */
export function commandItem<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
  aggregate: Aggregate<State, E, C, F>,
  id: string,
  command: K,
  data: CommandData<C, K>,
  options: ExecuteOptions<State> = {},
): CommandItem<State> {
  return { aggregate, id, command, data, ...options };
}
