// Doors to the security history of a login.
import { Controller, Get, Param } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Allow, Authenticated } from '#http/allow.js';
import { read } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { z } from 'zod';
import { securityEntrySchema, securityHistory } from './security-history.js';
import { mustStandAbove } from './user-above.js';

const historySchema = z.strictObject({
  entries: z.array(securityEntrySchema).meta({ description: 'The latest first, at most 100.' }),
});

@Controller('v1')
export class SecurityController {
  constructor(
    private readonly executor: Executor,
    private readonly reads: Reads,
  ) {}

  @Get('me/security')
  @Authenticated({
    summary: 'Read the security history of your login',
    description:
      'Logins, failures, passwords and ends of sessions. Of many failures some are told, each with how many it stands for.',
    credentials: ['session'],
    answer: historySchema,
  })
  own(@Ctx() ctx: RequestContext) {
    return this.shown(ctx, ctx.principal.person!.contactId);
  }

  @Get('users/:id/security')
  @Allow('session.manage', {
    summary: 'Read the security history of a user',
    answer: historySchema,
    refusals: ['user.not-found', 'user.of-others', 'user.more-than-yours'],
  })
  async ofUser(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    await mustStandAbove(this.reads, ctx, 'session.manage', id);
    return this.shown(ctx, id);
  }

  /** Folded from the log itself, so it is as of its end. */
  private async shown(ctx: RequestContext, id: string) {
    const { minPosition } = await this.reads.upToDate(ctx);
    return read({ entries: [...(await this.executor.stateOf(securityHistory, ctx.tenant, id))] }, minPosition!);
  }
}
