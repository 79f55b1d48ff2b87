// The door that Facebook asks every app for (developers.facebook.com, "Data Deletion Request Callback").
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import { HttpOptions } from '#http/http-options.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { DataDeletions } from './data-deletions.js';
import { providerErrors } from './provider.errors.js';

const formSchema = z.strictObject({ signed_request: z.string().max(5_000) });
const acceptedSchema = z.strictObject({ url: z.url(), confirmation_code: z.string() });
const codeParam = z.strictObject({ code: z.string().regex(/^[\w-]{22}$/) });
const doneSchema = z.strictObject({ status: z.literal('done'), at: instantSchema });

@Controller('v1/login')
export class DataDeletionController {
  constructor(
    private readonly deletions: DataDeletions,
    private readonly options: HttpOptions,
  ) {}

  @Post(':id/data-deletion')
  @Public({
    summary: 'What Facebook calls where a person wants his data deleted',
    description:
      'Set it in the app as the “Data Deletion Request URL”. The account is unlinked from its login. The contact is the vendor’s own; whoever wants to be forgotten by the vendor asks the vendor.',
    form: true,
    answer: acceptedSchema,
    refusals: ['auth.tenant-required', 'login.no-public-url', 'provider.not-found', 'data-deletion.not-signed'],
  })
  async ask(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: formSchema }) body: z.output<typeof formSchema>,
    @Ctx() ctx: RequestContext,
  ) {
    const tenant = requestTenant(ctx.tenant);
    const publicUrl = this.options.publicUrl ?? providerErrors.refuse('login.no-public-url');
    const code = await this.deletions.ask(ctx, id, body.signed_request);
    return { url: `${publicUrl}/t/${tenant}/v1/login/data-deletions/${code}`, confirmation_code: code };
  }

  @Get('data-deletions/:code')
  @Public({
    summary: 'Whether what Facebook asked for was done',
    answer: doneSchema,
    refusals: ['auth.tenant-required', 'data-deletion.not-found'],
  })
  async look(@Param({ schema: codeParam }) { code }: { code: string }, @Ctx() ctx: RequestContext) {
    return { status: 'done', at: await this.deletions.doneAt(requestTenant(ctx.tenant), code, ctx.now) };
  }
}
