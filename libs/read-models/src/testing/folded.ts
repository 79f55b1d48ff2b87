// A view after these events: what a projector would have kept, without a store.
import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '#kernel/context.js';
import type { JsonObject } from '#kernel/json.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { contentOf } from '../document.js';
import { foldDocument, touchedBy } from '../fold-batch.js';
import { type IndexValue, keysOf, type View } from '../view.js';

/** An event as a test writes it; the rest of the envelope is made up. Revisions count per stream id from 0. */
export interface Happening {
  readonly type: string;
  readonly data: unknown;
  readonly id?: string;
  readonly at?: string;
}

export interface FoldedView<Doc> {
  /** The document under a key; undefined where there is none. */
  doc(key?: string): Doc | undefined;
  /** All keys that have a document, sorted. */
  readonly keys: readonly string[];
  /** What a document is found by. */
  index(name: string, key?: string): IndexValue | readonly (string | number)[];
}

/**
 * Folds events into a view's documents. `TEST_ID` is the stream and the key where none is named.
 * @throws Error where a reducer changes what it was given, or makes what JSON or an index cannot hold, and
 * where the documents come out otherwise when all events come in one batch.
 */
export function folded<Doc extends JsonObject>(view: View<Doc>, ...happened: readonly Happening[]): FoldedView<Doc> {
  const docs = new Map<string, Doc>();
  const revisions = new Map<string, number>();
  const events = happened.map((happening, index) => recorded(view.categories[0]!, happening, index, revisions));
  for (const event of events) {
    const reducer = view.on[event.type];
    if (!reducer) continue;
    for (const key of keysOf(view, event)) {
      const doc = reducer.evolve(docs.get(key) ?? null, event as never, key);
      if (doc === null) docs.delete(key);
      else docs.set(key, frozenJson(doc, event.type));
    }
  }
  checkAsOneBatch(view, events, docs);
  return {
    doc: (key = TEST_ID) => docs.get(key),
    keys: [...docs.keys()].sort(),
    index: (name, key = TEST_ID) => {
      const definition = view.indexes[name]!;
      return 'one' in definition ? definition.one(docs.get(key)!) : definition.many(docs.get(key)!);
    },
  };
}

/** What the projector makes of it: in one batch, by its own code, with index values. */
function checkAsOneBatch<Doc extends JsonObject>(
  view: View<Doc>,
  events: readonly RecordedEvent[],
  docs: ReadonlyMap<string, Doc>,
): void {
  const build = { view, number: 1, partition: 0, partitions: 1 };
  const known = events.filter(({ type }) => view.on[type]);
  for (const touched of touchedBy(build, known).values()) {
    const { change, poison } = foldDocument(view, touched, undefined);
    if (poison) throw new Error(`${poison.event.type} cannot be digested: ${poison.error}`);
    const doc = docs.get(touched.key);
    const text = doc ? contentOf(view, doc).text : undefined;
    if (change?.content?.text !== text)
      throw new Error(`${touched.key} comes out as ${change?.content?.text} in one batch, as ${text} event by event`);
  }
}

function recorded(category: string, happening: Happening, index: number, revisions: Map<string, number>): RecordedEvent {
  const { type, data, id = TEST_ID, at = testContext.now } = happening;
  const revision = (revisions.get(id) ?? -1) + 1;
  revisions.set(id, revision);
  const { tenant, actor, commandId, correlationId, causationId } = testContext;
  const meta = { eventId: commandId, type, schema: 1, tenant, actor, occurredAt: at, commandId, correlationId, causationId };
  return { type, data, meta, id, revision, stream: `${category}-${tenant}~${id}`, position: String(index + 1).padStart(20, '0') };
}

function frozenJson<Doc extends JsonObject>(doc: Doc, type: string): Doc {
  const read = JSON.parse(JSON.stringify(doc)) as Doc;
  if (!isDeepStrictEqual(read, doc)) throw new Error(`${type} makes a document that JSON cannot hold`);
  return deepFreeze(read);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
