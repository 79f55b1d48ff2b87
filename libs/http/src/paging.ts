// Lists: limit, sort, filters and an opaque cursor that belongs to exactly one of them.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Position } from '#event-store/event-store.js';
import { instantSchema } from '#kernel/fields.js';
import type { Found } from '#read-models/document.js';
import { readErrors, type Query } from '#read-models/read-store.js';
import type { RequestContext } from './request-context.js';

type SortName<S extends readonly string[]> = S[number] | `-${S[number]}`;

/** The query of a list, parsed. */
export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string;
  readonly sort: string;
  readonly [filter: string]: unknown;
}

export interface Page<Item> {
  readonly data: readonly Item[];
  readonly page: { readonly limit: number; readonly next: string | null };
  readonly asOf: Position;
}

/**
 * The schema of a list's query. `sort` names indexes of the view; a `-` before the name sorts downwards.
 * Filters are query parameters, so strings come in: use `commaList`, `queryBoolean`, `z.coerce`.
 */
export function listQuery<const S extends readonly [string, ...string[]], F extends z.ZodRawShape>(options: {
  readonly sort: S;
  readonly defaultSort: SortName<S>;
  readonly filters: F;
}) {
  const names = options.sort.flatMap((name) => [name, `-${name}`]) as [SortName<S>, ...SortName<S>[]];
  return z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(25).meta({ description: 'At most so many items.' }),
    cursor: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: '`page.next` of the page before, with the same sort and filters.' }),
    sort: z
      .enum(names)
      .default(options.defaultSort as never)
      .meta({ description: 'A `-` before the name sorts downwards.' }),
    ...options.filters,
  });
}

/** The filter `q` of a list: words that are looked for in these fields. */
export function words(fields: string) {
  return z
    .string()
    .max(200)
    .optional()
    .meta({ description: `Words of ${fields}, or how they begin.` });
}

const cursorSchema = z.strictObject({
  v: z.array(z.union([z.string(), z.number(), z.null()])).max(4),
  k: z.string().max(500),
  t: instantSchema,
  f: z.string(),
});
type Cursor = z.output<typeof cursorSchema>;
type Asking = Pick<RequestContext, 'tenant' | 'route' | 'now' | 'past'>;

/** What does not make a list another one. */
const NOT_ASKED: ReadonlySet<string> = new Set(['limit', 'cursor', 'at', 'atPosition']);

/** Names tenant, list, sort and filters: a cursor of another list is refused. */
function fingerprint(query: ListQuery, ctx: Asking): string {
  const asked = Object.entries(query)
    .filter(([name, value]) => !NOT_ASKED.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([ctx.tenant, ctx.route, asked]))
    .digest('base64url')
    .slice(0, 16);
}

function cursorOf(query: ListQuery, ctx: Asking): Cursor | null {
  if (query.cursor === undefined) return null;
  let cursor: Cursor | undefined;
  try {
    cursor = cursorSchema.safeParse(JSON.parse(Buffer.from(query.cursor, 'base64url').toString('utf8'))).data;
  } catch {
    // not even JSON: refused below
  }
  const ofNow = cursor && (ctx.past ? cursor.t === ctx.now : cursor.t <= ctx.now);
  if (!cursor || !ofNow || cursor.f !== fingerprint(query, ctx)) return readErrors.refuse('read.bad-cursor');
  return cursor;
}

/** The instant at which a list derives status: that of its first page, so that all pages agree. */
export function instantOf(query: ListQuery, ctx: Asking): string {
  return cursorOf(query, ctx)?.t ?? ctx.now;
}

/**
 * What a list's query says of order and place, for {@link Query}.
 * @throws `read.bad-cursor`
 */
export function paging(query: ListQuery, ctx: Asking): Pick<Query, 'sort' | 'after' | 'limit'> {
  const descending = query.sort.startsWith('-');
  const sort = [{ index: descending ? query.sort.slice(1) : query.sort, descending }];
  const cursor = cursorOf(query, ctx);
  return { sort, limit: query.limit, ...(cursor ? { after: { values: cursor.v, key: cursor.k } } : {}) };
}

/** What a cursor goes on behind: of a document, its sort values and its key. */
type Cut = Pick<Found, 'values' | 'key'>;

/** A found page as it is answered, with the cursor of the next one. */
export function page<Row extends Cut, Item>(
  found: { readonly rows: readonly Row[]; readonly more: boolean; readonly asOf: Position },
  query: ListQuery,
  ctx: Asking,
  toItem: (row: Row) => Item,
): Page<Item> {
  const last = found.rows.at(-1);
  const next = found.more && last ? { v: last.values, k: last.key, t: instantOf(query, ctx), f: fingerprint(query, ctx) } : null;
  return {
    data: found.rows.map(toItem),
    page: { limit: query.limit, next: next && Buffer.from(JSON.stringify(next)).toString('base64url') },
    asOf: found.asOf,
  };
}
