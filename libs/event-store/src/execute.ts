// The command path: read and fold, decide, append under the revision that was decided on; on a
// conflict decide again. The only caller of `EventStore.append`.
import { evolve, type Aggregate, type CommandData, type CommandTable, type Fold } from '#kernel/aggregate.js';
import type { CommandContext, EventMeta, RecordedEvent } from '#kernel/context.js';
import { DomainError, type ErrorTable } from '#kernel/errors.js';
import type { EventTable } from '#kernel/events.js';
import { eventIdOf, streamName } from '#kernel/ids.js';
import { inSpan } from '#telemetry/spans.js';
import type { Codec } from './codec.js';
import { commandErrors } from './command-errors.js';
import type { EventStore, NewEvent, Position, StreamWrite } from './event-store.js';
import { FoldedStreams, type Folded } from './folded-streams.js';
import { KeyedQueue } from './keyed-queue.js';
import type { Keyring } from './keyring.js';
import { ValueTaken, reservationWrites, type ReservationWrite } from './reservations.js';

/** An event of a command, as its caller sees it. */
export type CommandEvent = Pick<RecordedEvent, 'type' | 'data' | 'meta' | 'revision'>;

/** What became of a command. */
export interface Outcome<State> {
  readonly id: string;
  /** Of the last event of the command; of the stream's last event where nothing changed. */
  readonly position: Position;
  readonly revision: number;
  /** The aggregate's state at that revision. */
  readonly state: State;
  /** The events of the command; empty where it succeeded and changed nothing. */
  readonly events: readonly CommandEvent[];
  /** Whether this is the answer of an earlier request with the same command id. */
  readonly replayed: boolean;
}

export interface ExecuteOptions<State> {
  /** Looks at the state before anything is decided: throws where the caller may not even know of it. */
  readonly guard?: (state: State) => void;
}

const ATTEMPTS = 5;
const JITTER_MS = 8;

