// States of streams, folded once and kept; whoever asks still reads the tail that came since.
import { evolve, type Fold } from '#kernel/aggregate.js';
import type { RecordedEvent } from '#kernel/context.js';
import type { Codec } from './codec.js';
import { START, type EventStore, type Position, type StoredEvent } from './event-store.js';
import { WeighedCache } from './weighed-cache.js';

/** Where the events of one command stand in a stream. */
export interface CommandTrace {
  readonly first: number;
  readonly last: number;
  readonly hash: string;
}

export interface Folded<State> {
  readonly state: State;
  /** −1 where the stream does not exist. */
  readonly revision: number;
  readonly position: Position;
  /**
   * Commands that callers named themselves (by an idempotency key), for recognising a retry. Shared by all states
   * of the stream and only ever added to: it may name commands that came after `revision`, never one that did not happen.
   */
  readonly commands: ReadonlyMap<string, CommandTrace>;
}

/** A state as it is kept, whose commands can be added to. */
interface Growing<State> extends Folded<State> {
  readonly commands: Map<string, CommandTrace>;
}

const PAGE = 1000;
/** 7,500 licenses with a few devices each; one that is not kept is folded again from its events. */
const KEPT_BYTES = 16 * 1024 * 1024;
/** What an event adds to a state at most: its payload as objects, and the trace of its command. */
const grownBy = ({ data }: StoredEvent) => 4 * data.length + 400;

export class FoldedStreams {
  private readonly cache: WeighedCache<Growing<unknown>>;

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
    keptBytes = KEPT_BYTES,
  ) {
    this.cache = new WeighedCache(keptBytes);
  }

  /** The state of a stream now: what is kept, plus the events since. */
  async fold<State>(fold: Fold<State>, stream: string): Promise<Folded<State>> {
    const cacheKey = `${fold.name} ${stream}`;
    let folded = (this.cache.get(cacheKey) as Growing<State> | undefined) ?? unwritten(fold);
    let grown = 0;
    for (;;) {
      const events = await this.store.readStream(stream, { from: folded.revision + 1, limit: PAGE });
      if (events.length > 0) folded = advance(fold, folded, await this.codec.decode(events));
      for (const event of events) grown += grownBy(event);
      if (events.length < PAGE) break;
    }
    if (folded.revision >= 0) this.cache.set(cacheKey, folded, grown);
    return folded;
  }

  /** Lets go of everything that is kept. */
  forget(): void {
    this.cache.clear();
  }

  /** The state of a stream as it was at a revision, and the events of it from `since` on. */
  async foldUntil<State>(
    fold: Fold<State>,
    stream: string,
    revision: number,
    since: number,
  ): Promise<{ folded: Folded<State>; events: RecordedEvent[] }> {
    let folded = unwritten(fold);
    const events: RecordedEvent[] = [];
    while (folded.revision < revision) {
      const limit = Math.min(PAGE, revision - folded.revision);
      const page = await this.codec.decode(await this.store.readStream(stream, { from: folded.revision + 1, limit }));
      if (page.length === 0) break;
      folded = advance(fold, folded, page);
      events.push(...page.filter((event) => event.revision >= since));
    }
    return { folded, events };
  }
}

function unwritten<State>(fold: Fold<State>): Growing<State> {
  return { state: fold.initial, revision: -1, position: START, commands: new Map() };
}

function advance<State>(fold: Fold<State>, from: Growing<State>, events: readonly RecordedEvent[]): Growing<State> {
  const { commands } = from;
  let { state, revision, position } = from;
  for (const event of events) {
    state = evolve(fold, state, event);
    ({ revision, position } = event);
    const { commandId, commandHash } = event.meta;
    if (commandHash === undefined) continue;
    const { first = revision, last = revision } = commands.get(commandId) ?? {};
    commands.set(commandId, { first, last: Math.max(last, revision), hash: commandHash });
  }
  return { state, revision, position, commands };
}
