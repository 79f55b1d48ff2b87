// Doors to organizations. Staff sees all of them; a credential that is bound to one sees that one only.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { asOfQuery, type AsOfQuery } from '#http/as-of.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { listQuery, page, paging, words } from '#http/paging.js';
import { organizationsOf, ownOrganizations, reaches, reachOf, requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import type { Permission } from '#kernel/permissions.js';
import { asked, searchFor } from '#read-models/search.js';
import type { Conditions } from '#read-models/read-store.js';
import { z } from 'zod';
import { accountNumberKey } from './account.js';
import { organization } from './organization.js';
import { shownSchema, shownTo, wholeShownSchema, wholeShownTo } from './organization-shown.js';
import { organizationView } from './organization.view.js';
import { organizationsErrors } from './organizations.errors.js';
import { STANDINGS } from './standing.js';

type Command = keyof typeof organization.commands;
type Data<K extends Command> = CommandData<typeof organization.commands, K>;

const { commands } = organization;
const missing = ['organization.not-found'];
const managed = ['organization.not-found', 'organization.archived'];

const NAME_ONLY = 'A member without further rights sees no more than the name of his organization.';

const organizationsQuery = listQuery({
  sort: ['name', 'accountNumber', 'addedAt'],
  defaultSort: 'name',
  filters: {
    status: commaList(z.enum(STANDINGS)).optional(),
    company: idSchema.optional(),
    accountNumber: z.string().max(64).optional(),
    domain: z.string().max(253).toLowerCase().optional(),
    q: words('the name, the account number or the domains'),
  },
});

function conditionsOf({ status, company, accountNumber, domain }: z.output<typeof organizationsQuery>): Conditions {
  return asked({
    status: { in: status },
    company: { equal: company },
    accountNumber: { equal: accountNumber && accountNumberKey(accountNumber) },
    domain: { equal: domain },
  });
}

/** Whether a list asks by nothing but names: what somebody may not see, he must not find anything by. */
function isPlain({ status, company, accountNumber, domain, q, sort }: z.output<typeof organizationsQuery>): boolean {
  return [status, company, accountNumber, domain, q].every((filter) => filter === undefined) && /^-?name$/.test(sort);
}

@Controller('v1/organizations')
export class OrganizationController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Get()
  @Allow('organization.read', {
    summary: 'List organizations',
    description: `${NAME_ONLY} It is not found by anything else.`,
    list: shownSchema,
  })
  async list(@Query({ schema: organizationsQuery }) query: z.output<typeof organizationsQuery>, @Ctx() ctx: RequestContext) {
    const reach = reachOf(ctx, 'organization.read');
    const named = isPlain(query) ? ownOrganizations(ctx, 'organization.read') : [];
    const own: Conditions = reach.kind === 'tenant' ? {} : { id: { in: [...organizationsOf(reach), ...named] } };
    const all = { ...conditionsOf(query), ...own };
    const found = await this.reads.find(organizationView, ctx, { all, any: searchFor('words', query.q), ...paging(query, ctx) });
    const shown = await shownTo(
      this.reads,
      ctx,
      found.rows.map(({ doc }) => doc),
    );
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get(':id')
  @Allow('organization.read', {
    summary: 'Read an organization',
    description: `Now, or as it was at a past moment, with the names as of then. ${NAME_ONLY}`,
    asOf: true,
    answer: wholeShownSchema,
    refusals: missing,
  })
  async get(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Ctx() ctx: RequestContext,
  ) {
    if (!ownOrganizations(ctx, 'organization.read').includes(id)) this.mustReach(id, ctx, 'organization.read');
    const { found, asOf } = await this.reads.get(organizationView, ctx, id);
    if (!found) return organizationsErrors.refuse('organization.not-found');
    return read(await wholeShownTo(this.reads, ctx, found.doc), asOf, found.doc.revision);
  }

  @Post()
  @Allow('organization.manage', {
    summary: 'Add an organization',
    example: { name: 'Globex', accountNumber: 'C-1042', domains: ['globex.example'] },
    status: 201,
    answer: commandAnswer,
    refusals: ['account-number.taken', 'company.not-found', 'company.closed'],
  })
  async add(@Body({ schema: commands.add }) body: Data<'add'>, @Ctx() ctx: RequestContext) {
    const id = deriveId(ctx.command.commandId, 'organization');
    return created(await this.manage('add', id, body, ctx), `/v1/organizations/${id}`);
  }

  @Post(':id/rename')
  @Allow('organization.manage', { summary: 'Change the name', answer: commandAnswer, refusals: managed })
  async rename(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.rename }) body: Data<'rename'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('rename', id, body, ctx));
  }

  @Post(':id/set-account-number')
  @Allow('organization.manage', {
    summary: 'Set or clear the account number',
    answer: commandAnswer,
    refusals: [...managed, 'account-number.taken'],
  })
  async setAccountNumber(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setAccountNumber }) body: Data<'setAccountNumber'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setAccountNumber', id, body, ctx));
  }

  @Post(':id/set-company')
  @Allow('organization.manage', {
    summary: 'Set or clear the legal entity that serves it',
    answer: commandAnswer,
    refusals: [...managed, 'company.not-found', 'company.closed'],
  })
  async setCompany(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setCompany }) body: Data<'setCompany'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setCompany', id, body, ctx));
  }

  @Post(':id/set-domains')
  @Allow('organization.manage', { summary: 'Set the host names that belong to it', answer: commandAnswer, refusals: managed })
  async setDomains(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setDomains }) body: Data<'setDomains'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setDomains', id, body, ctx));
  }

  @Post(':id/suspend')
  @Allow('organization.manage', {
    summary: 'Suspend an organization',
    description: 'None of its licenses validates until it is resumed.',
    answer: commandAnswer,
    refusals: managed,
  })
  async suspend(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.suspend }) body: Data<'suspend'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('suspend', id, body, ctx));
  }

  @Post(':id/resume')
  @Allow('organization.manage', { summary: 'End a suspension', answer: commandAnswer, refusals: managed })
  async resume(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.manage('resume', id, {}, ctx));
  }

  @Post(':id/archive')
  @Allow('organization.manage', {
    summary: 'Put an organization away',
    description: 'It keeps its history, members and account number, and takes no change until it is restored.',
    answer: commandAnswer,
    refusals: missing,
  })
  async archive(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.archive }) body: Data<'archive'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('archive', id, body, ctx));
  }

  @Post(':id/restore')
  @Allow('organization.manage', { summary: 'Take an archived organization up again', answer: commandAnswer, refusals: missing })
  async restore(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.manage('restore', id, {}, ctx));
  }

  @Post(':id/contacts/assign')
  @Allow('organization.assign-contact', {
    stepUp: true,
    summary: 'Make a member the primary or secondary contact',
    description: 'He takes the place of the one who holds it, with its rights, from the very next request on.',
    answer: commandAnswer,
    refusals: [
      ...managed,
      'organization.not-member',
      'contact.archived',
      'organization.holds-other-place',
      'organization.primary-first',
      'access.not-effective',
    ],
  })
  async assign(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.assignContact }) body: Data<'assignContact'>,
    @Ctx() ctx: RequestContext,
  ) {
    this.mustReach(id, ctx, 'organization.assign-contact');
    return changed(await this.effective.once(ctx, this.commands.send(organization, id, 'assignContact', body, ctx)));
  }

  @Post(':id/contacts/unassign')
  @Allow('organization.assign-contact', {
    summary: 'Leave the place of the secondary contact empty',
    answer: commandAnswer,
    refusals: [...managed, 'organization.primary-stays', 'access.not-effective'],
  })
  async unassign(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.unassignContact }) body: Data<'unassignContact'>,
    @Ctx() ctx: RequestContext,
  ) {
    this.mustReach(id, ctx, 'organization.assign-contact');
    return changed(await this.effective.once(ctx, this.commands.send(organization, id, 'unassignContact', body, ctx)));
  }

  @Post(':id/set-allowed-users')
  @Allow('organization.manage', {
    summary: 'Set or lift the number of users that its own people may make',
    description: 'Null lifts it. Users who are there stay, and staff makes users beyond it.',
    answer: commandAnswer,
    refusals: managed,
  })
  async setAllowedUsers(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.setAllowedUsers }) body: Data<'setAllowedUsers'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.manage('setAllowedUsers', id, body, ctx));
  }

  private manage<K extends Command>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'organization.manage');
    return this.commands.send(organization, id, command, data, ctx);
  }

  /** @throws `organization.not-found` for one that the caller must not know of. */
  private mustReach(organizationId: string, ctx: RequestContext, permission: Permission): void {
    if (!reaches(reachOf(ctx, permission), { organizationId })) organizationsErrors.refuse('organization.not-found');
  }
}
