// A view is a read model declared as pure reducers: shape, indexes, and how events change it.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf, EventTable } from '#kernel/events.js';
import { SYSTEM_TENANT } from '#kernel/ids.js';
import type { JsonObject } from '#kernel/json.js';

/** A value under which a document is found. `null` is a value too and sorts first. */
export type IndexValue = string | number | null;

/**
 * How documents are found. `one`: one value per document, can be filtered and sorted by. `many`: several
 * (devices, search tokens), can be filtered by. Computed here, in the view: no store computes anything.
 */
export type IndexDefinition<Doc> =
  { readonly one: (doc: Doc) => IndexValue } | { readonly many: (doc: Doc) => readonly (string | number)[] };

/** How one event changes one document. */
export interface Reducer<Doc, Data = never> {
  /** The keys of the documents that it touches: a bounded list, named by the event itself. Default: its stream's id. */
  readonly keys?: (event: RecordedEvent<string, Data>) => readonly string[];
  /** The new document; null = there is none (any more). Pure: state and event, no clock; it never changes the old document. */
  readonly evolve: (doc: Doc | null, event: RecordedEvent<string, Data>, key: string) => Doc | null;
}

/** The id of the tenant's own stream, where a view names streams by their ids. */
export const OWN_STREAM = Symbol('the stream of the tenant itself');

/** A stream of a tenant. */
export interface StreamOf {
  readonly category: string;
  readonly id: string | typeof OWN_STREAM;
}

/** Finds all documents of a live view of the same tenant whose index has a value. */
export type LookUp = <Doc extends JsonObject>(view: View<Doc>, index: string, value: IndexValue) => Promise<readonly Doc[]>;

export interface View<Doc extends JsonObject = JsonObject> {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Raised whenever a document would come out differently; the new one is built beside the old. */
  readonly version: number;
  /** One sentence for the generated reference. */
  readonly about: string;
  /** Names of letters and digits. A changed set of indexes is built beside the old one, as a version is. */
  readonly indexes: Readonly<Record<string, IndexDefinition<Doc>>>;
  /**
   * Compound indexes that lists need: `one` indexes, filters first, then the sort keys. Tenant and key
   * are added by the store. They serve sorts in one direction; mixed ones are right, but slower.
   */
  readonly lists: readonly (readonly string[])[];
  /**
   * What lists need of a document to show it, in a form that takes less to read than the document: kept beside it by stores,
   * answered by `findShown`. Pure; a change of it is a change of the version.
   */
  readonly shown?: (doc: Doc) => string;
  /** Categories of the streams that it reads; the rest of the log is not even decoded for it. */
  readonly categories: readonly string[];
  /**
   * Under which tenant its documents are kept: the event's own, unless this names the installation
   * (`SYSTEM_TENANT`): what the operator lists, and what is looked up before a tenant is known.
   */
  readonly heldBy?: 'tenant' | 'installation';
  /**
   * The streams whose events make a document, so that it can be folded again as of a past position. Default:
   * those of its categories whose id is the document's key.
   */
  readonly streamsOf?: (key: string, lookUp: LookUp) => readonly StreamOf[] | Promise<readonly StreamOf[]>;
  readonly on: Readonly<Record<string, Reducer<Doc>>>;
}

/** Any view, where the type of its documents does not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- views of different documents share one list
export type AnyView = View<any>;

/** The keys of the documents that an event touches. */
export function keysOf(view: AnyView, event: RecordedEvent): readonly string[] {
  return view.on[event.type]?.keys?.(event as never) ?? [event.id];
}

/** Declares a view over the events of several tables. @throws Error for names and lists that no store can keep. */
export function viewOf<Doc extends JsonObject>() {
  return <E extends EventTable>(
    _events: E,
    definition: Omit<View<Doc>, 'on'> & { readonly on: { readonly [K in keyof E & string]?: Reducer<Doc, DataOf<E, K>> } },
  ): View<Doc> => {
    const view = definition as unknown as View<Doc>;
    shapeOf(view);
    return view;
  };
}

function checkNames(view: AnyView): void {
  if (!/^[a-z][a-z0-9-]*$/.test(view.name))
    throw new Error(`view "${view.name}": not a name of lower-case letters, digits and hyphens`);
  if (!Number.isInteger(view.version) || view.version < 1) throw new Error(`view "${view.name}": the version is a number from 1`);
  for (const index of Object.keys(view.indexes)) {
    if (!/^[a-z][a-zA-Z0-9]*$/.test(index)) throw new Error(`view "${view.name}": "${index}" is not a name for an index`);
  }
  for (const index of view.lists.flat()) {
    const definition = view.indexes[index];
    if (!definition || !('one' in definition))
      throw new Error(`view "${view.name}": the list index "${index}" is not a declared \`one\` index`);
  }
}

/** The part of a view that shapes its storage: names of its indexes and lists, in a stable order. */
export interface ViewShape {
  readonly one: readonly string[];
  readonly many: readonly string[];
  readonly lists: readonly (readonly string[])[];
  /** Whether documents have a text beside them that lists show. Absent where not, as in shapes that were stored before. */
  readonly shown?: true;
}

/** @throws Error for names and lists that no store can keep. */
export function shapeOf(view: AnyView): ViewShape {
  checkNames(view);
  const names = Object.keys(view.indexes).sort();
  const one = names.filter((name) => 'one' in view.indexes[name]!);
  const lists = [...new Set(view.lists.map((list) => list.join()))].sort().map((list) => list.split(','));
  const many = names.filter((name) => !one.includes(name));
  return view.shown ? { one, many, lists, shown: true } : { one, many, lists };
}

/** Under which tenant a view keeps the documents that an event touches. */
export function holderOf(view: Pick<View, 'heldBy'>, event: { readonly meta: { readonly tenant: string } }): string {
  return view.heldBy === 'installation' ? SYSTEM_TENANT : event.meta.tenant;
}
