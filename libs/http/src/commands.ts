import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { dispatch, dispatchTogether } from '#event-store/aggregate-command.js';
import type { Outcome, Outcomes } from '#event-store/execute.js';
import type { Aggregate, CommandData, CommandTable } from '#kernel/aggregate.js';
import type { CommandItem, ExecuteOptions } from '#kernel/command-item.js';
import type { CommandContext } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import type { RequestContext } from './request-context.js';

/** How handlers change anything: a command of an aggregate, through the `CommandBus`. */
@Injectable()
export class Commands {
  constructor(private readonly bus: CommandBus) {}

  /**
   * Sends one command on behalf of the request. `data` has been parsed by the command's schema. An item of a
   * batch replaces members of the request's command context by `options.command` (its own command id).
   * @throws DomainError, see `Executor.execute`.
   */
  send<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
    aggregate: Aggregate<State, E, C, F>,
    id: string,
    command: K,
    data: CommandData<C, K>,
    ctx: Pick<RequestContext, 'command'>,
    options: ExecuteOptions<State> & { readonly command?: Partial<CommandContext> } = {},
  ): Promise<Outcome<State>> {
    const { command: own, ...rest } = options;
    return dispatch(this.bus, aggregate, id, command, data, own ? { ...ctx.command, ...own } : ctx.command, rest);
  }

  /**
   * Sends several commands on behalf of the request, made by `commandItem`: all happen, in one append, or none. An
   * outcome per item.
   * @throws DomainError, see `Executor.executeTogether`.
   */
  sendTogether<const Items extends readonly CommandItem[]>(
    items: Items,
    ctx: Pick<RequestContext, 'command'>,
  ): Promise<Outcomes<Items>> {
    return dispatchTogether(this.bus, items, ctx.command);
  }
}