interface Decided {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

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
  execute<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
    aggregate: Aggregate<State, E, C, F>,
    id: string,
    command: K,
    data: CommandData<C, K>,
    ctx: CommandContext,
    options: ExecuteOptions<State> = {},
  ): Promise<Outcome<State>> {
    const stream = streamName(aggregate.category, ctx.tenant, id);
    const attempt = () => this.attempt(aggregate, stream, id, command, data, ctx, options);
    const insist = async () => {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt();
        } catch (error) {
          if (!isConflict(error)) throw error;
          if (tries === ATTEMPTS) commandErrors.refuse('command.contended');
          await pause(Math.random() * JITTER_MS * tries);
        }
      }
    };
    return inSpan(`command ${aggregate.name}.${command}`, {}, () => this.queue.run(stream, insist));
  }

  /**
   * The state of an aggregate now, from its stream: for a door that must know something before it can put a
   * command together, and may not ask a view that lags. Nothing may be decided on it but what the rule checks again.
   */
  async stateOf<State>(aggregate: Fold<State>, tenant: string, id: string): Promise<State> {
    return (await this.streams.fold(aggregate, streamName(aggregate.category, tenant, id))).state;
  }

  private async attempt<State, E extends EventTable, C extends CommandTable, F, K extends keyof C & string>(
    aggregate: Aggregate<State, E, C, F>,
    stream: string,
    id: string,
    command: K,
    data: CommandData<C, K>,
    ctx: CommandContext,
    options: ExecuteOptions<State>,
  ): Promise<Outcome<State>> {
    const own = await this.streams.fold<State>(aggregate, stream);
    options.guard?.(own.state);
    const earlier = own.commands.get(ctx.commandId);
    if (earlier) {
      if (earlier.hash !== ctx.commandHash) commandErrors.refuse('idempotency.key-reused');
      return this.replay(aggregate, stream, id, earlier.first, earlier.last);
    }
    if (ctx.expectedRevision !== undefined && ctx.expectedRevision !== own.revision) {
      refuseRevision(ctx.expectedRevision, own.revision);
    }
    const facts = await this.factsFor(aggregate, ctx.tenant, aggregate.needs[command]?.(data, own.state, id, ctx.tenant) ?? {});
    const decision = aggregate.decide[command](data, own.state, { id, revision: own.revision, facts: facts as never, ...ctx });
    const decided = (Array.isArray(decision) ? decision : [decision]) as readonly Decided[];
    if (decided.length === 0)
      return { id, position: own.position, revision: own.revision, state: own.state, events: [], replayed: false };
    return this.append(aggregate, stream, id, own, decided, ctx);
  }

  private async append<State, E extends EventTable, C extends CommandTable, F>(
    aggregate: Aggregate<State, E, C, F>,
    stream: string,
    id: string,
    own: Folded<State>,
    decided: readonly Decided[],
    ctx: CommandContext,
  ): Promise<Outcome<State>> {
    let state = own.state;
    const drafts = decided.map(({ type, data }, index) => {
      const plain = this.codec.normalize(type, data);
      const meta = this.metaOf(type, eventIdOf(ctx.commandId, index), ctx);
      state = evolve<State>(aggregate, state, { type, data: plain, meta });
      const organization = aggregate.organization?.(state, id) ?? undefined;
      return { plain, meta: organization === undefined ? meta : { ...meta, organization } };
    });
    const reservations = await this.reserve(aggregate, stream, drafts, ctx.tenant);
    const events: NewEvent[] = [];
    for (const { meta, plain } of drafts) events.push(await this.codec.encode(meta, plain));
    const writes: StreamWrite[] = [];
    for (const [index, reservation] of reservations.entries()) {
      writes.push(await this.reservationWrite(reservation, stream, eventIdOf(ctx.commandId, drafts.length + index), ctx));
    }
    // The own events come last, so that the append's position is that of the command's last event, as on a replay.
    writes.push({ stream, expected: own.revision < 0 ? 'no-stream' : own.revision, events });
    const { position, revisions } = await appended(writes, () => this.store.append(writes));
    const recorded = drafts.map(({ meta, plain }, index): CommandEvent => {
      return { type: meta.type, data: plain, meta, revision: own.revision + 1 + index };
    });
    return { id, position, revision: revisions[stream]!, state, events: recorded, replayed: false };
  }

  private async replay<State>(
    fold: Fold<State>,
    stream: string,
    id: string,
    first: number,
    last: number,
  ): Promise<Outcome<State>> {
    const { folded, events } = await this.streams.foldUntil(fold, stream, last, first);
    const own = events.map(({ type, data, meta, revision }): CommandEvent => ({ type, data, meta, revision }));
    return { id, position: folded.position, revision: last, state: folded.state, events: own, replayed: true };
  }

  private async factsFor(aggregate: { facts: unknown }, tenant: string, needs: object): Promise<Record<string, unknown>> {
    const folds = aggregate.facts as Record<string, Fold<unknown>>;
    const facts: Record<string, unknown> = {};
    for (const [name, id] of Object.entries(needs) as [string, string | null | undefined][]) {
      if (id === null || id === undefined) continue;
      const fold = folds[name]!;
      const { state, revision } = await this.streams.fold(fold, streamName(fold.category, tenant, id));
      facts[name] = { id, state, revision };
    }
    return facts;
  }

  private async reserve(
    aggregate: { events: EventTable },
    holder: string,
    drafts: readonly { meta: EventMeta; plain: Record<string, unknown> }[],
    tenant: string,
  ): Promise<ReservationWrite[]> {
    const claims = drafts.flatMap(({ meta, plain }) => aggregate.events[meta.type]!.claims?.(plain) ?? []);
    const releases = drafts.flatMap(({ meta, plain }) => aggregate.events[meta.type]!.releases?.(plain) ?? []);
    if (claims.length + releases.length === 0) return [];
    try {
      return await reservationWrites(this.store, this.keyring, tenant, holder, claims, releases);
    } catch (error) {
      if (!(error instanceof ValueTaken)) throw error;
      const code = `${error.kind}.taken`;
      const definition = this.errors[code];
      if (!definition) return commandErrors.refuse('value.taken', undefined, { kind: error.kind });
      throw new DomainError(code, definition);
    }
  }

  private async reservationWrite(
    write: ReservationWrite,
    holder: string,
    eventId: string,
    ctx: CommandContext,
  ): Promise<StreamWrite> {
    const meta = this.metaOf(write.type, eventId, ctx);
    const event = await this.codec.encode(meta, { kind: write.kind, holder });
    return { stream: write.stream, expected: write.expected, events: [event] };
  }

  private metaOf(type: string, eventId: string, ctx: CommandContext): EventMeta {
    const { tenant, actor, now, commandId, commandHash, correlationId, causationId, requestId, traceparent } = ctx;
    return {
      eventId,
      type,
      schema: this.codec.schemaOf(type),
      tenant,
      actor,
      occurredAt: now,
      correlationId,
      causationId,
      commandId,
      commandHash,
      requestId,
      traceparent,
    };
  }
}

function appended<T>(writes: readonly StreamWrite[], append: () => Promise<T>): Promise<T> {
  return inSpan('append', { 'keyledger.events': writes.at(-1)!.events.length, 'keyledger.streams': writes.length }, append);
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
