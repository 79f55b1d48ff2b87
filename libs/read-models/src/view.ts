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
  | { readonly one: (doc: Doc) => IndexValue }
  | { readonly many: (doc: Doc) => readonly (string | number)[] };

/** How one event changes one document. */
export interface Reducer<Doc, Data = never> {
  /** The keys of the documents that it touches: a bounded list, named by the event itself. Default: its stream's id. */
  readonly keys?: (event: RecordedEvent<string, Data>) => readonly string[];
  /** The new document; null = there is none (any more). Pure: state and event, no clock. */
  readonly evolve: (doc: Doc | null, event: RecordedEvent<string, Data>, key: string) => Doc | null;
}

export interface View<Doc extends JsonObject = JsonObject> {
  readonly name: string;
  /** Raised whenever a document would come out differently; the new one is built beside the old. */
  readonly version: number;
  /** One sentence for the generated reference. */
  readonly about: string;
  readonly indexes: Readonly<Record<string, IndexDefinition<Doc>>>;
  /** Compound indexes that lists need: filters first, then the sort key. The id is added by the store. */
  readonly lists: readonly (readonly string[])[];
  /** Categories of the streams that it reads; the rest of the log is not even decoded for it. */
  readonly categories: readonly string[];
  /**
   * Under which tenant its documents are kept: the event's own, unless this names the installation
   * (`SYSTEM_TENANT`): what the operator lists, and what is looked up before a tenant is known.
   */
  readonly heldBy?: 'tenant' | 'installation';
  readonly on: Readonly<Record<string, Reducer<Doc>>>;
}

/** Declares a view over the events of several tables. */
export function viewOf<Doc extends JsonObject>() {
  return <E extends EventTable>(
    _events: E,
    definition: Omit<View<Doc>, 'on'> & { readonly on: { readonly [K in keyof E & string]?: Reducer<Doc, DataOf<E, K>> } },
  ): View<Doc> => definition as unknown as View<Doc>;
}

/** Under which tenant a view keeps the documents that an event touches. */
export function holderOf(view: Pick<View, 'heldBy'>, event: { readonly meta: { readonly tenant: string } }): string {
  return view.heldBy === 'installation' ? SYSTEM_TENANT : event.meta.tenant;
}
