// States of streams, folded once and kept; whoever asks still reads the tail that came since.
import { evolve, type Fold } from '#kernel/aggregate.js';
import type { RecordedEvent } from '#kernel/context.js';
import type { Codec } from './codec.js';
import { START, type EventStore, type Position } from './event-store.js';

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
  /** Commands that callers named themselves (by an idempotency key), for recognising a retry. */
  readonly commands: ReadonlyMap<string, CommandTrace>;
}

const PAGE = 1000;

export class FoldedStreams {
  /** In the order of use, the longest unused first. */
  private readonly cache = new Map<string, Folded<unknown>>();

  constructor(
    private readonly store: EventStore,
    private readonly codec: Codec,
    private readonly cachedStreams = 2_000,
  ) {}

  /** The state of a stream now: what is kept, plus the events since. */
  async fold<State>(fold: Fold<State>, stream: string): Promise<Folded<State>> {
    const cacheKey = `${fold.name} ${stream}`;
    const kept = this.cache.get(cacheKey) as Folded<State> | undefined;
    let folded = kept ?? { state: fold.initial, revision: -1, position: START, commands: new Map<string, CommandTrace>() };
    for (;;) {
      const events = await this.store.readStream(stream, { from: folded.revision + 1, limit: PAGE });
      if (events.length > 0) folded = advance(fold, folded, await this.codec.decode(events));
      if (events.length < PAGE) break;
    }
    if (folded.revision >= 0) this.keep(cacheKey, folded);
    return folded;
  }

  /** The state of a stream as it was at a revision, and the events of it from `since` on. */
  async foldUntil<State>(
    fold: Fold<State>,
    stream: string,
    revision: number,
    since: number,
  ): Promise<{ folded: Folded<State>; events: RecordedEvent[] }> {
    let folded: Folded<State> = { state: fold.initial, revision: -1, position: START, commands: new Map() };
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

  private keep(cacheKey: string, folded: Folded<unknown>): void {
    this.cache.delete(cacheKey);
    this.cache.set(cacheKey, folded);
    if (this.cache.size > this.cachedStreams) this.cache.delete(this.cache.keys().next().value!);
  }
}

function advance<State>(fold: Fold<State>, from: Folded<State>, events: readonly RecordedEvent[]): Folded<State> {
  let { state, revision, position } = from;
  const commands = new Map(from.commands);
  for (const event of events) {
    state = evolve(fold, state, event);
    ({ revision, position } = event);
    const { commandId, commandHash } = event.meta;
    if (commandHash === undefined) continue;
    const first = commands.get(commandId)?.first ?? revision;
    commands.set(commandId, { first, last: revision, hash: commandHash });
  }
  return { state, revision, position, commands };
}
