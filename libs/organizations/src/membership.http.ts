// Doors to the members of an organization.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Allow } from '#http/allow.js';
import { moment, ONE_MOMENT, oneMoment } from '#http/as-of.js';
import { changed, listed } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { listQuery, page, paging } from '#http/paging.js';
import { reaches, reachOf, requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { idSchema } from '#kernel/ids.js';
import { instantSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { contactView, MOST_ORGANIZATIONS } from './contact.view.js';
import { membershipView } from './membership.view.js';
import { documentsOf } from './names.js';
import { placeSchema } from './organization.events.js';
import { organization } from './organization.js';
import { organizationView } from './organization.view.js';
import { organizationsErrors } from './organizations.errors.js';

type Added = CommandData<typeof organization.commands, 'addMember'>;

const memberParam = z.strictObject({ id: idSchema, contactId: idSchema });

const memberSchema = z.strictObject({
  /** Of the contact. */
  id: idSchema,
  name: z.string().nullable(),
  email: z.string().nullable(),
  place: placeSchema.nullable(),
  addedAt: instantSchema,
});

const membersQuery = listQuery({ sort: ['addedAt'], defaultSort: 'addedAt', filters: moment }).refine(oneMoment, ONE_MOMENT);

@Controller('v1/organizations')
export class MembershipController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
  ) {}

  @Get(':id/members')
  @Allow('contact.read', {
    summary: 'List the members of an organization',
    description: 'Now, or those of a past moment.',
    asOf: true,
    list: memberSchema,
    refusals: ['organization.not-found'],
  })
  async list(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: membersQuery }) query: z.output<typeof membersQuery>,
    @Ctx() ctx: RequestContext,
  ) {
    await this.mustSee(id, ctx);
    const within = ctx.past ? { ...ctx, past: ctx.past.within([{ category: 'organization', id }]) } : ctx;
    const found = await this.reads.find(membershipView, within, { all: { organization: { equal: id } }, ...paging(query, ctx) });
    const contacts = await documentsOf(
      this.reads,
      contactView,
      ctx,
      found.rows.map(({ doc }) => doc.contactId),
    );
    const toItem = ({ contactId, place, addedAt }: (typeof found.rows)[number]['doc']) => {
      const { name = null, email = null } = contacts.get(contactId) ?? {};
      return { id: contactId, name, email, place, addedAt };
    };
    return listed(page(found, query, ctx, ({ doc }) => toItem(doc)));
  }

  @Post(':id/members')
  @Allow('organization.manage', {
    summary: 'Add a contact to an organization',
    answer: commandAnswer,
    refusals: [
      'organization.not-found',
      'organization.archived',
      'organization.too-many-members',
      'contact.unknown',
      'contact.archived',
      'contact.too-many-organizations',
    ],
  })
  async add(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: organization.commands.addMember }) body: Added,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'organization.manage');
    await this.mustHaveRoom(body.contactId, id, ctx);
    return changed(await this.commands.send(organization, id, 'addMember', body, ctx));
  }

  @Post(':id/members/:contactId/remove')
  @Allow('organization.manage', {
    summary: 'Remove a member from an organization',
    answer: commandAnswer,
    refusals: ['organization.not-found', 'organization.archived', 'organization.member-holds-place'],
  })
  async remove(
    @Param({ schema: memberParam }) { id, contactId }: z.output<typeof memberParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    requireTenant(ctx, 'organization.manage');
    return changed(await this.commands.send(organization, id, 'removeMember', { contactId }, ctx));
  }

  /** Keeps a contact's document bounded; a rule of the view, so a few too many slip through at the very same moment. */
  private async mustHaveRoom(contactId: string, organizationId: string, ctx: RequestContext): Promise<void> {
    const { found } = await this.reads.get(contactView, ctx, contactId);
    const organizations = found?.doc.organizations ?? [];
    if (organizations.length < MOST_ORGANIZATIONS || organizations.some(({ id }) => id === organizationId)) return;
    organizationsErrors.refuse('contact.too-many-organizations');
  }

  private async mustSee(organizationId: string, ctx: RequestContext): Promise<void> {
    const visible = reaches(reachOf(ctx, 'contact.read'), { organizationId });
    const { found } = visible ? await this.reads.get(organizationView, ctx, organizationId) : { found: null };
    if (!found) organizationsErrors.refuse('organization.not-found');
  }
}
