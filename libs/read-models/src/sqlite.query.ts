// Turns a query of the port into one SQL statement. Pure: text and parameters, no database.
import { LIMIT } from '#event-store/sqlite.file.js';
import { endOfPrefix } from './document.js';
import { MAX_PAGE, readErrors, type Condition, type Conditions, type Query } from './read-store.js';
import { column, listIndex, tablesOf, toColumn } from './sqlite.schema.js';
import type { AnyView, IndexValue, ViewShape } from './view.js';

export interface Statement {
  readonly sql: string;
  readonly params: readonly (string | number)[];
}

interface Target {
  readonly view: AnyView;
  readonly number: number;
  /** Of the build that answers; it may lag behind the view's. */
  readonly shape: ViewShape;
  readonly tenant: string;
}

const LOWEST_NUMBER = -Number.MAX_VALUE;

/**
 * The page of a query and one row more, by which the caller sees whether there is another page.
 * @param what columns to read, besides the values that the page is sorted by
 */
export function pageStatement(
  target: Target,
  query: Query,
  what: readonly string[] = ['key', 'text', 'position', 'stale'],
): Statement {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE)
    throw new Error(`a page has 1 to ${MAX_PAGE} rows`);
  const sort = query.sort ?? [];
  for (const { index } of sort) {
    if (kindOf(target, index) !== 'one')
      throw new Error(`view "${target.view.name}": "${index}" has several values, nothing sorts by it`);
  }
  const params: (string | number)[] = [target.tenant];
  const where = ['tenant = ?', ...conditions(target, query.all ?? {}, params, goneBy(query))];
  for (const groups of query.any ?? []) {
    const each = groups.map((group) => `(${conditions(target, group, params).join(' AND ') || '1'})`);
    where.push(`(${each.join(' OR ') || '0'})`);
  }
  if (query.after) where.push(after(query, params));
  const lastWay = sort.at(-1)?.descending ? ' DESC' : '';
  const order = [...sort.map(({ index, descending }) => column(index) + (descending ? ' DESC' : '')), `key${lastWay}`];
  const columns = [...what, ...sort.map(({ index }) => column(index))];
  params.push(query.limit + 1);
  const from = tablesOf(target.view.name, target.number).documents + hint(target, query);
  return {
    sql: `SELECT ${columns.join(', ')} FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${order.join(', ')} ${LIMIT}`,
    params,
  };
}

/** How many documents have each value of an index. */
export function tallyStatement(target: Target, index: string): Statement {
  if (kindOf(target, index) !== 'one') throw new Error(`view "${target.view.name}": "${index}" has several values`);
  const { documents } = tablesOf(target.view.name, target.number);
  const sql = `SELECT ${column(index)} AS value, count(*) AS n FROM ${documents} WHERE tenant = ? GROUP BY ${column(index)}`;
  return { sql, params: [target.tenant] };
}

function kindOf(target: Target, index: string): 'one' | 'many' {
  const declared = target.view.indexes[index];
  if (!declared) throw new Error(`view "${target.view.name}": no index "${index}"`);
  const kind = 'one' in declared ? 'one' : 'many';
  if (!target.shape[kind].includes(index))
    readErrors.refuse('read.unavailable', `The index ${index} of ${target.view.name} is being built.`);
  return kind;
}

/**
 * Names the declared list that serves a query: its first indexes are filtered by equality, the next ones
 * are the sort. Without statistics the planner guesses, and prefers another list where a range stands.
 */
function hint({ view, number, shape }: Target, { all = {}, any = [], sort = [] }: Query): string {
  const mixed = sort.some(({ descending }) => descending !== sort[0]!.descending);
  if (mixed || any.length > 0 || Object.keys(all).some((index) => shape.many.includes(index))) return '';
  const order = sort.map(({ index }) => index);
  let best = -1;
  let most = 0;
  shape.lists.forEach((list, i) => {
    const open = list.findIndex((index) => all[index]?.equal === undefined);
    const equals = open < 0 ? list.length : open;
    const serves = order.length > 0 ? order.every((index, j) => list[equals + j] === index) : equals === list.length;
    if (serves && equals + order.length > most) [best, most] = [i, equals + order.length];
  });
  return best < 0 ? '' : ` INDEXED BY ${listIndex(view.name, number, best)}`;
}

/** The bound of a range that a following page has behind it already. */
interface GoneBy {
  readonly index: string;
  readonly bound: 'lower' | 'upper';
}

