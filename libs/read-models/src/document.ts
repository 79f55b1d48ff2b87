// A document as stores keep it: canonical text and the values of its indexes. Both adapters store these bytes.
import { canonicalJson } from '#event-store/canonical-json.js';
import type { Position } from '#event-store/event-store.js';
import type { JsonObject } from '#kernel/json.js';
import type { AnyView, IndexValue } from './view.js';

/** What is written of a document; computed once, before any store sees it. */
export interface Content {
  /** Canonical JSON (RFC 8785). */
  readonly text: string;
  readonly one: Readonly<Record<string, IndexValue>>;
  /** Each value once. */
  readonly many: Readonly<Record<string, readonly (string | number)[]>>;
  /** What lists show of it, where the view says that. */
  readonly shown?: string;
}

/** What a store hands out of a document. */
export interface StoredDocument {
  readonly key: string;
  /** Canonical JSON, so that a list can send it on without parsing. */
  readonly text: string;
  /** Of the last event that touched it. */
  readonly position: Position;
  /** Set aside by a quarantine: later events of the document wait. */
  readonly stale: boolean;
  /** The values that a list was sorted by; a cursor carries them. */
  readonly values: readonly IndexValue[];
}

/** A document as it is found; parsed when it is looked at. */
export class Found<Doc extends JsonObject = JsonObject> implements StoredDocument {
  readonly key: string;
  readonly text: string;
  readonly position: Position;
  readonly stale: boolean;
  readonly values: readonly IndexValue[];
  #doc: Doc | undefined;

  constructor(stored: StoredDocument) {
    this.key = stored.key;
    this.text = stored.text;
    this.position = stored.position;
    this.stale = stored.stale;
    this.values = stored.values;
  }

  get doc(): Doc {
    return (this.#doc ??= JSON.parse(this.text) as Doc);
  }
}

/** Text and index values of a document. @throws Error for what JSON or an index cannot hold: a mistake of the view. */
export function contentOf(view: AnyView, doc: JsonObject): Content {
  const text = canonicalJson(doc);
  if (text === undefined || !text.startsWith('{')) throw new Error(`view "${view.name}": a document is a JSON object`);
  const one: Record<string, IndexValue> = {};
  const many: Record<string, readonly (string | number)[]> = {};
  for (const [name, index] of Object.entries(view.indexes)) {
    if ('one' in index) {
      const value = index.one(doc);
      one[name] = value === null ? null : scalar(view, name, value);
    } else {
      many[name] = [...new Set(index.many(doc).map((value) => scalar(view, name, value)))];
    }
  }
  return view.shown ? { text, one, many, shown: view.shown(doc) } : { text, one, many };
}

function scalar(view: AnyView, index: string, value: unknown): string | number {
  if (typeof value === 'string' && value.isWellFormed()) return value; // a lone surrogate has no bytes
  if (typeof value === 'number' && Number.isFinite(value)) return value + 0; // −0 becomes 0
  throw new Error(`view "${view.name}": the index "${index}" holds ${String(value)}, which is no text and no number`);
}

/** The order of index values in every store: null, numbers, texts by code point. */
export function compareValues(a: IndexValue, b: IndexValue): number {
  const rank = (value: IndexValue) => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  if (rank(a) !== rank(b) || a === null || b === null) return rank(a) - rank(b);
  if (typeof a === 'number') return a - (b as number);
  return compareText(a, b as string);
}

/** By code point, as bytes of UTF-8 compare; `<` compares UTF-16 units, which differ beyond the basic plane. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = [...a];
  const right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/**
 * The first text after all that begin with `prefix` (exclusive end of its range), or null where none
 * does: a prefix of nothing but the highest code point.
 */
export function endOfPrefix(prefix: string): string | null {
  const points = [...prefix];
  while (points.length > 0) {
    const last = points.pop()!.codePointAt(0)!;
    if (last === 0x10ffff) continue;
    const next = last === 0xd7ff ? 0xe000 : last + 1; // surrogates are no characters
    return points.join('') + String.fromCodePoint(next);
  }
  return null;
}
