// The vendor's doors to its own record and its legal entities.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, revisionSchema, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { tenantSlugSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { tenant } from './tenant.js';
import { legalEntityDocSchema, tenantDocSchema, tenantView, type TenantDoc } from './tenant.view.js';
import { tenantsErrors } from './tenants.errors.js';

type Command = keyof typeof tenant.commands;
type Data<K extends Command> = CommandData<typeof tenant.commands, K>;

const nameBody = tenant.commands.rename;
const tenantAnswer = z.strictObject({ id: tenantSlugSchema, revision: revisionSchema });

@Controller('v1')
export class TenantController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Get('tenant')
  @Allow('tenant.read', { summary: "Read the vendor's own record", answer: tenantDocSchema })
  async get(@Ctx() ctx: RequestContext) {
    const { record, asOf } = await this.record(ctx);
    return read(record, asOf, record.revision);
  }

  @Post('tenant/rename')
  @Allow('tenant.manage', { summary: "Change the vendor's name", answer: tenantAnswer })
  async rename(@Body({ schema: nameBody }) body: Data<'rename'>, @Ctx() ctx: RequestContext) {
    return changed(await this.send('rename', body, ctx));
  }

  @Post('tenant/set-first-login')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Decide whether a first login makes a user',
    description: 'Of a contact without a user, by a provider that proves his address. On by default.',
    answer: tenantAnswer,
  })
  async setFirstLogin(@Body({ schema: tenant.commands.setFirstLogin }) body: Data<'setFirstLogin'>, @Ctx() ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    return changed(await this.commands.send(tenant, ctx.tenant, 'setFirstLogin', body, ctx));
  }

  @Post('tenant/set-customer-login')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Decide which customers may log in',
    description:
      "Nobody (`off`, as at first), primary and secondary contacts of organizations (`contacts`), or everybody who has a user (`users`). Where fewer may, the sessions of the others end with the answer. The vendor's own people and license keys are not asked.",
    example: { mode: 'users' },
    answer: tenantAnswer,
    refusals: ['access.not-effective'],
  })
  async setCustomerLogin(
    @Body({ schema: tenant.commands.setCustomerLogin }) body: Data<'setCustomerLogin'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.decideOnLogins('setCustomerLogin', body, ctx);
  }

  @Post('tenant/set-contact-mapping')
  @Allow('mapping.manage', {
    summary: 'Name the outside system in which contacts and organizations are kept the same, or none',
    description:
      'From then on what it has of each of them is told and can be confirmed. Where it is required, nobody is invited before it has him. Null switches that off; what was confirmed stays known.',
    example: { system: 'Acme CRM', requiredToInvite: true },
    answer: tenantAnswer,
  })
  async setContactMapping(
    @Body({ schema: tenant.commands.setContactMapping }) body: Data<'setContactMapping'>,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'mapping.manage');
    return changed(await this.commands.send(tenant, ctx.tenant, 'setContactMapping', body, ctx));
  }

  @Post('tenant/set-factor-policy')
  @Allow('login.manage', {
    stepUp: true,
    summary: 'Decide who must have a second factor',
    description:
      "Administrators always; beside them all of the vendor's people (`staff`), or everybody who logs in (`everyone`). Whoever has none is let in to add one, and to nothing else. A login by a provider that asserts more than one factor needs none here.",
    example: { requiredOf: 'staff' },
    answer: tenantAnswer,
    refusals: ['access.not-effective'],
  })
  async setFactorPolicy(
    @Body({ schema: tenant.commands.setFactorPolicy }) body: Data<'setFactorPolicy'>,
    @Ctx() ctx: RequestContext,
  ) {
    return this.decideOnLogins('setFactorPolicy', body, ctx);
  }

  @Post('legal-entities')
  @Allow('tenant.manage', {
    summary: "Add one of the vendor's own companies",
    status: 201,
    answer: commandAnswer,
    refusals: ['legal-entity.too-many'],
  })
  async add(@Body({ schema: nameBody }) body: Data<'addLegalEntity'>, @Ctx() ctx: RequestContext) {
    const outcome = await this.send('addLegalEntity', body, ctx);
    const { legalEntityId: id } = outcome.events[0]!.data as { legalEntityId: string };
    return created(outcome, `/v1/legal-entities/${id}`, { id, revision: outcome.revision });
  }

  @Post('legal-entities/:id/rename')
  @Allow('tenant.manage', {
    summary: 'Change the name of a legal entity',
    answer: commandAnswer,
    refusals: ['legal-entity.not-found', 'legal-entity.closed'],
  })
  async renameEntity(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: nameBody }) { name }: Data<'rename'>,
    @Ctx() ctx: RequestContext,
  ) {
    const outcome = await this.send('renameLegalEntity', { legalEntityId: id, name }, ctx);
    return changed(outcome, { id, revision: outcome.revision });
  }

  @Post('legal-entities/:id/close')
  @Allow('tenant.manage', {
    summary: 'Close a legal entity',
    description: 'It serves nobody new. Organizations that it serves keep it until they are moved. One stays open.',
    answer: commandAnswer,
    refusals: ['legal-entity.not-found', 'legal-entity.last-open'],
  })
  async closeEntity(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    const outcome = await this.send('closeLegalEntity', { legalEntityId: id }, ctx);
    return changed(outcome, { id, revision: outcome.revision });
  }

  @Get('legal-entities')
  @Allow('tenant.read', {
    summary: "List all of the vendor's legal entities, in the order of their adding",
    list: legalEntityDocSchema,
  })
  async list(@Ctx() ctx: RequestContext) {
    const { record, asOf } = await this.record(ctx);
    const data = record.legalEntities;
    return listed({ data, page: { limit: data.length, next: null }, asOf });
  }

  @Get('legal-entities/:id')
  @Allow('tenant.read', { summary: 'Read a legal entity', answer: legalEntityDocSchema, refusals: ['legal-entity.not-found'] })
  async getEntity(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    const { record, asOf } = await this.record(ctx);
    const entity = record.legalEntities.find((each) => each.id === id);
    return read(entity ?? tenantsErrors.refuse('legal-entity.not-found'), asOf, record.revision);
  }

  private async record(ctx: RequestContext): Promise<{ record: TenantDoc; asOf: string }> {
    requireTenant(ctx, 'tenant.read');
    const { found, asOf } = await this.reads.get(tenantView, ctx, ctx.tenant);
    return { record: found?.doc ?? tenantsErrors.refuse('tenant.not-found'), asOf };
  }

  private send<K extends Command>(command: K, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'tenant.manage');
    return this.commands.send(tenant, ctx.tenant, command, data, ctx);
  }

  /** Who is let in: it counts with the answer. */
  private async decideOnLogins<K extends Command>(command: K, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'login.manage');
    return changed(await this.effective.once(ctx, this.commands.send(tenant, ctx.tenant, command, data, ctx)));
  }
}
