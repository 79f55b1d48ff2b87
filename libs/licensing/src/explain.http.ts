// Why: the verdict of a validation, or the refusal of a command, with its rule, its inputs and the events behind them.
import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Allow, type AllowOptions } from '#http/allow.js';
import { read } from '#http/answers.js';
import { asOfQuery, type AsOfQuery } from '#http/as-of.js';
import { Ctx } from '#http/ctx.js';
import { Moments } from '#http/moments.js';
import { reachOf } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { causeSchema } from './activation.events.js';
import { deviceBodySchema, hashedDevice } from './devices.js';
import { explainCommand, explainedCommandSchema } from './explain-command.js';
import { explainedVerdictSchema, explainVerdict } from './explain-validation.js';
import { heldBy } from './license-hold.js';
import { sightOf } from './license-reads.js';
import type { License } from './license-state.js';
import { caseOf, validationBody } from './verdicts.js';

const asker = causeSchema
  .default('device')
  .meta({ description: 'Who would ask: budgets and minimum ages hold up customers and devices, never the vendor.' });
const activationBody = deviceBodySchema.extend({ asker });
const deactivationBody = z.strictObject({ activationId: idSchema, asker });

const options = (of: string, answer: z.ZodType): AllowOptions => ({
  summary: `Explain ${of}`,
  description:
    'Writes nothing. Every check up to the one that decided, with what it looked at and the event that last wrote it; now, or as of a past moment. Wants `license.read` too.',
  query: true,
  asOf: true,
  answer,
  refusals: ['license.not-found'],
});

@Controller('v1/licenses/:id')
export class ExplainController {
  constructor(
    private readonly reads: Reads,
    private readonly keyring: Keyring,
    private readonly moments: Moments,
  ) {}

  @Post('explain-validation')
  @Allow('history.read', options('the verdict on a license', explainedVerdictSchema))
  async validation(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Body({ schema: validationBody }) body: z.output<typeof validationBody>,
    @Ctx() asked: RequestContext,
  ) {
    const ctx = await this.moments.ofLog(asked);
    const found = await caseOf(this.reads, this.keyring, id, body, ctx, 'license.read');
    heldBy(reachOf(ctx, 'history.read'), found.known.license);
    return read(await explainVerdict(found, ctx.past, ctx.now), ctx.past.position);
  }

  @Post('explain-activation')
  @Allow('history.read', options('whether a device could be activated', explainedCommandSchema))
  async activation(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Body({ schema: activationBody }) { asker: cause, ...device }: z.output<typeof activationBody>,
    @Ctx() asked: RequestContext,
  ) {
    const ctx = await this.moments.ofLog(asked);
    const data = { ...(await hashedDevice(this.keyring, ctx.tenant, device)), cause };
    const command = { ...ctx.command, now: ctx.now };
    const guard = await this.guard(id, ctx);
    return read(await explainCommand(ctx.past, id, 'activate', data, command, guard), ctx.past.position);
  }

  @Post('explain-deactivation')
  @Allow('history.read', options('whether a device could be released', explainedCommandSchema))
  async deactivation(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Body({ schema: deactivationBody }) { activationId, asker: cause }: z.output<typeof deactivationBody>,
    @Ctx() asked: RequestContext,
  ) {
    const ctx = await this.moments.ofLog(asked);
    const command = { ...ctx.command, now: ctx.now };
    const guard = await this.guard(id, ctx);
    return read(await explainCommand(ctx.past, id, 'deactivate', { activationId, cause }, command, guard), ctx.past.position);
  }

  /** Who explains a license reads it and its history. */
  private async guard(id: string, ctx: RequestContext): Promise<(state: License | null) => void> {
    const sights = [await sightOf(this.reads, ctx, 'license.read', id), await sightOf(this.reads, ctx, 'history.read', id)];
    return (state) => sights.forEach(({ hold }) => hold(state));
  }
}
