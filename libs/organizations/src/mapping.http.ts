// The vendor's doors to what the outside system has: the state of each contact and organization, and conflicts.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { listQuery, page, paging } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { asked } from '#read-models/search.js';
import { z } from 'zod';
import { MappingExchange } from './mapping-exchange.js';
import { mappingSchema, shownMappings } from './mapping-shown.js';
import { MAPPED_KINDS, mappedKindSchema, type MappedKind } from './mapping.events.js';
import { mappingErrors } from './mapping.errors.js';
import { mapping } from './mapping.js';
import { kindAndState, MAPPING_STATES, mappingView, type MappingProgress } from './mapping.view.js';

const mappingsQuery = listQuery({
  sort: ['since'],
  defaultSort: 'since',
  filters: {
    kind: mappedKindSchema.optional(),
    state: commaList(z.enum(MAPPING_STATES)).optional(),
    externalId: z.string().max(200).optional(),
  },
});

const countsSchema = z.strictObject({ pending: z.int(), synchronized: z.int(), conflict: z.int() });
const countsAnswer = z.strictObject({ organization: countsSchema, contact: countsSchema });
const resolveBody = mapping.commands.resolve.pick({ keep: true });

@Controller('v1/mappings')
export class MappingController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly exchange: MappingExchange,
  ) {}

  @Get()
  @Allow('mapping.read', {
    summary: 'List contacts and organizations with what the outside system has of them',
    description: 'By default those come first that have been in their state for the longest time.',
    list: mappingSchema,
  })
  async list(@Query({ schema: mappingsQuery }) query: z.output<typeof mappingsQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'mapping.read');
    const { kind, state, externalId } = query;
    const one = state?.length === 1 ? { equal: state[0] } : { in: state };
    const all = asked({ kind: { equal: kind }, state: one, externalId: { equal: externalId } });
    const found = await this.reads.find(mappingView, ctx, { all, ...paging(query, ctx) });
    const shown = await shownMappings(
      this.reads,
      ctx,
      found.rows.map(({ doc }) => doc),
    );
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get('counts')
  @Allow('mapping.read', { summary: 'Count contacts and organizations per state', answer: countsAnswer })
  async counts(@Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'mapping.read');
    const { counts, asOf } = await this.reads.tally(mappingView, ctx, 'kindAndState');
    const of = (kind: MappedKind) => {
      const count = (state: MappingProgress) => [state, counts.get(kindAndState({ kind, state })) ?? 0] as const;
      return [kind, Object.fromEntries(MAPPING_STATES.map(count))] as const;
    };
    return read(Object.fromEntries(MAPPED_KINDS.map(of)), asOf);
  }

  @Get(':id')
  @Allow('mapping.read', {
    summary: 'Read what the outside system has of a contact or organization',
    description: 'In a conflict, with both sides of it.',
    answer: mappingSchema,
    refusals: ['mapping.not-found'],
  })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'mapping.read');
    const { found, asOf } = await this.reads.get(mappingView, ctx, id);
    if (!found) return mappingErrors.refuse('mapping.not-found');
    return read((await shownMappings(this.reads, ctx, [found.doc])).get(id)!, asOf);
  }

  @Post(':id/resolve')
  @Allow('mapping.manage', {
    summary: 'Decide a conflict: keep ours, or theirs',
    description:
      'Ours stays as it is and is pending until the outside system has confirmed it. Theirs becomes ours, by the same commands and under the same rules as everything else.',
    answer: commandAnswer,
    refusals: [
      ...['mapping.not-found', 'mapping.no-conflict', 'mapping.moved', 'contact.erased', 'contact.archived'],
      ...['contact-email.taken', 'account-number.taken', 'organization.archived', 'company.not-found', 'company.closed'],
    ],
  })
  async resolve(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: resolveBody }) { keep }: z.output<typeof resolveBody>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'mapping.manage');
    return changed(await this.exchange.resolve(ctx, id, keep));
  }

  @Post(':id/end')
  @Allow('mapping.manage', {
    summary: 'End a mapping',
    description:
      'For a contact or organization that was taken for another one there, or is no longer there. Its external id becomes free, and it is pending, as one that the outside system never had.',
    answer: commandAnswer,
    refusals: ['mapping.not-found'],
  })
  async end(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'mapping.manage');
    return changed(await this.commands.send(mapping, id, 'end', {}, ctx));
  }
}
