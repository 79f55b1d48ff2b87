// The feed of events: a page of JSON, or the same as server-sent events.
import { Controller, Get, Query } from '@nestjs/common';
import { EventStore, START, type Position } from '#event-store/event-store.js';
import { Allow } from '#http/allow.js';
import { read, streamed } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { httpErrors } from '#http/http-errors.js';
import type { Principal } from '#http/principal.js';
import { covers, reachOf, type Within } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext, StreamRequest } from '#http/request-context.js';
import { commaList, positionSchema } from '#http/schemas.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { cloudEventSchema } from './cloud-event.js';
import { FeedEvents } from './feed-events.js';
import type { FeedQuestion } from './feed.js';
import { FeedService } from './feed-service.js';

const EVENT_STREAM = 'text/event-stream';

const feedQuery = z.strictObject({
  after: positionSchema
    .optional()
    .meta({ description: '`next` of the page before, or any position; default: the start of the log.' }),
  type: commaList(z.string().regex(/^[A-Z][A-Za-z]{0,99}$/, 'must be the name of an event'))
    .optional()
    .meta({ description: 'Only these events, by their names: `KeyActivated,KeyDeactivated`.' }),
  organization: idSchema.optional().meta({ description: 'Only events of this organization.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .meta({ description: 'At most so many events; a stream has no limit.' }),
});
type FeedQuery = z.output<typeof feedQuery>;

const feedPage = z.strictObject({
  data: z.array(cloudEventSchema),
  next: positionSchema.meta({ description: 'Where to go on; it advances over events that the filters leave out, too.' }),
});

@Controller('v1/events')
export class FeedController {
  constructor(
    private readonly service: FeedService,
    private readonly reads: Reads,
    private readonly log: EventStore,
    private readonly known: FeedEvents,
  ) {}

  @Get()
  @Allow('event.read', {
    summary: 'Follow the events, by pages or as server-sent events',
    description:
      'CloudEvents 1.0 in the order in which they happened. With `Accept: text/event-stream` the events to come follow the ones that are there: `id` is the position, a comment with the position is sent in between.',
    answer: feedPage,
    streams: EVENT_STREAM,
    refusals: ['feed.too-many-connections', 'server.not-ready'],
  })
  async events(@Query({ schema: feedQuery }) query: FeedQuery, @Ctx() ctx: RequestContext) {
    const question = questionOf(query, ctx);
    this.refuseUnknown(query.type ?? []);
    const after = await this.placeOf(ctx.stream?.lastEventId ?? query.after ?? START);
    await this.reads.reach(this.service.view, ctx);
    if (ctx.stream) return streamed(this.open(ctx.principal, question, after, query, ctx.stream), EVENT_STREAM);
    const { events, next, asOf } = await this.service.feed.page(question, after, query.limit);
    return read({ data: events, next }, asOf);
  }

  private open(principal: Principal, question: FeedQuestion, after: Position, query: FeedQuery, request: StreamRequest) {
    const same = async () => {
      const now = questionOf(query, { principal: await request.renew() });
      return JSON.stringify(now) === JSON.stringify(question);
    };
    return this.service.stream(principal, { question, after, renew: same });
  }

  /** A name that no event has would be answered by silence for ever. @throws `request.invalid` */
  private refuseUnknown(types: readonly string[]): void {
    const pointers = types
      .filter((type) => !Object.hasOwn(this.known.table, type))
      .map((type) => ({ in: 'query' as const, pointer: '/type', detail: `${type} is no event; /asyncapi.json lists them all` }));
    if (pointers.length > 0) throw httpErrors.error('request.invalid', undefined, {}, pointers);
  }

  /** @throws `read.position-ahead` for a place that no log of this installation ever gave. */
  private async placeOf(after: Position): Promise<Position> {
    if (after > (await this.log.head())) httpErrors.refuse('read.position-ahead');
    return after;
  }
}

/** What the caller may ask for of what he asks for. @throws `auth.forbidden` */
function questionOf({ type, organization }: FeedQuery, ctx: Pick<RequestContext, 'principal'>): FeedQuestion {
  const reach = reachOf(ctx, 'event.read');
  if (reach.kind !== 'tenant' && (reach.kind !== 'within' || (reach.organizations.length === 0 && reach.contact === null)))
    return httpErrors.refuse('auth.forbidden', undefined, { permission: 'event.read' });
  const personal = covers(reachOf(ctx, 'event.read-personal'), reach);
  const { tenant } = ctx.principal;
  const asked = organization === undefined ? undefined : [organization];
  if (reach.kind === 'tenant') return { tenant, organizations: asked, types: type, personal };
  // Another organization's events are for a customer what those of a missing one are: none.
  const organizations = reach.organizations.filter((id) => organization === undefined || id === organization);
  return { tenant, organizations, actor: ownActions(reach, organization, ctx.principal), types: type, personal };
}

/** What somebody did himself, as far as his right to that holds: undefined where he has none. */
function ownActions(
  { contact, contactIn }: Within,
  organization: string | undefined,
  { actor }: Principal,
): FeedQuestion['actor'] {
  if (contact === null) return undefined;
  if (organization === undefined) return { id: actor, organizations: contactIn };
  return { id: actor, organizations: contactIn === undefined || contactIn.includes(organization) ? [organization] : [] };
}
