// Folds a batch of events into the documents that it touches: one change per document, whatever the batch's size.
import type { RecordedEvent } from '#kernel/context.js';
import type { JsonObject } from '#kernel/json.js';
import { contentOf, type Content } from './document.js';
import { partitionOf } from './partition.js';
import type { Build, DocumentChange, DocumentKey, Loaded } from './read-store.js';
import { type AnyView, holderOf, keysOf } from './view.js';

/** An event that a view cannot digest: its reducer threw twice on the same input. */
export interface Poison {
  readonly event: RecordedEvent;
  readonly error: string;
}

/** A document and the events that touch it, in order. */
export interface Touched extends DocumentKey {
  readonly events: RecordedEvent[];
  /** The event whose documents could not be named; none after it counts. */
  poison?: Poison;
}

export interface Folded {
  /** Null where nothing is to be written. */
  readonly change: DocumentChange | null;
  readonly poison: Poison | null;
}

/** Names a document in a set or map. */
export function idOf({ tenant, key }: DocumentKey): string {
  return `${tenant}\u0000${key}`;
}

/** The documents of a build's partition that events touch. An event that names none stands under its stream's id. */
export function touchedBy(build: Build, events: readonly RecordedEvent[]): ReadonlyMap<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const event of events) {
    const tenant = holderOf(build.view, event);
    const { keys, error } = namedBy(build.view, event);
    for (const key of new Set(keys)) {
      if (partitionOf(tenant, key, build.partitions) !== build.partition) continue;
      const id = idOf({ tenant, key });
      const document = touched.get(id) ?? { tenant, key, events: [] };
      touched.set(id, document);
      if (document.poison) continue;
      if (error === undefined) document.events.push(event);
      else document.poison = { event, error };
    }
  }
  return touched;
}

function namedBy(view: AnyView, event: RecordedEvent): { readonly keys: readonly string[]; readonly error?: string } {
  for (let attempt = 1; ; attempt++) {
    try {
      return { keys: keysOf(view, event) };
    } catch (error) {
      if (attempt === 2) return { keys: [event.id], error: String(error) };
    }
  }
}

/**
 * The document after its events. Events up to the loaded position are in it already: a batch that is
 * seen again changes nothing. After a poisonous event the document keeps the state before it.
 */
export function foldDocument(view: AnyView, touched: Touched, loaded: Loaded | undefined): Folded {
  const events = touched.events.filter((event) => !loaded || event.position > loaded.position);
  const fresh = touched.poison && (!loaded || touched.poison.event.position > loaded.position) ? touched.poison : null;
  let end: End;
  try {
    end = foldAtOnce(view, touched.key, events, loaded);
  } catch {
    end = foldWithCare(view, touched.key, events, loaded);
  }
  const { content, position, poison } = end;
  const nothing = position === null || (content === null && !loaded?.text);
  const { tenant, key } = touched;
  const change = nothing ? null : { tenant, key, loaded: loaded?.position ?? null, position, content };
  return { change, poison: poison ?? fresh };
}

interface End {
  readonly content: Content | null;
  /** Of the last event that was folded; null where none was. */
  readonly position: string | null;
  readonly poison: Poison | null;
}

function foldAtOnce(view: AnyView, key: string, events: readonly RecordedEvent[], loaded: Loaded | undefined): End {
  let doc = parse(loaded?.text);
  for (const event of events) doc = view.on[event.type]!.evolve(doc, event as never, key) as JsonObject | null;
  const position = events.at(-1)?.position ?? null;
  return { content: position !== null && doc ? contentOf(view, doc) : null, position, poison: null };
}

/** Again from the same start, but with the content made after each event: what throws now is poison. */
function foldWithCare(view: AnyView, key: string, events: readonly RecordedEvent[], loaded: Loaded | undefined): End {
  let text = loaded?.text ?? null;
  let content: Content | null = null;
  let position: string | null = null;
  for (const event of events) {
    try {
      const doc = view.on[event.type]!.evolve(parse(text), event as never, key) as JsonObject | null;
      content = doc && contentOf(view, doc);
    } catch (error) {
      return { content, position, poison: { event, error: String(error) } };
    }
    text = content?.text ?? null;
    position = event.position;
  }
  return { content, position, poison: null };
}

function parse(text: string | null | undefined): JsonObject | null {
  return text ? (JSON.parse(text) as JsonObject) : null;
}
