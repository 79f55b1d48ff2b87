// Documents as they were at a position: folded again from the streams that made them, by the reducers of the live
// views, for one question. Nothing of it is kept.
import { setImmediate } from 'node:timers/promises';
import { START, type EventReader, type Position } from '#event-store/event-store.js';
import type { RecordedEvent } from '#kernel/context.js';
import { streamName } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';
import type { Decode } from './build-writer.js';
import { contentOf, Found } from './document.js';
import { findAmong } from './find-among.js';
import type { Instants } from './instants.js';
import { readErrors, type FoundPage, type Query, type ShownPage } from './read-store.js';
import { type AnyView, type IndexValue, keysOf, type LookUp, OWN_STREAM, type StreamOf, type View } from './view.js';

const PAGE = 500;
/** How many events are folded for one question, unless said otherwise. */
const MOST_EVENTS = 100_000;
/** After so many, others have their turn: what is read and folded here waits for nothing. */
const AT_A_TIME = 100;

interface State {
  readonly doc: JsonObject;
  readonly position: Position;
}
type States = Map<string, State>;

/** What a question about the past is about. */
interface Asked {
  readonly tenant: string;
  readonly position: Position;
  /** Finds in live views where something of the past has left its trace. */
  readonly lookUp: LookUp;
  /** How many events may be folded to answer it. */
  readonly mostEvents: number;
}

export class Past {
  private budget: { readonly all: number; left: number; turn: number };
  private scope: readonly string[] | null = null;

  constructor(
    private readonly log: EventReader,
    private readonly codec: { readonly decode: Decode },
    private readonly asked: Asked,
  ) {
    this.budget = { all: asked.mostEvents, left: asked.mostEvents, turn: AT_A_TIME };
  }

  /** Everything up to here has happened, and nothing after it. */
  get position(): Position {
    return this.asked.position;
  }

  /** The same past, with these streams as those among whose documents `find` looks. */
  within(streams: readonly StreamOf[]): Past {
    const past = new Past(this.log, this.codec, this.asked);
    past.budget = this.budget;
    past.scope = this.namesOf(streams);
    return past;
  }

  /** Where live views say that something of the past has left its trace. */
  get lookUp(): LookUp {
    return this.asked.lookUp;
  }

  /** @throws `as-of.too-much` */
  async get<Doc extends JsonObject>(view: View<Doc>, key: string): Promise<Found<Doc> | null> {
    const streams = await this.streamsOf(view, key);
    const states: States = new Map();
    if (streams.length > 1) foldInto(states, view, await this.events(streams), key);
    else for await (const events of this.pages(this.namesOf(streams)[0]!)) foldInto(states, view, events, key);
    const state = states.get(key);
    return state ? found(key, state.position, contentOf(view, state.doc).text, []) : null;
  }

  /** All events of these streams in the order of the log. @throws `as-of.too-much` */
  async events(streams: readonly StreamOf[]): Promise<readonly RecordedEvent[]> {
    const all: RecordedEvent[] = [];
    for (const stream of this.namesOf(streams)) for await (const events of this.pages(stream)) all.push(...events);
    return all.sort((a, b) => (a.position < b.position ? -1 : 1));
  }

  /** The streams that make a document. */
  async streamsOf(view: AnyView, key: string): Promise<readonly StreamOf[]> {
    if (view.streamsOf) return view.streamsOf(key, this.asked.lookUp);
    return view.categories.map((category) => ({ category, id: key }));
  }

  /** @throws `as-of.too-much` */
  async getMany<Doc extends JsonObject>(view: View<Doc>, keys: readonly string[]): Promise<readonly Found<Doc>[]> {
    const documents: Found<Doc>[] = [];
    for (const key of new Set(keys)) {
      const document = await this.get(view, key);
      if (document) documents.push(document);
    }
    return documents;
  }

