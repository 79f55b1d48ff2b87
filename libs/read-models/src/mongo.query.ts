// Turns a query of the port into a filter and a sort of MongoDB. Pure: no database.
import { sortable } from '#records/mongo.text.js';
import { endOfPrefix, endOfType, toIndex } from './mongo.values.js';
import { MAX_PAGE, readErrors, type Condition, type Conditions, type Query } from './read-store.js';
import type { AnyView, IndexValue, ViewShape } from './view.js';

export interface MongoPage {
  readonly filter: Clause;
  readonly sort: Readonly<Record<string, 1 | -1>>;
}

export type Clause = Readonly<Record<string, unknown>>;

interface Target {
  readonly view: AnyView;
  /** Of the build that answers; it may lag behind the view's. */
  readonly shape: ViewShape;
  readonly tenant: string;
}

/** The name of a document: those of a tenant stand together, in the order of their keys. */
export function idOf(tenant: string, key: string): string {
  return `${tenant} ${sortable(key)}`;
}

export const oneField = (index: string): string => `one.${index}`;
export const manyField = (index: string): string => `many.${index}`;

/** @throws Error for what the view does not declare; `read.unavailable`, `read.bad-cursor` */
export function pageOf(target: Target, query: Query): MongoPage {
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > MAX_PAGE)
    throw new Error(`a page has 1 to ${MAX_PAGE} rows`);
  const order = query.sort ?? [];
  for (const { index } of order) mustBeOne(target, index);
  const clauses: Clause[] = [{ tenant: target.tenant, gone: null }, ...clausesOf(target, query.all ?? {})];
  for (const groups of query.any ?? []) {
    const each = groups.map((group) => allOf(clausesOf(target, group)));
    clauses.push(each.length > 0 ? { $or: each } : NOTHING);
  }
  if (query.after) clauses.push(behind(target.tenant, order, query.after));
  const lastWay = order.at(-1)?.descending ? -1 : 1;
  const sort = Object.fromEntries(order.map(({ index, descending }) => [oneField(index), descending ? -1 : 1] as const));
  return { filter: allOf(clauses), sort: { ...sort, _id: lastWay } };
}

/** Which documents a tally counts, and the field that it counts by. @throws Error, `read.unavailable` */
export function tallyOf(target: Target, index: string): { readonly filter: Clause; readonly field: string } {
  mustBeOne(target, index);
  return { filter: { tenant: target.tenant, gone: null }, field: oneField(index) };
}

function mustBeOne(target: Target, index: string): void {
  if (kindOf(target, index) !== 'one')
    throw new Error(`view "${target.view.name}": "${index}" has several values, nothing sorts or counts by it`);
}

/** No document has a name that is no text. */
const NOTHING: Clause = { _id: { $in: [] } };

function allOf(clauses: readonly Clause[]): Clause {
  return clauses.length > 0 ? { $and: clauses } : {};
}

function kindOf({ view, shape }: Target, index: string): 'one' | 'many' {
  const declared = view.indexes[index];
  if (!declared) throw new Error(`view "${view.name}": no index "${index}"`);
  const kind = 'one' in declared ? 'one' : 'many';
  if (!shape[kind].includes(index)) readErrors.refuse('read.unavailable', `The index ${index} of ${view.name} is being built.`);
  return kind;
}

function clausesOf(target: Target, group: Conditions): Clause[] {
  return Object.entries(group).flatMap(([index, condition]): Clause[] => {
    const tests = testsOf(condition);
    const others = condition.notIn ? [{ $nin: condition.notIn.map(toIndex) }] : [];
    if (kindOf(target, index) === 'one') return [...tests, ...others].map((test) => ({ [oneField(index)]: test }));
    const field = manyField(index);
    // One and the same value must meet all of them.
    const some = tests.length > 0 ? [{ [field]: { $elemMatch: merged(tests) } }] : [];
    return [...some, ...others.map((test) => ({ [field]: test }))];
  });
}

/** What one value must meet, each an operand of MongoDB's. */
function testsOf({ equal, in: list, from, to, prefix }: Condition): Clause[] {
  if (from !== undefined && to !== undefined && typeof from !== typeof to)
    throw new Error('the bounds of a range are of one type');
  const tests: Clause[] = [];
  if (equal !== undefined) tests.push({ $eq: toIndex(equal) });
  if (list !== undefined) tests.push({ $in: list.map(toIndex) });
  if (from !== undefined) tests.push({ $gte: toIndex(from), $lt: to === undefined ? endOfType(from) : toIndex(to) });
  else if (to !== undefined) tests.push({ $gte: startOfType(to), $lt: toIndex(to) });
  if (prefix !== undefined) tests.push({ $gte: toIndex(prefix), $lt: endOfPrefix(prefix) });
  return tests;
}

function startOfType(value: string | number): string {
  return typeof value === 'number' ? toIndex(-Infinity) : toIndex('');
}

/** Several tests of one value as one operand: of two lower bounds the higher one counts, of two upper ones the lower. */
function merged(tests: readonly Clause[]): Clause {
  const operand: Record<string, unknown> = {};
  for (const [operator, value] of tests.flatMap((test) => Object.entries(test))) {
    const before = operand[operator] as string | undefined;
    const kept =
      before !== undefined &&
      (operator === '$gte' ? before > (value as string) : operator === '$lt' && before < (value as string));
    if (!kept) operand[operator] = value;
  }
  return operand;
}

/** The rows after one: those that differ from it first in some entry of the sort, and there lie behind it. */
function behind(tenant: string, sort: NonNullable<Query['sort']>, after: NonNullable<Query['after']>): Clause {
  if (after.values.length !== sort.length) readErrors.refuse('read.bad-cursor');
  const steps = sort.map(({ index, descending }, i) => ({
    field: oneField(index),
    value: toIndex(after.values[i] as IndexValue),
    way: descending ? '$lt' : '$gt',
  }));
  steps.push({ field: '_id', value: idOf(tenant, after.key), way: sort.at(-1)?.descending ? '$lt' : '$gt' });
  const branches = steps.map(({ field, value, way }, i) => {
    const equal = steps.slice(0, i).map((step) => ({ [step.field]: step.value }));
    return allOf([...equal, { [field]: { [way]: value } }]);
  });
  return { $or: branches };
}
