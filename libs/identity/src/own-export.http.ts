// The door to everything that is kept of oneself.
import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { read } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { exportSchema, OwnExport } from './own-export.js';

@Controller('v1/me')
export class OwnExportController {
  constructor(
    private readonly own: OwnExport,
    private readonly reads: Reads,
  ) {}

  @Get('export')
  @Authenticated({
    summary: 'Take away everything that is kept of you',
    description:
      'Who you are, where you belong, what is your own, how you log in and have logged in. At most five times an hour, of yourself alone.',
    credentials: ['session'],
    answer: exportSchema,
    refusals: ['export.too-many'],
  })
  async export(@Ctx() asked: RequestContext) {
    const { contactId } = asked.principal.person!;
    await this.own.count(asked, contactId);
    const ctx = await this.reads.upToDate(asked);
    return read(await this.own.of(ctx, contactId), ctx.minPosition!);
  }
}
