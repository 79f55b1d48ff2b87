// What an attempt has decided so far, over all its items: later rules look through it, then it becomes one append.
import { evolve, type Fold } from '#kernel/aggregate.js';
import type { CommandContext, EventMeta } from '#kernel/context.js';
import { eventIdOf } from '#kernel/ids.js';
import type { Codec } from './codec.js';
import type { EventStore, NewEvent, StreamWrite } from './event-store.js';
import type { Folded, FoldedStreams } from './folded-streams.js';
import type { Keyring } from './keyring.js';
import { reservationWrites, type HolderChange } from './reservations.js';

/** An event that was decided and is not appended yet. */
export interface Draft {
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly meta: EventMeta;
}

/** What one item decided for its stream. */
interface ItemDrafts {
  readonly stream: string;
  readonly ctx: CommandContext;
  readonly drafts: readonly Draft[];
}

export class Decisions {
  private readonly items: ItemDrafts[] = [];
  private readonly byStream = new Map<string, Draft[]>();
  /** The revision at which a stream was first looked at: what is written to it later must stand right behind. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly streams: FoldedStreams,
    private readonly codec: Codec,
  ) {}

  /** The state of a stream as it would be after what was decided. */
  async fold<State>(fold: Fold<State>, stream: string): Promise<Folded<State>> {
    const stored = await this.streams.fold(fold, stream);
    if (!this.seen.has(stream)) this.seen.set(stream, stored.revision);
    return this.over(fold, stream, stored);
  }

  /** A state that {@link fold} answered, with what was decided for its stream since. */
  over<State>(fold: Fold<State>, stream: string, stored: Folded<State>): Folded<State> {
    const drafts = this.byStream.get(stream);
    if (!drafts) return stored;
    const state = drafts.reduce((state, draft) => evolve<State>(fold, state, draft), stored.state);
    return { ...stored, state, revision: stored.revision + drafts.length };
  }

  add(stream: string, ctx: CommandContext, drafts: readonly Draft[]): void {
    this.items.push({ stream, ctx, drafts });
    this.byStream.set(stream, [...(this.byStream.get(stream) ?? []), ...drafts]);
  }

  get empty(): boolean {
    return this.items.length === 0;
  }

  /**
   * The writes of one append. Reservations come first, so that the append's position is that of an event
   * of an item, as on a replay.
   * @throws ValueTaken
   */
  async writes(store: EventStore, keyring: Keyring): Promise<StreamWrite[]> {
    const writes = await this.reservations(store, keyring);
    for (const [stream, drafts] of this.byStream) {
      const events: NewEvent[] = [];
      for (const { meta, data } of drafts) events.push(await this.codec.encode(meta, data));
      const revision = this.seen.get(stream)!;
      writes.push({ stream, expected: revision < 0 ? 'no-stream' : revision, events });
    }
    return writes;
  }

  private async reservations(store: EventStore, keyring: Keyring): Promise<StreamWrite[]> {
    const changes = this.items.map(({ stream, drafts }): HolderChange => {
      const claims = drafts.flatMap(({ type, data }) => this.codec.definition(type).claims?.(data) ?? []);
      const releases = drafts.flatMap(({ type, data }) => this.codec.definition(type).releases?.(data) ?? []);
      return { holder: stream, claims, releases };
    });
    if (changes.every(({ claims, releases }) => claims.length + releases.length === 0)) return [];
    const tenant = this.items[0]!.ctx.tenant;
    const made = this.items.map(({ drafts }) => drafts.length);
    const writes: StreamWrite[] = [];
    for (const { stream, kind, expected, steps } of await reservationWrites(store, keyring, tenant, changes)) {
      const events: NewEvent[] = [];
      for (const { type, change } of steps) {
        const { ctx } = this.items[change]!;
        const meta = envelope(this.codec, type, made[change]!++, ctx);
        events.push(await this.codec.encode(meta, { kind, holder: changes[change]!.holder }));
      }
      writes.push({ stream, expected, events });
    }
    return writes;
  }
}

/** The envelope of event `index` of a command. */
export function envelope(codec: Codec, type: string, index: number, ctx: CommandContext): EventMeta {
  const { tenant, actor, now, commandId, commandHash, correlationId, causationId, requestId, traceparent } = ctx;
  return {
    eventId: eventIdOf(commandId, index),
    type,
    schema: codec.schemaOf(type),
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
