// Doors to sessions: one's own, and those of others for whoever may end them.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Allow, Authenticated } from '#http/allow.js';
import { changed, read, withCookie } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accessView } from './access.view.js';
import { loginErrors } from './login.errors.js';
import { Sessions, type Session } from './sessions.js';
import { SignIn } from './sign-in.js';
import { mustStandAbove } from './user-above.js';
import { user } from './user.js';

const sessionSchema = z.strictObject({
  id: idSchema,
  current: z.boolean().meta({ description: 'Whether it is the one of this request.' }),
  factors: z.array(z.string()).meta({ description: 'By what the user proved who he is.' }),
  startedAt: instantSchema,
  seenAt: instantSchema.meta({ description: 'Of its last request, to a minute.' }),
  idleEndsAt: instantSchema.meta({ description: 'When it ends if there is no further request.' }),
  endsAt: instantSchema.meta({ description: 'When it ends in any case.' }),
  address: z.string().nullable(),
  agent: z.string().nullable().meta({ description: 'What the client called itself.' }),
});
const sessionsSchema = z.strictObject({ sessions: z.array(sessionSchema).meta({ description: 'The latest first.' }) });

const ofUserParam = z.strictObject({ id: idSchema, sessionId: idSchema });

/** Why somebody may not decide on a user. */
const over = ['user.not-found', 'user.of-others', 'user.more-than-yours'];

/** What both doors do; kept out of them so that they read as what they are. */
abstract class SessionDoors {
  constructor(
    protected readonly sessions: Sessions,
    protected readonly commands: Commands,
    protected readonly reads: Reads,
  ) {}

  protected async shown(ctx: RequestContext, userId: string) {
    const { asOf } = await this.reads.getMany(accessView, ctx, []);
    const sessions = await this.sessions.ofUser(ctx.tenant, userId, ctx.now);
    return read({ sessions: await Promise.all(sessions.map((each) => this.item(each, ctx))) }, asOf);
  }

  private async item(session: Session, { principal }: RequestContext) {
    const { id, factors, startedAt, seenAt, endsAt } = session;
    const current = id === principal.person?.sessionId;
    const idleEndsAt = this.sessions.idleEndOf(session);
    return { id, current, factors, startedAt, seenAt, idleEndsAt, endsAt, ...(await this.sessions.placeOf(session)) };
  }

  protected async end(ctx: RequestContext, userId: string, sessionId: string, by: 'self' | 'staff') {
    const known = await this.sessions.ofUser(ctx.tenant, userId, ctx.now);
    if (!known.some(({ id }) => id === sessionId)) loginErrors.refuse('session.not-found');
    const outcome = await this.commands.send(user, userId, 'endSession', { sessionId, by }, ctx);
    await this.sessions.end({ tenant: ctx.tenant, userId, id: sessionId });
    return outcome;
  }
}

@Controller('v1/sessions')
export class SessionController extends SessionDoors {
  constructor(
    sessions: Sessions,
    commands: Commands,
    reads: Reads,
    private readonly signIn: SignIn,
  ) {
    super(sessions, commands, reads);
  }

  @Get()
  @Authenticated({ summary: 'List your sessions', credentials: ['session'], answer: sessionsSchema })
  list(@Ctx() ctx: RequestContext) {
    return this.shown(ctx, ctx.principal.person!.contactId);
  }

  @Post(':id/end')
  @Authenticated({
    summary: 'End one of your sessions',
    credentials: ['session'],
    answer: commandAnswer,
    refusals: ['session.not-found'],
  })
  async endOne(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const { contactId, sessionId } = ctx.principal.person!;
    const ended = changed(await this.end(ctx, contactId, id, 'self'));
    return id === sessionId ? withCookie(ended, this.signIn.goneCookie(ctx)) : ended;
  }
}

@Controller('v1/users/:id/sessions')
export class UserSessionController extends SessionDoors {
  constructor(sessions: Sessions, commands: Commands, reads: Reads) {
    super(sessions, commands, reads);
  }

  @Get()
  @Allow('session.manage', { summary: 'List the sessions of a user', answer: sessionsSchema, refusals: over })
  async list(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    await mustStandAbove(this.reads, ctx, 'session.manage', id);
    return this.shown(ctx, id);
  }

  @Post(':sessionId/end')
  @Allow('session.manage', {
    summary: 'End a session of a user',
    answer: commandAnswer,
    refusals: [...over, 'session.not-found'],
  })
  async endOne(
    @Param({ schema: ofUserParam }) { id, sessionId }: z.output<typeof ofUserParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    await mustStandAbove(this.reads, ctx, 'session.manage', id);
    return changed(await this.end(ctx, id, sessionId, 'staff'));
  }
}
