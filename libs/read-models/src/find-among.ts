// What `find` must answer, said in the plainest way: filter, sort, cut. Stores are compared with it, and documents
// that were folded for one question, and stand in no store, are found by it.
import type { JsonObject } from '#kernel/json.js';
import { compareText, compareValues, contentOf } from './document.js';
import type { Condition, Conditions, Query } from './read-store.js';
import type { AnyView, IndexValue } from './view.js';

type Values = Readonly<Record<string, IndexValue | readonly IndexValue[]>>;

export interface Row {
  readonly key: string;
  /** Canonical JSON. */
  readonly text: string;
  readonly index: Values;
}

/** The documents of one tenant that a query finds, in order, without its `limit`. */
export function findAmong(view: AnyView, documents: Iterable<readonly [string, JsonObject]>, query: Query): Row[] {
  const rows = [...documents].map(([key, doc]): Row => {
    const { text, one, many } = contentOf(view, doc);
    return { key, text, index: { ...one, ...many } };
  });
  const order = comparator(query);
  return rows
    .filter(({ index }) => holds(query.all ?? {}, index))
    .filter(({ index }) => (query.any ?? []).every((groups) => groups.some((group) => holds(group, index))))
    .sort(order)
    .filter((row) => !query.after || order(row, cursorRow(query)) > 0);
}

function cursorRow({ sort, after }: Query): Row {
  const index = Object.fromEntries((sort ?? []).map((by, i) => [by.index, after!.values[i]!]));
  return { key: after!.key, text: '', index };
}

function comparator(query: Query): (a: Row, b: Row) => number {
  const sort = query.sort ?? [];
  return (a, b) => {
    for (const { index, descending } of sort) {
      const order = compareValues(a.index[index] as IndexValue, b.index[index] as IndexValue);
      if (order !== 0) return descending ? -order : order;
    }
    const order = compareText(a.key, b.key);
    return sort.at(-1)?.descending ? -order : order;
  };
}

function holds(group: Conditions, index: Values): boolean {
  return Object.entries(group).every(([name, condition]) => {
    const value = index[name]!;
    const values = (Array.isArray(value) ? value : [value]) as readonly IndexValue[];
    const { notIn, ...rest } = condition;
    if (notIn?.some((excluded) => values.includes(excluded))) return false;
    return Object.keys(rest).length === 0 || values.some((each) => meets(each, rest));
  });
}

function meets(value: IndexValue, { equal, in: list, from, to, prefix }: Condition): boolean {
  if (equal !== undefined && value !== equal) return false;
  if (list && !list.includes(value)) return false;
  for (const bound of [from, to]) if (bound !== undefined && typeof bound !== typeof value) return false;
  if (from !== undefined && compareValues(value, from) < 0) return false;
  if (to !== undefined && compareValues(value, to) >= 0) return false;
  return prefix === undefined || (typeof value === 'string' && value.startsWith(prefix));
}
