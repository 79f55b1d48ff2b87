// The hot path: is this license valid, here and now? Always 200 for a license that the caller may know of.
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Keyring } from '#event-store/keyring.js';
import { Allow } from '#http/allow.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import type { z } from 'zod';
import { judge, EXAMPLE_VALIDATION, validationBody, verdictSchema } from './verdicts.js';

@Controller('v1/licenses/:id')
export class VerdictController {
  constructor(
    private readonly reads: Reads,
    private readonly keyring: Keyring,
  ) {}

  @Post('validate')
  @Allow('license.validate', {
    summary: 'Ask for the verdict on a license',
    example: EXAMPLE_VALIDATION,
    description: 'Writes nothing. `code` names the check that decided; `checks` lists those before it.',
    query: true,
    answer: verdictSchema,
    refusals: ['license.not-found'],
  })
  validate(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: validationBody }) body: z.output<typeof validationBody>,
    @Ctx() ctx: RequestContext,
  ) {
    return judge(this.reads, this.keyring, id, body, ctx);
  }
}
