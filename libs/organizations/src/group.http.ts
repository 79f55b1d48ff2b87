// Doors to groups. Who reaches an organization sees all of its groups, a member those that he is in.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { asOfQuery, moment, ONE_MOMENT, oneMoment, type AsOfQuery } from '#http/as-of.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { listQuery, page, paging, words } from '#http/paging.js';
import { reaches, reachOf, type Reach } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import type { Conditions } from '#read-models/read-store.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { contactView } from './contact.view.js';
import { deletionOf, deletionSchema } from './group-deletion.js';
import { groupSchema, groupVisible, shownGroups, visibleGroup, withinFormations } from './group-reads.js';
import { group } from './group.js';
import { groupView } from './group.view.js';
import { organizationsErrors } from './organizations.errors.js';

type Data<K extends keyof typeof group.commands> = CommandData<typeof group.commands, K>;

const { commands } = group;
const missing = ['group.not-found'];
const managed = ['group.not-found', 'organization.archived'];

const groupsQuery = listQuery({
  sort: ['name', 'createdAt'],
  defaultSort: 'name',
  filters: {
    organizationId: idSchema.optional(),
    contactId: idSchema.optional().meta({ description: 'Groups that this person is in.' }),
    licenseId: idSchema.optional().meta({ description: 'Groups that this license is linked to.' }),
    q: words('the name'),
    ...moment,
  },
}).refine(oneMoment, ONE_MOMENT);
type GroupsQuery = z.output<typeof groupsQuery>;

/** What keeps a list to what the caller may know of; all groups of these hold one of their ways. */
function waysIn(reach: Reach): readonly (readonly Conditions[])[] {
  if (reach.kind === 'tenant') return [];
  const { organizations, groups } = reach.kind === 'within' ? reach : { organizations: [], groups: [] };
  return [[{ organization: { in: organizations } }, { id: { in: groups } }]];
}

@Controller('v1/groups')
export class GroupController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Get()
  @Allow('group.read', {
    summary: 'List groups',
    description: 'Now, or those of one organization at a past moment.',
    asOf: true,
    list: groupSchema,
    refusals: ['group.organization-needed'],
  })
  async list(@Query({ schema: groupsQuery }) query: GroupsQuery, @Ctx() asking: RequestContext) {
    const { organizationId, contactId, licenseId, q } = query;
    const ctx = await withinFormations(asking, organizationId);
    const all = asked({ organization: { equal: organizationId }, member: { equal: contactId }, license: { equal: licenseId } });
    const any = [...waysIn(reachOf(ctx, 'group.read')), ...(await this.ofMember(contactId, ctx)), ...searchFor('words', q)];
    const found = await this.reads.find(groupView, ctx, { all, any, ...paging(query, ctx) });
    const docs = found.rows.map(({ doc }) => doc);
    const shown = await shownGroups(this.reads, ctx, docs);
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get(':id')
  @Allow('group.read', {
    summary: 'Read a group',
    description: 'Now, or as it was at a past moment, counting what counted then.',
    asOf: true,
    answer: groupSchema,
    refusals: missing,
  })
  async get(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: asOfQuery }) _moment: AsOfQuery,
    @Ctx() ctx: RequestContext,
  ) {
    const { doc, asOf } = await visibleGroup(this.reads, ctx, 'group.read', id);
    return read((await shownGroups(this.reads, ctx, [doc])).get(id)!, asOf, doc.revision);
  }

  @Post()
  @Allow('group.manage', {
    summary: 'Form a group',
    example: { organizationId: '01jq0000000000000000000101', name: 'Design' },
    status: 201,
    answer: commandAnswer,
    refusals: ['organization.not-found', 'organization.archived', 'group-name.taken'],
  })
  async create(@Body({ schema: commands.create }) body: Data<'create'>, @Ctx() ctx: RequestContext) {
    const { organizationId } = body;
    if (!reaches(reachOf(ctx, 'group.manage'), { organizationId })) organizationsErrors.refuse('organization.not-found');
    const id = deriveId(ctx.command.commandId, 'group');
    return created(await this.commands.send(group, id, 'create', body, ctx), `/v1/groups/${id}`);
  }

  @Post(':id/rename')
  @Allow('group.manage', { summary: 'Change the name', answer: commandAnswer, refusals: [...managed, 'group-name.taken'] })
  async rename(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.rename }) body: Data<'rename'>,
    @Ctx() ctx: RequestContext,
  ) {
    const guard = groupVisible(ctx, 'group.manage', id);
    return changed(await this.commands.send(group, id, 'rename', body, ctx, { guard }));
  }

  @Post(':id/preview-delete')
  @Allow('group.manage', {
    summary: 'See what deleting a group would change',
    description: 'Only groups are looked at: who is contact, has a role, or owns a license keeps what he has by that.',
    query: true,
    answer: deletionSchema,
    refusals: missing,
  })
  async previewDelete(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: noBody }) _body: object,
    @Ctx() asking: RequestContext,
  ) {
    const ctx = await this.reads.upToDate(asking);
    const { doc, asOf } = await visibleGroup(this.reads, ctx, 'group.manage', id);
    return read(await deletionOf(this.reads, ctx, doc), asOf, doc.revision);
  }

  @Post(':id/delete')
  @Allow('group.manage', {
    summary: 'Delete a group',
    description:
      'Refused while it has members or licenses, unless `cascade` says that they are to be let go. Its members lose what they had by it alone from the very next request on; activations stay.',
    answer: commandAnswer,
    refusals: [...managed, 'group.not-empty', 'access.not-effective'],
  })
  async delete(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.delete }) body: Data<'delete'>,
    @Ctx() ctx: RequestContext,
  ) {
    const guard = groupVisible(ctx, 'group.manage', id);
    return changed(await this.effective.once(ctx, this.commands.send(group, id, 'delete', body, ctx, { guard })));
  }

  /** Being in a group counts only in organizations that one belongs to. */
  private async ofMember(contactId: string | undefined, ctx: RequestContext): Promise<readonly (readonly Conditions[])[]> {
    if (contactId === undefined) return [];
    const { found } = await this.reads.get(contactView, ctx, contactId);
    return [[{ organization: { in: found?.doc.organizations.map(({ id }) => id) ?? [] } }]];
  }
}
