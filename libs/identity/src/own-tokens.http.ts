// A user's doors to API tokens that act as himself.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { changed, created, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { deriveId } from '#kernel/ids.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { newUserToken } from './new-token.js';
import { createdSchema, ShownTokens, tokenReached, tokenSchema } from './token-shown.js';
import { newUserTokenSchema, token, type TokenState } from './token.js';
import { tokenView } from './token.view.js';

/** Of one user that are not revoked. */
const MOST_TOKENS = 20;

const tokensSchema = z.strictObject({ tokens: z.array(tokenSchema).meta({ description: 'The latest first, at most 100.' }) });

@Controller('v1/me/tokens')
export class OwnTokensController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly shown: ShownTokens,
  ) {}

  @Get()
  @Authenticated({ summary: 'List your API tokens', credentials: ['session'], answer: tokensSchema })
  async list(@Ctx() ctx: RequestContext) {
    const { rows, asOf } = await this.own(ctx);
    const docs = rows.map(({ doc }) => doc);
    return read({ tokens: [...(await this.shown.all(docs, ctx.now, ctx)).values()] }, asOf);
  }

  @Post()
  @Authenticated({
    summary: 'Make an API token that acts as you',
    description:
      'It may do what you name of what you may do at each request, and nothing of what wants a session. It ends with your login: when you are disabled, removed, archived or erased; another password leaves it, unless you say otherwise.',
    example: { name: 'Build server', permissions: ['license.read', 'activation.create'] },
    credentials: ['session'],
    stepUp: true,
    status: 201,
    answer: createdSchema,
    refusals: [
      ...['token.more-than-yours', 'token.too-many', 'token.expiry-past', 'token.expiry-too-late'],
      'access.not-effective',
    ],
  })
  async create(@Body({ schema: newUserTokenSchema }) body: z.output<typeof newUserTokenSchema>, @Ctx() ctx: RequestContext) {
    const { contactId: userId, rights } = ctx.principal.person!;
    const { rows } = await this.own(await this.reads.upToDate(ctx));
    if (rows.filter(({ doc }) => doc.revokedAt === null).length >= MOST_TOKENS) identityErrors.refuse('token.too-many');
    const id = deriveId(ctx.command.commandId, 'token');
    const held = [...new Set(rights.map(({ permission }) => permission))];
    const { outcome, hash, secret, expiresAt } = await newUserToken(this.commands, id, body, { userId, held }, ctx);
    await tokenReached(this.reads, ctx, hash, outcome.position);
    const answer = { id, revision: outcome.revision, expiresAt, secret, secretShown: secret !== null };
    return created(outcome, `/v1/me/tokens/${id}`, answer);
  }

  @Post(':id/revoke')
  @Authenticated({
    summary: 'Revoke one of your API tokens',
    description: 'It opens nothing from the very next request on.',
    credentials: ['session'],
    answer: commandAnswer,
    refusals: ['token.not-found'],
  })
  async revoke(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const own = ctx.principal.person!.contactId;
    const guard = ({ userId }: TokenState) => {
      if (userId !== own) identityErrors.refuse('token.not-found');
    };
    const outcome = await this.commands.send(token, id, 'revoke', {}, ctx, { guard });
    await tokenReached(this.reads, ctx, outcome.state.hash!, outcome.position);
    return changed(outcome);
  }

  private own(ctx: RequestContext) {
    const all = { user: { equal: ctx.principal.person!.contactId } };
    return this.reads.find(tokenView, ctx, { all, sort: [{ index: 'createdAt', descending: true }], limit: MAX_PAGE });
  }
}
