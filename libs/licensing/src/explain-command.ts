// Whether a command to a license would be refused, by which rule, and what it looked at. Nothing is written.
import { evolve, type CommandData, type Fold } from '#kernel/aggregate.js';
import type { CommandContext, RecordedEvent } from '#kernel/context.js';
import { DomainError } from '#kernel/errors.js';
import type { Past } from '#read-models/past.js';
import { z } from 'zod';
import { checkSchema, Witness, type Source } from './explained.js';
import { license } from './license.js';
import type { License } from './license-state.js';

export const explainedCommandSchema = z
  .strictObject({
    outcome: z
      .enum(['done', 'nothing-to-do', 'refused'])
      .meta({ description: '`nothing-to-do`: it would succeed and change nothing.' }),
    refusal: z
      .strictObject({ code: z.string(), detail: z.string(), facts: z.record(z.string(), z.json()) })
      .nullable()
      .meta({ description: 'What the command would be answered.' }),
    decidedBy: z.string().nullable().meta({ description: 'The check that refused; null where it is not refused.' }),
    checks: z.array(checkSchema),
  })
  .meta({ id: 'ExplainedCommand' });
type ExplainedCommand = z.output<typeof explainedCommandSchema>;

interface FoldedSource extends Source {
  readonly state: unknown;
  readonly revision: number;
}

async function sourceOf(past: Past, fold: Fold<unknown>, id: string): Promise<FoldedSource> {
  const events = await past.events([{ category: fold.category, id }]);
  const step = (state: unknown, event: RecordedEvent) => evolve(fold, state, event);
  return {
    events,
    initial: fold.initial,
    step,
    state: events.reduce(step, fold.initial),
    revision: events.at(-1)?.revision ?? -1,
  };
}

type Commands = typeof license.commands;

/** `guard` looks at the license before anything is decided. */
export async function explainCommand<K extends 'activate' | 'deactivate'>(
  past: Past,
  id: string,
  command: K,
  data: CommandData<Commands, K>,
  ctx: CommandContext,
  guard: (state: License | null) => void,
): Promise<ExplainedCommand> {
  const own = await sourceOf(past, license as Fold<unknown>, id);
  guard(own.state as License | null);
  const { sources, facts } = await factsFor(past, command, data, own.state as License | null, id, ctx.tenant);
  const witness = new Witness();
  const watched = witness.of({ license: own.state as License | null, ...facts });
  const deciding = { ...ctx, id, revision: own.revision, facts: watched as object, check: witness.asking };
  const { outcome, refusal } = decided(() => license.decide[command](data as never, watched.license, deciding));
  const decidedBy = outcome === 'refused' ? witness.last : null;
  return { outcome, refusal, decidedBy, checks: witness.explain(decidedBy, { license: own, ...sources }) };
}

/** What the rule is told of other streams, under the names that it knows them by. */
async function factsFor<K extends 'activate' | 'deactivate'>(
  past: Past,
  command: K,
  data: CommandData<Commands, K>,
  state: License | null,
  id: string,
  tenant: string,
) {
  const needs = license.needs[command]?.(data as never, state, id, tenant) ?? {};
  const sources: Record<string, Source> = {};
  const facts: Record<string, { readonly id: string; readonly state: unknown; readonly revision: number }> = {};
  for (const [name, needed] of Object.entries(needs) as [keyof typeof license.facts, string | null | undefined][]) {
    if (needed === null || needed === undefined) continue;
    const source = await sourceOf(past, license.facts[name] as Fold<unknown>, needed);
    facts[name] = { id: needed, state: source.state, revision: source.revision };
    // The rule finds the state under `state`; so does who looks for its writers.
    const step = (of: { state: unknown }, event: RecordedEvent) => ({ state: source.step(of.state as never, event) });
    sources[name] = { events: source.events, initial: { state: source.initial }, step };
  }
  return { sources, facts: facts as object };
}

function decided(decide: () => unknown): Pick<ExplainedCommand, 'outcome' | 'refusal'> {
  try {
    const events = decide();
    return { outcome: Array.isArray(events) && events.length === 0 ? 'nothing-to-do' : 'done', refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const facts = JSON.parse(JSON.stringify(error.facts)) as Record<string, never>;
    return { outcome: 'refused', refusal: { code: error.code, detail: error.message, facts } };
  }
}
