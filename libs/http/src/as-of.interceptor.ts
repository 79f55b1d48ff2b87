import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { JsonObject } from '#kernel/json.js';
import { Pasts, type Moment } from '#read-models/past.js';
import { MAX_PAGE, readErrors } from '#read-models/read-store.js';
import type { IndexValue, LookUp, View } from '#read-models/view.js';
import { momentOf } from './as-of.js';
import { Reads } from './reads.js';
import type { RequestContext } from './request-context.js';

/** Lets a handler answer as of the past where its route offers that and the caller asks for it: its `ctx` is of then. */
@Injectable()
export class AsOfInterceptor implements NestInterceptor {
  constructor(
    private readonly reads: Reads,
    private readonly pasts: Pasts,
  ) {}

  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = execution.switchToHttp().getRequest<FastifyRequest>();
    const state = request.keyledger;
    const moment = state?.rules.asOf ? momentOf(request.query) : null;
    if (state && moment) request.keyledger = { ...state, context: await this.movedTo(moment, state.context) };
    return next.handle();
  }

  /** The request's context, moved to a moment of the past. @throws `as-of.…`, `read.position-ahead` */
  private async movedTo(moment: Moment, ctx: RequestContext): Promise<RequestContext> {
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
