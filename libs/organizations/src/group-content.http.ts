// Doors to the members of a group and to the licenses that are linked to it.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { moment, ONE_MOMENT, oneMoment } from '#http/as-of.js';
import { changed, listed } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { listQuery, page, paging } from '#http/paging.js';
import { reaches, reachOf } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { contactView } from './contact.view.js';
import { groupVisible, visibleGroup, withinStreams } from './group-reads.js';
import { group } from './group.js';
import { groupView } from './group.view.js';
import { membershipView } from './membership.view.js';
import { documentsOf } from './names.js';
import { placeSchema } from './organization.events.js';
import { organizationsErrors } from './organizations.errors.js';

type Command = keyof typeof group.commands;
type Data<K extends Command> = CommandData<typeof group.commands, K>;

/** In how many groups one person may be, and to how many one license may be linked: what is told of each stays short. */
const MOST_GROUPS = 100;

const { commands } = group;
const managed = ['group.not-found', 'organization.archived', 'access.not-effective'];
const memberParam = z.strictObject({ id: idSchema, contactId: idSchema });
const licenseParam = z.strictObject({ id: idSchema, licenseId: idSchema });

const memberSchema = z
  .strictObject({
    /** Of the contact. */
    id: idSchema,
    name: z.string().nullable(),
    email: z.string().nullable().meta({ description: 'Null to whom may read names only.' }),
    place: placeSchema.nullable(),
  })
  .meta({ id: 'GroupMember' });

const membersQuery = listQuery({ sort: ['addedAt'], defaultSort: 'addedAt', filters: moment }).refine(oneMoment, ONE_MOMENT);

@Controller('v1/groups')
export class GroupContentController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
  ) {}

  @Get(':id/members')
  @Allow('group.read', {
    summary: 'List the members of a group',
    description:
      'Now, or those of a past moment, in the order in which they joined the organization. Who may not read its users finds himself at most.',
    asOf: true,
    list: memberSchema,
    refusals: ['group.not-found'],
  })
  async list(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: membersQuery }) query: z.output<typeof membersQuery>,
    @Ctx() ctx: RequestContext,
  ) {
    const { doc } = await visibleGroup(this.reads, ctx, 'group.read', id);
    const { organizationId } = doc;
    const seen = doc.members.filter((contactId) => reaches(reachOf(ctx, 'user.read'), { organizationId, contactId }));
    const all = { organization: { equal: organizationId }, contact: { in: seen } };
    const within = withinStreams(ctx, [{ category: 'organization', id: organizationId }]);
    const found = await this.reads.find(membershipView, within, { all, ...paging(query, ctx) });
    const ids = found.rows.map((row) => row.doc.contactId);
    const contacts = await documentsOf(this.reads, contactView, ctx, ids);
    const details = reachOf(ctx, 'user.read-details');
    return listed(
      page(found, query, ctx, ({ doc: { contactId, place } }) => {
        const { name = null, email = null } = contacts.get(contactId) ?? {};
        return { id: contactId, name, email: reaches(details, { organizationId, contactId }) ? email : null, place };
      }),
    );
  }

  @Post(':id/members')
  @Allow('group.manage', {
    summary: 'Take a member of the organization into a group',
    description: 'From the very next request on he may use what is linked to it.',
    answer: commandAnswer,
    refusals: [...managed, 'group.not-of-organization', 'contact.archived', 'group.too-many-members', 'group.member-of-too-many'],
  })
  async add(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.addMember }) body: Data<'addMember'>,
    @Ctx() ctx: RequestContext,
  ) {
    await this.mustHaveRoom(id, 'member', body.contactId, 'group.member-of-too-many', ctx);
    return changed(await this.send('addMember', id, body, ctx));
  }

  @Post(':id/members/:contactId/remove')
  @Allow('group.manage', {
    summary: 'Take somebody out of a group',
    description: 'From the very next request on he has nothing by it any more.',
    answer: commandAnswer,
    refusals: managed,
  })
  async remove(
    @Param({ schema: memberParam }) { id, contactId }: z.output<typeof memberParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('removeMember', id, { contactId }, ctx));
  }

  @Post(':id/licenses')
  @Allow('group.manage', {
    summary: 'Link a license of the organization to a group',
    description: 'From the very next request on all its members, later ones too, may use the license.',
    answer: commandAnswer,
    refusals: [...managed, 'group.license-unknown', 'group.too-many-licenses', 'group.license-in-too-many'],
  })
  async link(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: commands.linkLicense }) body: Data<'linkLicense'>,
    @Ctx() ctx: RequestContext,
  ) {
    await this.mustHaveRoom(id, 'license', body.licenseId, 'group.license-in-too-many', ctx);
    return changed(await this.send('linkLicense', id, body, ctx));
  }

  @Post(':id/licenses/:licenseId/unlink')
  @Allow('group.manage', {
    summary: 'Unlink a license from a group',
    description: 'Access by the group ends with the very next request; activations stay.',
    answer: commandAnswer,
    refusals: managed,
  })
  async unlink(
    @Param({ schema: licenseParam }) { id, licenseId }: z.output<typeof licenseParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.send('unlinkLicense', id, { licenseId }, ctx));
  }

  private send<K extends Command>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    const guard = groupVisible(ctx, 'group.manage', id);
    return this.effective.once(ctx, this.commands.send(group, id, command, data, ctx, { guard }));
  }

  /** A rule of the view, so a few too many slip through at the very same moment. */
  private async mustHaveRoom(
    id: string,
    index: 'member' | 'license',
    value: string,
    code: 'group.member-of-too-many' | 'group.license-in-too-many',
    ctx: RequestContext,
  ): Promise<void> {
    const { doc } = await visibleGroup(this.reads, await this.reads.upToDate(ctx), 'group.manage', id);
    const all = { organization: { equal: doc.organizationId }, [index]: { equal: value } };
    const { rows } = await this.reads.find(groupView, ctx, { all, limit: MOST_GROUPS });
    if (rows.length < MOST_GROUPS || rows.some(({ key }) => key === id)) return;
    organizationsErrors.refuse(code, undefined, { allowed: MOST_GROUPS, used: rows.length });
  }
}
