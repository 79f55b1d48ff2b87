// How handlers read: they wait for the position that the caller asked for, then say as of which they answer. Where
// the caller asks for the past, what they read is folded from the log instead.
import { Injectable } from '@nestjs/common';
import { EventStore, type Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { JsonObject } from '#kernel/json.js';
import type { Found } from '#read-models/document.js';
import { ReadStore, type FoundPage, type Query, type ShownPage } from '#read-models/read-store.js';
import type { AnyView, IndexValue, View } from '#read-models/view.js';
import { Freshness } from '#read-models/wait-for.js';
import { inSpan } from '#telemetry/spans.js';
import { httpErrors } from './http-errors.js';
import type { RequestContext } from './request-context.js';

type Asked = Pick<RequestContext, 'tenant' | 'minPosition' | 'waitMs' | 'stale' | 'past'>;

function queried<T>({ name }: AnyView, read: () => Promise<T>): Promise<T> {
  return inSpan(`query ${name}`, {}, read);
}

@Injectable()
export class Reads {
  constructor(
    private readonly store: ReadStore,
    private readonly freshness: Freshness,
    private readonly log: EventStore,
  ) {}

  /** One document of the caller's tenant, or null. */
  async get<Doc extends JsonObject>(
    view: View<Doc>,
    ctx: Asked,
    key: string,
  ): Promise<{ found: Found<Doc> | null; asOf: Position }> {
    if (ctx.past) return { found: await ctx.past.get(view, key), asOf: ctx.past.position };
    const asOf = await this.reach(view, ctx);
    return { found: await queried(view, () => this.store.get(view, ctx.tenant, key)), asOf };
  }

  /** Those of the caller's tenant that exist, in any order; at most 1,000 keys. */
  async getMany<Doc extends JsonObject>(
    view: View<Doc>,
    ctx: Asked,
    keys: readonly string[],
  ): Promise<{ found: readonly Found<Doc>[]; asOf: Position }> {
    if (ctx.past) return { found: await ctx.past.getMany(view, keys), asOf: ctx.past.position };
    const asOf = await this.reach(view, ctx);
    return { found: keys.length === 0 ? [] : await queried(view, () => this.store.getMany(view, ctx.tenant, keys)), asOf };
  }

  /** A page of the caller's tenant. */
  async find<Doc extends JsonObject>(view: View<Doc>, ctx: Asked, query: Query): Promise<FoundPage<Doc>> {
    if (ctx.past) return ctx.past.find(view, query);
    await this.reach(view, ctx);
    return queried(view, () => this.store.find(view, ctx.tenant, query));
  }

  /** The same, with what lists show of each document instead of the document. */
  async findShown<Doc extends JsonObject>(view: View<Doc>, ctx: Asked, query: Query): Promise<ShownPage> {
    if (ctx.past) return ctx.past.findShown(view, query);
    await this.reach(view, ctx);
    return queried(view, () => this.store.findShown(view, ctx.tenant, query));
  }

  /** How many documents of the caller's tenant have each value of a `one` index, now. */
  async tally(view: AnyView, ctx: Asked, index: string): Promise<{ counts: ReadonlyMap<IndexValue, number>; asOf: Position }> {
    const asOf = await this.reach(view, ctx);
    return { counts: await queried(view, () => this.store.tally(view, ctx.tenant, index)), asOf };
  }

  /** For handlers that must see everything that has happened so far: the context that asks for it. */
  async upToDate<Context extends Asked>(ctx: Context): Promise<Context> {
    return { ...ctx, minPosition: await this.log.head(), stale: false };
  }

  /**
   * Waits, if the caller asked for a position, until the view has reached it; answers how far the view is.
   * @throws `read.position-ahead`; `read.not-caught-up` where time ran out and the caller takes nothing older.
   */
  async reach(view: AnyView, ctx: Asked): Promise<Position> {
    const asOf = await this.store.asOf(view);
    const wanted = ctx.minPosition;
    if (wanted === undefined || wanted <= asOf) return asOf;
    if (wanted > (await this.log.head())) httpErrors.refuse('read.position-ahead');
    try {
      return await this.freshness.waitFor(view, wanted, ctx.waitMs);
    } catch (error) {
      if (ctx.stale && error instanceof DomainError && error.code === 'read.not-caught-up') return this.store.asOf(view);
      throw error;
    }
  }
}