function goneBy(query: Query): GoneBy | undefined {
  const first = query.after && query.sort?.[0];
  return first && { index: first.index, bound: first.descending ? 'upper' : 'lower' };
}

function conditions(target: Target, group: Conditions, params: (string | number)[], gone?: GoneBy): string[] {
  return Object.entries(group).flatMap(([index, condition]) => {
    if (kindOf(target, index) === 'one') {
      const bound = gone?.index === index ? gone.bound : undefined;
      return [...tests(column(index), condition, params, bound), ...excluded(column(index), condition, params)];
    }
    const values = `SELECT key FROM ${tablesOf(target.view.name, target.number).values} WHERE tenant = ? AND name = ?`;
    const found: string[] = [];
    const own = [target.tenant, index];
    const inner: (string | number)[] = [];
    const some = tests('value', condition, inner);
    if (some.length > 0) {
      found.push(`key IN (${values} AND ${some.join(' AND ')})`);
      params.push(...own, ...inner);
    }
    if (condition.notIn?.length) {
      found.push(`key NOT IN (${values} AND value IN (${marks(condition.notIn)}))`);
      params.push(...own, ...condition.notIn.map(toColumn));
    }
    return found;
  });
}

/**
 * What one value must meet. A bound that is gone by is hidden from the planner by a plus sign: it would
 * otherwise scan from there instead of from the last row of the page before.
 */
function tests(name: string, condition: Condition, params: (string | number)[], gone?: GoneBy['bound']): string[] {
  const found: string[] = [];
  const add = (sql: string, ...values: (string | number)[]) => {
    found.push(sql);
    params.push(...values);
  };
  if (condition.equal !== undefined) add(`${name} = ?`, toColumn(condition.equal));
  if (condition.in) add(`${name} IN (${marks(condition.in)})`, ...condition.in.map(toColumn));
  for (const { from, to } of [rangeOf(condition), prefixOf(condition)]) {
    if (from !== undefined) add(`${gone === 'lower' ? '+' : ''}${name} >= ?`, from);
    if (to !== undefined) add(`${gone === 'upper' ? '+' : ''}${name} < ?`, to);
  }
  return found;
}

interface Range {
  readonly from?: string | number;
  readonly to?: string | number;
}

function prefixOf({ prefix }: Condition): Range {
  return prefix === undefined ? {} : { from: prefix, to: endOfPrefix(prefix) ?? undefined };
}

function excluded(expression: string, condition: Condition, params: (string | number)[]): string[] {
  if (!condition.notIn?.length) return [];
  params.push(...condition.notIn.map(toColumn));
  return [`${expression} NOT IN (${marks(condition.notIn)})`];
}

/** Both bounds of a range: SQLite orders numbers before texts, so an open side is closed at the border of the type. */
function rangeOf({ from, to }: Condition): Range {
  if (from === undefined && to === undefined) return {};
  if (from !== undefined && to !== undefined && typeof from !== typeof to)
    throw new Error('both bounds of a range are of one type');
  if (typeof (from ?? to) === 'number') return { from: from ?? LOWEST_NUMBER, to: to ?? '' };
  return { from: from ?? '', to };
}

function marks(values: readonly IndexValue[]): string {
  if (values.length > MAX_PAGE) throw new Error(`at most ${MAX_PAGE} values in a list`);
  return values.map(() => '?').join(', ');
}

/** Rows after the last one of the page before. A cursor that does not fit the sort is refused. */
function after(query: Query, params: (string | number)[]): string {
  const sort = query.sort ?? [];
  const { values, key } = query.after!;
  if (values.length !== sort.length) readErrors.refuse('read.bad-cursor');
  const terms = sort.map(({ index, descending }, i) => ({
    name: column(index),
    descending: descending === true,
    value: toColumn(values[i]!),
  }));
  terms.push({ name: 'key', descending: sort.at(-1)?.descending === true, value: key });
  if (terms.every((term) => term.descending === terms[0]!.descending)) {
    params.push(...terms.map((term) => term.value));
    const names = terms.map((term) => term.name).join(', ');
    return `(${names}) ${terms[0]!.descending ? '<' : '>'} (${terms.map(() => '?').join(', ')})`;
  }
  const steps = terms.map((term, i) => {
    const same = terms.slice(0, i);
    params.push(...same.map((other) => other.value), term.value);
    return `(${[...same.map((other) => `${other.name} = ?`), `${term.name} ${term.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  return `(${steps.join(' OR ')})`;
}
