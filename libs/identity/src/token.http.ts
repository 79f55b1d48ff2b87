// Doors to API tokens, and to what a caller is himself.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { instantOf, listQuery, page, paging, words } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { heldIn } from './held.js';
import { identityErrors } from './identity.errors.js';
import { newToken } from './new-token.js';
import { createdSchema, ShownTokens, tokenReached, tokenSchema } from './token-shown.js';
import { TOKEN_STATUSES, whereStatus } from './token-status.js';
import { newTokenSchema, token } from './token.js';
import { tokenView } from './token.view.js';

const tokensQuery = listQuery({
  sort: ['name', 'createdAt', 'expiresAt'],
  defaultSort: '-createdAt',
  filters: {
    status: commaList(z.enum(TOKEN_STATUSES)).optional(),
    organization: idSchema.optional(),
    user: idSchema.optional(),
    q: words('the name'),
  },
});

@Controller('v1/tokens')
export class TokenController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly shown: ShownTokens,
  ) {}

  @Get()
  @Allow('token.read', { summary: 'List API tokens', list: tokenSchema })
  async list(@Query({ schema: tokensQuery }) query: z.output<typeof tokensQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'token.read');
    const at = instantOf(query, ctx);
    const status = query.status ? [query.status.flatMap((each) => whereStatus(each, at))] : [];
    const found = await this.reads.find(tokenView, ctx, {
      all: asked({ organization: { equal: query.organization }, user: { equal: query.user } }),
      any: [...status, ...searchFor('words', query.q)],
      ...paging(query, ctx),
    });
    const shown = await this.shown.all(
      found.rows.map(({ doc }) => doc),
      at,
      ctx,
    );
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get(':id')
  @Allow('token.read', { summary: 'Read an API token, without its secret', answer: tokenSchema, refusals: ['token.not-found'] })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'token.read');
    const { found, asOf } = await this.reads.get(tokenView, ctx, id);
    if (!found) return identityErrors.refuse('token.not-found');
    return read((await this.shown.all([found.doc], ctx.now, ctx)).get(id)!, asOf, found.doc.revision);
  }

  @Post()
  @Allow('token.manage', {
    stepUp: true,
    summary: 'Create an API token',
    description: 'Never with more rights than those of the caller. It opens the API from the very next request on.',
    example: { name: 'Web shop', role: 'support', expiresAt: '2027-12-31T00:00:00Z' },
    status: 201,
    answer: createdSchema,
    refusals: Object.keys(identityErrors.table).filter((code) =>
      /^token\.(?!not-found|exists|tenant|too-many|expiry-too)|^role\.unknown$/.test(code),
    ),
  })
  async create(@Body({ schema: newTokenSchema }) body: z.output<typeof newTokenSchema>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'token.manage');
    const id = deriveId(ctx.command.commandId, 'token');
    const held = heldIn(ctx, body.organizationId === null ? [] : [body.organizationId]);
    const { outcome, hash, secret, expiresAt } = await newToken(this.commands, id, body, held, ctx);
    await tokenReached(this.reads, ctx, hash, outcome.position);
    return created(outcome, `/v1/tokens/${id}`, {
      id,
      revision: outcome.revision,
      expiresAt,
      secret,
      secretShown: secret !== null,
    });
  }

  @Post(':id/revoke')
  @Allow('token.manage', {
    summary: 'Revoke an API token',
    description: 'It opens nothing from the very next request on.',
    answer: commandAnswer,
    refusals: ['token.not-found'],
  })
  async revoke(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'token.manage');
    const outcome = await this.commands.send(token, id, 'revoke', {}, ctx);
    await tokenReached(this.reads, ctx, outcome.state.hash!, outcome.position);
    return changed(outcome);
  }
}