  /**
   * A page of the documents that the streams of the scope made. They are folded one stream after the other, in the order
   * of the scope: where several make a document, its reducers come to the same in that order as in the order of the log.
   * @throws `as-of.too-much`; Error without a scope
   */
  async find<Doc extends JsonObject>(view: View<Doc>, query: Query): Promise<FoundPage<Doc>> {
    if (!this.scope) throw new Error(`the past of the view "${view.name}" is asked for without a scope`);
    const states: States = new Map();
    for (const stream of this.scope) for await (const events of this.pages(stream)) foldInto(states, view, events);
    const documents = [...states].map(([key, { doc }]) => [key, doc] as const);
    const rows = findAmong(view, documents, query);
    const sort = query.sort ?? [];
    const page = rows.slice(0, query.limit).map(({ key, text, index }) => {
      const values = sort.map((by) => index[by.index] as IndexValue);
      return found<Doc>(key, states.get(key)!.position, text, values);
    });
    return { rows: page, more: rows.length > query.limit, asOf: this.position };
  }

  /** As {@link find}, with what the view shows of each document in lists. */
  async findShown<Doc extends JsonObject>(view: View<Doc>, query: Query): Promise<ShownPage> {
    const { rows, more, asOf } = await this.find(view, query);
    return { rows: rows.map(({ key, doc, values }) => ({ key, shown: view.shown!(doc), values })), more, asOf };
  }

  private namesOf(streams: readonly StreamOf[]): string[] {
    const { tenant } = this.asked;
    return streams.map(({ category, id }) => streamName(category, tenant, id === OWN_STREAM ? tenant : id));
  }

  private async giveWay(folded: number): Promise<void> {
    this.budget.turn -= folded;
    if (this.budget.turn > 0) return;
    this.budget.turn = AT_A_TIME;
    await setImmediate();
  }

  private async *pages(stream: string): AsyncGenerator<readonly RecordedEvent[]> {
    for (let from = 0; ; from += PAGE) {
      const stored = await this.log.readStream(stream, { from, limit: PAGE });
      const seen = stored.filter(({ position }) => position <= this.position);
      this.budget.left -= seen.length;
      if (this.budget.left < 0) readErrors.refuse('as-of.too-much', undefined, { events: this.budget.all });
      await this.giveWay(seen.length);
      yield await this.codec.decode(seen);
      if (seen.length < PAGE) return;
    }
  }
}

function found<Doc extends JsonObject>(key: string, position: Position, text: string, values: readonly IndexValue[]): Found<Doc> {
  return new Found<Doc>({ key, text, position, stale: false, values });
}

/** Folds events into the documents that they touch, or into one of them. */
function foldInto(states: States, view: AnyView, events: readonly RecordedEvent[], only?: string): void {
  for (const event of events) {
    const reducer = view.on[event.type];
    if (!reducer) continue;
    for (const key of new Set(keysOf(view, event))) {
      if (only !== undefined && key !== only) continue;
      const before = states.get(key);
      const doc = reducer.evolve(before?.doc ?? null, event as never, key) as JsonObject | null;
      const position = before && before.position > event.position ? before.position : event.position;
      if (doc) states.set(key, { doc, position });
      else states.delete(key);
    }
  }
}

/** A moment of the past, as callers name it: one of both. */
export interface Moment {
  readonly at?: string;
  readonly atPosition?: Position;
}

export class Pasts {
  constructor(
    private readonly log: EventReader,
    private readonly codec: { readonly decode: Decode },
    readonly instants: Instants,
    private readonly mostEvents = MOST_EVENTS,
  ) {}

  /**
   * The past of a tenant at a moment that lies before now and the end of the log, with the instant at which its
   * documents are looked at: the one that was named, or the one at which the position was recorded.
   * @throws `as-of.before-the-first-event`
   */
  async open(
    moment: Moment,
    asked: Omit<Asked, 'position' | 'mostEvents'>,
  ): Promise<{ readonly past: Past; readonly instant: string }> {
    const position = moment.atPosition ?? (await this.instants.recordedBy(moment.at!));
    const instant = moment.at ?? (await this.instants.recordedAt(position));
    if (position === START || instant === null) return readErrors.refuse('as-of.before-the-first-event');
    return { past: this.upTo(position, asked), instant };
  }

  /** What there was when the log had come to a position. */
  upTo(position: Position, asked: Omit<Asked, 'position' | 'mostEvents'>): Past {
    return new Past(this.log, this.codec, { ...asked, position, mostEvents: this.mostEvents });
  }
}
