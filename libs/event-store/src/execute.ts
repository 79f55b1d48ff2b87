// The command path: read and fold, decide, append under the revisions that were decided on; on a
// conflict decide again. The only caller of `EventStore.append`.
import {
  evolve,
  type Aggregate,
  type AnyAggregate,
  type CommandData,
  type CommandTable,
  type Fact,
  type Fold,
  type Given,
} from '#kernel/aggregate.js';
import { commandItem, type CommandItem, type ExecuteOptions } from '#kernel/command-item.js';
import type { CommandContext, RecordedEvent } from '#kernel/context.js';
import { DomainError, type ErrorTable } from '#kernel/errors.js';
import type { EventTable } from '#kernel/events.js';
import { itemCommandId, streamName } from '#kernel/ids.js';
import { inSpan } from '#telemetry/spans.js';
import type { Codec } from './codec.js';
import { commandErrors } from './command-errors.js';
import { Decisions, envelope, type Draft } from './decisions.js';
import type { EventStore, Position, StreamWrite } from './event-store.js';
import { FoldedStreams, type Folded } from './folded-streams.js';
import { KeyedQueue } from './keyed-queue.js';
import type { Keyring } from './keyring.js';
import { ValueTaken } from './reservations.js';

/** An event of a command, as its caller sees it. */
export type CommandEvent = Pick<RecordedEvent, 'type' | 'data' | 'meta' | 'revision'>;

/** What became of a command. */
export interface Outcome<State> {
  readonly id: string;
  /** Of the last event of the append; of the stream's last event where nothing was appended. */
  readonly position: Position;
  readonly revision: number;
  /** The aggregate's state at that revision. */
  readonly state: State;
  /** The events of the command; empty where it succeeded and changed nothing. */
  readonly events: readonly CommandEvent[];
  /** Whether this is the answer of an earlier request with the same command id. */
  readonly replayed: boolean;
}

/** An outcome per item, in the order of the items. */
export type Outcomes<Items extends readonly CommandItem[]> = {
  readonly [K in keyof Items]: Items[K] extends CommandItem<infer State> ? Outcome<State> : never;
};

const ATTEMPTS = 5;
const JITTER_MS = 8;

/** An item within an attempt. */
interface Task extends CommandItem {
  readonly stream: string;
  readonly ctx: CommandContext;
}

interface Decided {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

type Made = Omit<Outcome<unknown>, 'replayed'>;

export class Executor {
  private readonly streams: FoldedStreams;
  private readonly queue = new KeyedQueue();

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
    private readonly keyring: Keyring,
    /** All refusals of the product: `<kind>.taken` is looked up here. */
    private readonly errors: ErrorTable,
  ) {
    this.streams = new FoldedStreams(store, codec);
  }

