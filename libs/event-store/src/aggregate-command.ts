// One command class and one handler per aggregate, made from its table: the CommandBus stays the single
// door for writes without a class per command.
import { Inject, Injectable, type Provider } from '@nestjs/common';
import { CommandHandler, type CommandBus, type ICommand } from '@nestjs/cqrs';
import type { Aggregate, AnyAggregate, CommandData, CommandTable } from '#kernel/aggregate.js';
import type { CommandItem, ExecuteOptions } from '#kernel/command-item.js';
import type { CommandContext } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import { Executor, type Outcome, type Outcomes } from './execute.js';

interface Message {
  readonly aggregate: AnyAggregate;
  readonly id: string;
  readonly command: string;
  readonly data: unknown;
  readonly ctx: CommandContext;
  readonly options: ExecuteOptions<unknown>;
}

const classes = new Map<AnyAggregate, new (message: Message) => object>();

function commandClassOf(aggregate: AnyAggregate): new (message: Message) => object {
  const known = classes.get(aggregate);
  if (known) return known;
  const name = `${aggregate.name}-command`;
  const made = {
    [name]: class {
      constructor(readonly message: Message) {}
    },
  }[name]!;
  classes.set(aggregate, made);
  return made;
}

/** Commands of several aggregates that happen together or not at all. */
class CommandsTogether {
  constructor(
    readonly items: readonly CommandItem[],
    readonly ctx: CommandContext,
  ) {}
}

@CommandHandler(CommandsTogether)
class CommandsTogetherHandler {
  constructor(@Inject(Executor) private readonly executor: Executor) {}

  execute({ items, ctx }: CommandsTogether): Promise<readonly Outcome<unknown>[]> {
    return this.executor.executeTogether(items, ctx);
  }
}

/** The handlers of all aggregates, for the module that has the `CommandBus` and the {@link Executor}. */
export function commandHandlers(aggregates: readonly AnyAggregate[]): Provider[] {
  const own = aggregates.map((aggregate) => {
    class AggregateCommandHandler {
      constructor(@Inject(Executor) private readonly executor: Executor) {}

      execute({ message }: { message: Message }): Promise<Outcome<unknown>> {
        const { id, command, data, ctx, options } = message;
        return this.executor.execute(aggregate, id, command, data, ctx, options);
      }
    }
    Injectable()(AggregateCommandHandler);
    CommandHandler(commandClassOf(aggregate) as never)(AggregateCommandHandler);
    return AggregateCommandHandler;
  });
  return [...own, CommandsTogetherHandler];
}

/** Sends a command of an aggregate through the bus. `data` has been parsed by the command's schema. */
export function dispatch<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
  bus: CommandBus,
  aggregate: Aggregate<State, E, C, F>,
  id: string,
  command: K,
  data: CommandData<C, K>,
  ctx: CommandContext,
  options: ExecuteOptions<State> = {},
): Promise<Outcome<State>> {
  const message: Message = { aggregate, id, command, data, ctx, options: options as ExecuteOptions<unknown> };
  return bus.execute<ICommand, Outcome<State>>(new (commandClassOf(aggregate))(message));
}

/** Sends several commands through the bus that happen together or not at all, see `Executor.executeTogether`. */
export function dispatchTogether<const Items extends readonly CommandItem[]>(
  bus: CommandBus,
  items: Items,
  ctx: CommandContext,
): Promise<Outcomes<Items>> {
  return bus.execute<ICommand, Outcomes<Items>>(new CommandsTogether(items, ctx));
}
