// Changes of rights count from the next request on: their commands answer once the views by which rights are decided
// have seen them (DESIGN §10).
import { Injectable } from '@nestjs/common';
import type { Position } from '#event-store/event-store.js';
import { DomainError } from '#kernel/errors.js';
import type { AnyView } from '#read-models/view.js';
import { httpErrors } from './http-errors.js';
import { Reads } from './reads.js';
import type { RequestContext } from './request-context.js';

/**
 * Waits until what was decided at a position counts in these views.
 * @throws `access.not-effective`: the change is made, and the same `Idempotency-Key` asks again whether it counts
 */
export async function effective(
  reads: Pick<Reads, 'reach'>,
  { tenant, waitMs }: Pick<RequestContext, 'tenant' | 'waitMs'>,
  position: Position,
  views: readonly AnyView[],
): Promise<void> {
  const asked = { tenant, waitMs, minPosition: position, stale: false };
  try {
    await Promise.all(views.map((view) => reads.reach(view, asked)));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'read.not-caught-up') throw error;
    httpErrors.refuse('access.not-effective', undefined, { position, retryAfter: 1 });
  }
}

/** The views by which rights are decided, whichever context keeps them; also the injection token of them. */
export class RightsViews {
  constructor(readonly views: readonly AnyView[]) {}
}

/** {@link effective} for contexts that do not know those views. */
@Injectable()
export class Effective {
  constructor(
    private readonly reads: Reads,
    private readonly rights: RightsViews,
  ) {}

  /** What became of a command, once it counts. @throws `access.not-effective` */
  async once<Outcome extends { readonly position: Position }>(
    ctx: Pick<RequestContext, 'tenant' | 'waitMs'>,
    running: Promise<Outcome>,
  ): Promise<Outcome> {
    const outcome = await running;
    await effective(this.reads, ctx, outcome.position, this.rights.views);
    return outcome;
  }
}
