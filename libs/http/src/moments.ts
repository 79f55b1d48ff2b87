// Moves a request's context to a moment of the past, so that what its handler reads is as of then.
import { Injectable } from '@nestjs/common';
import type { JsonObject } from '#kernel/json.js';
import { Pasts, type Moment, type Past } from '#read-models/past.js';
import { MAX_PAGE, readErrors } from '#read-models/read-store.js';
import type { IndexValue, LookUp, View } from '#read-models/view.js';
import { Reads } from './reads.js';
import type { RequestContext } from './request-context.js';

/** A context whose reads are folded from the log. */
export type PastContext = RequestContext & { readonly past: Past };

@Injectable()
export class Moments {
  constructor(
    private readonly reads: Reads,
    private readonly pasts: Pasts,
  ) {}

  /** The context at a moment of the past. @throws `as-of.…`, `read.position-ahead`, `read.not-caught-up` */
  async at(moment: Moment, ctx: RequestContext): Promise<PastContext> {
    if (moment.at !== undefined && moment.at > ctx.now) readErrors.refuse('as-of.in-the-future');
    const known = await this.reads.upToDate(ctx);
    const minPosition = moment.atPosition ?? known.minPosition;
    await this.reads.reach(this.pasts.instants.view, { ...known, minPosition });
    const { past, instant } = await this.pasts.open(moment, {
      tenant: ctx.tenant,
      lookUp: this.lookUp({ ...known, minPosition }),
    });
    return { ...ctx, now: instant, past };
  }

  /** The context at the end of the log, for what is told from the log alone; one of the past stays what it is. */
  async ofLog(ctx: RequestContext): Promise<PastContext> {
    if (ctx.past) return { ...ctx, past: ctx.past };
    const known = await this.reads.upToDate(ctx);
    const past = this.pasts.upTo(known.minPosition!, { tenant: ctx.tenant, lookUp: this.lookUp(known) });
    return { ...ctx, past };
  }

  /** Live views name more than what there was then, never less, once they have come that far. */
  private lookUp(ctx: RequestContext): LookUp {
    return async <Doc extends JsonObject>(view: View<Doc>, index: string, value: IndexValue) => {
      const docs: Doc[] = [];
      for (let after: { values: IndexValue[]; key: string } | undefined; ;) {
        const query = { all: { [index]: { equal: value } }, limit: MAX_PAGE, ...(after && { after }) };
        const { rows, more } = await this.reads.find(view, ctx, query);
        docs.push(...rows.map(({ doc }) => doc));
        if (!more) return docs;
        after = { values: [], key: rows.at(-1)!.key };
      }
    };
  }
}
