// Commands for many things in one request: one append per item, under a command id of the item's own, and a
// result per item. The whole can be repeated: what was done is recognised, what was refused is tried again.
import { START } from '#event-store/event-store.js';
import type { Outcome } from '#event-store/execute.js';
import type { CommandContext } from '#kernel/context.js';
import { DomainError } from '#kernel/errors.js';
import { itemCommandId } from '#kernel/ids.js';
import { z } from 'zod';
import { Answer } from './answers.js';
import type { RequestContext } from './request-context.js';

/** The most items of one request. */
export const MOST_ITEMS = 1000;
/** Items under way at a time: enough for the store to write several with one flush to disk. */
const AT_ONCE = 32;

/** What became of one item: exactly one of the two. */
export type ItemResult<State> =
  { readonly outcome: Outcome<State>; readonly refusal: null } | { readonly outcome: null; readonly refusal: DomainError };

/** Why an item was refused, in the answer. */
export const itemRefusalSchema = z.strictObject({ code: z.string(), detail: z.string() });

export function refusalOf({ code, message }: DomainError): z.output<typeof itemRefusalSchema> {
  return { code, detail: message };
}

/**
 * Runs a command per item; the results stand in the order of the items. `run` gets what its command's context
 * has of its own (`Commands.send`, `options.command`). A refusal is the result of its item and stops no other.
 */
export async function runItems<Item, State>(
  items: readonly Item[],
  ctx: Pick<RequestContext, 'command'>,
  run: (item: Item, command: Partial<CommandContext>) => Promise<Outcome<State>>,
): Promise<readonly ItemResult<State>[]> {
  const results: ItemResult<State>[] = [];
  const batch = ctx.command.commandId;
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      const command = { commandId: itemCommandId(batch, index), causationId: batch, expectedRevision: undefined };
      results[index] = await settled(run(item, command));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}

async function settled<State>(running: Promise<Outcome<State>>): Promise<ItemResult<State>> {
  try {
    return { outcome: await running, refusal: null };
  } catch (error) {
    if (error instanceof DomainError) return { outcome: null, refusal: error };
    throw error;
  }
}

/** The answer of a batch, with the position of its last append. */
export function batched(results: readonly ItemResult<unknown>[], body: object): Answer {
  const outcomes = results.flatMap(({ outcome }) => outcome ?? []);
  const position = outcomes.reduce((last, outcome) => (outcome.position > last ? outcome.position : last), START);
  // Without `changed`: the answer is not kept for a repeated request, which runs the items again.
  return new Answer({ body, position, replayed: outcomes.length > 0 && outcomes.every(({ replayed }) => replayed) });
}
