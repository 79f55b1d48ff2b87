// The vendor's doors to the providers by which people log in.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { listQuery, page, paging } from '#http/paging.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import { deriveId } from '#kernel/ids.js';
import { asked } from '#read-models/search.js';
import { z } from 'zod';
import { providerErrors } from './provider.errors.js';
import { provider } from './provider.js';
import { newProviderSchema, providerChangeSchema, type ProviderFields } from './provider-fields.js';
import { PROVIDER_STATUSES, providerDocSchema, providerView } from './provider.view.js';

const providersQuery = listQuery({
  sort: ['name', 'createdAt'],
  defaultSort: 'name',
  filters: { status: z.enum(PROVIDER_STATUSES).optional() },
});

const example = {
  kind: 'oidc',
  name: 'Globex staff',
  clientId: 'keyledger',
  clientSecret: 'as the provider gave it out',
  issuer: 'https://id.globex.example',
};

@Controller('v1/login-providers')
export class ProviderController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
  ) {}

  @Get()
  @Allow('login.manage', { summary: 'List login providers', list: providerDocSchema })
  async list(@Query({ schema: providersQuery }) query: z.output<typeof providersQuery>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    const all = asked({ status: { equal: query.status } });
    const found = await this.reads.find(providerView, ctx, { all, ...paging(query, ctx) });
    return listed(page(found, query, ctx, ({ doc }) => doc));
  }

  @Get(':id')
  @Allow('login.manage', {
    summary: 'Read a login provider, without its secret',
    answer: providerDocSchema,
    refusals: ['provider.not-found'],
  })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    const { found, asOf } = await this.reads.get(providerView, ctx, id);
    if (!found) return providerErrors.refuse('provider.not-found');
    return read(found.doc, asOf, found.doc.revision);
  }

  @Post()
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Set up a login provider',
    description: 'Its secret is kept encrypted and never shown again. It lets nobody in until it is enabled.',
    example,
    status: 201,
    answer: commandAnswer,
  })
  async add(@Body({ schema: newProviderSchema }) body: z.output<typeof newProviderSchema>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    const id = deriveId(ctx.command.commandId, 'provider');
    const outcome = await this.commands.send(provider, id, 'add', body, ctx);
    return created(outcome, `/v1/login-providers/${id}`);
  }

  @Post(':id/configure')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Set up a login provider otherwise',
    description: 'Says everything anew; only the secret stays where none is sent. The kind stays for ever.',
    example,
    answer: commandAnswer,
    refusals: ['provider.not-found', 'provider.kind-fixed'],
  })
  async configure(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: providerChangeSchema }) body: ProviderFields,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'login.manage');
    return changed(await this.commands.send(provider, id, 'configure', body, ctx));
  }

  @Post(':id/enable')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Let people log in by a provider',
    answer: commandAnswer,
    refusals: ['provider.not-found'],
  })
  enable(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return this.switched(id, 'enable', ctx);
  }

  @Post(':id/disable')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Let nobody log in by a provider',
    description: 'Who is logged in stays so. Linked identities are kept for when it is enabled again.',
    answer: commandAnswer,
    refusals: ['provider.not-found'],
  })
  disable(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return this.switched(id, 'disable', ctx);
  }

  @Post(':id/remove')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Give up a login provider for ever',
    description: 'Identities that were linked by it open nothing any more, also not by another provider of the same issuer.',
    answer: commandAnswer,
    refusals: ['provider.not-found'],
  })
  remove(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return this.switched(id, 'remove', ctx);
  }

  private async switched(id: string, command: 'enable' | 'disable' | 'remove', ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    return changed(await this.commands.send(provider, id, command, {}, ctx));
  }
}