  /**
   * Gives a command to the aggregate `id` of the context's tenant.
   * @throws DomainError of the rule; `<kind>.taken` for a unique value that another stream holds;
   * `precondition.failed`; `idempotency.key-reused`; `command.contended` after five conflicts in a row;
   * what `EventStore.append` throws.
   */
  async execute<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
    aggregate: Aggregate<State, E, C, F>,
    id: string,
    command: K,
    data: CommandData<C, K>,
    ctx: CommandContext,
    options: ExecuteOptions<State> = {},
  ): Promise<Outcome<State>> {
    const [outcome] = await this.executeTogether([commandItem(aggregate, id, command, data, options)] as const, ctx);
    return outcome;
  }

  /**
   * Gives several commands to aggregates of the context's tenant: all of them happen, in one append, or none. Each is
   * decided by its own rules, in the order given, on what the earlier ones decided (the same aggregate and facts
   * included); on a conflict all are decided again. Several items may be for one aggregate.
   *
   * The first item is the one that the request is about: it has the request's command id, and the revision that the
   * caller saw (`If-Match`) is its. The ids of the others derive from it, so a retry must bring the same items in the same
   * order. On a retry an item that changed nothing the first time answers its state now.
   * @throws as {@link execute} does; nothing is written where one item is refused.
   */
  executeTogether<const Items extends readonly CommandItem[]>(items: Items, ctx: CommandContext): Promise<Outcomes<Items>> {
    const tasks = items.map((item, index): Task => {
      const own = index === 0 ? ctx : { ...ctx, commandId: itemCommandId(ctx.commandId, index), expectedRevision: undefined };
      return { ...item, stream: streamName(item.aggregate.category, ctx.tenant, item.id), ctx: own };
    });
    const insist = async () => {
      for (let tries = 1; ; tries++) {
        try {
          return (await this.attempt(tasks)) as Outcomes<Items>;
        } catch (error) {
          if (!isConflict(error)) throw error;
          if (tries === ATTEMPTS) commandErrors.refuse('command.contended');
          await pause(Math.random() * JITTER_MS * tries);
        }
      }
    };
    const name = items.map(({ aggregate, command }) => `${aggregate.name}.${command}`).join(' + ');
    // Always in the same order, so that two commands never wait for each other.
    const streams = [...new Set(tasks.map(({ stream }) => stream))].sort();
    const queued = streams.reduceRight<() => Promise<Outcomes<Items>>>(
      (task, stream) => () => this.queue.run(stream, task),
      insist,
    );
    return inSpan(`command ${name}`, {}, queued);
  }

  /**
   * The state of an aggregate now, from its stream: for a door that must know something before it can put a
   * command together, and may not ask a view that lags. Nothing may be decided on it but what the rule checks again.
   */
  async stateOf<State>(aggregate: Fold<State>, tenant: string, id: string): Promise<State> {
    return (await this.streams.fold(aggregate, streamName(aggregate.category, tenant, id))).state;
  }

  /** Lets go of all states in memory: they may hold what was erased since. */
  forgetStates(): void {
    this.streams.forget();
  }

  private async attempt(tasks: readonly Task[]): Promise<Outcome<unknown>[]> {
    const decisions = new Decisions(this.streams, this.codec);
    const owns: Folded<unknown>[] = [];
    for (const { aggregate, stream } of tasks) owns.push(await decisions.fold<unknown>(aggregate, stream));
    if (tasks.some(({ ctx }, index) => owns[index]!.commands.has(ctx.commandId))) return this.replay(tasks, owns);
    const made: Made[] = [];
    for (const [index, task] of tasks.entries()) {
      made.push(await this.decide(task, decisions.over<unknown>(task.aggregate, task.stream, owns[index]!), decisions));
    }
    if (decisions.empty) return made.map((outcome) => ({ ...outcome, replayed: false }));
    const writes = await this.writesOf(decisions);
    const events = made.reduce((sum, { events }) => sum + events.length, 0);
    const sizes = { 'keyledger.events': events, 'keyledger.streams': writes.length };
    const { position } = await inSpan('append', sizes, () => this.store.append(writes));
    return made.map((outcome) => ({ ...outcome, position, replayed: false }));
  }

  private async decide(task: Task, own: Folded<unknown>, decisions: Decisions): Promise<Made> {
    const { aggregate, id, command, data, stream, ctx } = task;
    task.guard?.(own.state as never);
    if (ctx.expectedRevision !== undefined && ctx.expectedRevision !== own.revision) {
      refuseRevision(ctx.expectedRevision, own.revision);
    }
    const needs = aggregate.needs[command]?.(data, own.state, id, ctx.tenant) ?? {};
    const facts = await factsFor(decisions, aggregate, ctx.tenant, needs);
    const decision: unknown = aggregate.decide[command]!(data, own.state, { id, revision: own.revision, facts, ...ctx });
    const decided = (Array.isArray(decision) ? decision : [decision]) as readonly Decided[];
    let state = own.state;
    const drafts = decided.map(({ type, data }, index): Draft => {
      const draft = { type, data: this.codec.normalize(type, data), meta: envelope(this.codec, type, index, ctx) };
      state = evolve<unknown>(aggregate, state, draft);
      const organization = aggregate.organization?.(state, id) ?? undefined;
      return organization === undefined ? draft : { ...draft, meta: { ...draft.meta, organization } };
    });
    if (drafts.length > 0) decisions.add(stream, ctx, drafts);
    const events = drafts.map((draft, index): CommandEvent => ({ ...draft, revision: own.revision + 1 + index }));
    return { id, position: own.position, revision: own.revision + drafts.length, state, events };
  }

  private async writesOf(decisions: Decisions): Promise<StreamWrite[]> {
    try {
      return await decisions.writes(this.store, this.keyring);
    } catch (error) {
      if (!(error instanceof ValueTaken)) throw error;
      const code = `${error.kind}.taken`;
      const definition = this.errors[code];
      if (!definition) return commandErrors.refuse('value.taken', undefined, { kind: error.kind });
      throw new DomainError(code, definition);
    }
  }

  private async replay(tasks: readonly Task[], owns: readonly Folded<unknown>[]): Promise<Outcome<unknown>[]> {
    const made: Made[] = [];
    for (const [index, { aggregate, id, stream, ctx, guard }] of tasks.entries()) {
      const { commands, ...now } = owns[index]!;
      guard?.(now.state as never);
      const earlier = commands.get(ctx.commandId);
      if (!earlier) {
        made.push({ id, ...now, events: [] });
        continue;
      }
      if (earlier.hash !== ctx.commandHash) commandErrors.refuse('idempotency.key-reused');
      const { folded, events } = await this.streams.foldUntil<unknown>(aggregate, stream, earlier.last, earlier.first);
      const own = events.map(({ type, data, meta, revision }): CommandEvent => ({ type, data, meta, revision }));
      made.push({ id, position: folded.position, revision: earlier.last, state: folded.state, events: own });
    }
    const appended = made.filter(({ events }) => events.length > 0).map(({ position }) => position);
    const position = appended.reduce((latest, one) => (one > latest ? one : latest));
    return made.map((outcome) => ({ ...outcome, position, replayed: true }));
  }
}

async function factsFor(
  decisions: Decisions,
  aggregate: AnyAggregate,
  tenant: string,
  needs: object,
): Promise<Given<Record<string, Fold<unknown>>>> {
  const folds = aggregate.facts as Record<string, Fold<unknown>>;
  const facts: Record<string, Fact<unknown>> = {};
  for (const [name, id] of Object.entries(needs) as [string, string | null | undefined][]) {
    if (id === null || id === undefined) continue;
    const fold = folds[name]!;
    const { state, revision } = await decisions.fold(fold, streamName(fold.category, tenant, id));
    facts[name] = { id, state, revision };
  }
  return facts;
}

function isConflict(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'store.wrong-expected-state';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @throws `precondition.failed` */
function refuseRevision(expected: number, actual: number): never {
  const is = actual < 0 ? 'does not exist' : `is at revision ${actual}`;
  const detail = `The resource ${is}; the request is for revision ${expected}. Read it again, and decide anew.`;
  return commandErrors.refuse('precondition.failed', detail, { expected, actual });
}
