// Doors to the members of an organization.
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
import { roleIdsSchema } from '#identity/role.events.js';
import type { CommandData } from '#kernel/aggregate.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { ALL_PERMISSIONS, type Permission } from '#kernel/permissions.js';
import { z } from 'zod';
import { contactView, MOST_ORGANIZATIONS } from './contact.view.js';
import { membershipView } from './membership.view.js';
import { documentsOf } from './names.js';
import { placeSchema } from './organization.events.js';
import { organization } from './organization.js';
import { organizationView } from './organization.view.js';
import { organizationsErrors } from './organizations.errors.js';

type Added = CommandData<typeof organization.commands, 'addMember'>;

const rolesBody = organization.commands.setMemberRoles.pick({ roles: true });
const managed = ['organization.not-found', 'organization.archived', 'access.not-effective'];
const memberParam = z.strictObject({ id: idSchema, contactId: idSchema });

const memberSchema = z.strictObject({
  /** Of the contact. */
  id: idSchema,
  name: z.string().nullable(),
  email: z.string().nullable(),
  place: placeSchema.nullable(),
  roles: roleIdsSchema.meta({ description: 'Those that he has in this organization.' }),
  addedAt: instantSchema,
});

const membersQuery = listQuery({ sort: ['addedAt'], defaultSort: 'addedAt', filters: moment }).refine(oneMoment, ONE_MOMENT);

@Controller('v1/organizations')
export class MembershipController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
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
    const toItem = ({ contactId, place, roles, addedAt }: (typeof found.rows)[number]['doc']) => {
      const { name = null, email = null } = contacts.get(contactId) ?? {};
      return { id: contactId, name, email, place, roles, addedAt };
    };
    return listed(page(found, query, ctx, ({ doc }) => toItem(doc)));
  }

  @Post(':id/members')
  @Allow('contact.manage', {
    summary: 'Add a contact to an organization',
    description:
      'Who reaches less than the whole vendor adds contacts of his other organizations so, and new ones by `/v1/contacts`.',
    answer: commandAnswer,
    refusals: [
      ...managed,
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
    this.mustReach(id, ctx, 'contact.manage');
    await this.mustBeAddable(body.contactId, id, ctx);
    return changed(await this.effective.once(ctx, this.commands.send(organization, id, 'addMember', body, ctx)));
  }

  @Post(':id/members/:contactId/remove')
  @Allow('contact.manage', {
    summary: 'Remove a member from an organization',
    description: 'What he had by it, by his roles there and by its groups, ends with the very next request.',
    answer: commandAnswer,
    refusals: [...managed, 'organization.member-holds-place'],
  })
  async remove(
    @Param({ schema: memberParam }) { id, contactId }: z.output<typeof memberParam>,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    this.mustReach(id, ctx, 'contact.manage');
    return changed(await this.effective.once(ctx, this.commands.send(organization, id, 'removeMember', { contactId }, ctx)));
  }

  @Post(':id/members/:contactId/set-roles')
  @Allow('user.manage', {
    stepUp: true,
    summary: 'Set the roles of a member in an organization',
    description:
      'Roles for customers; they hold in this organization, from the very next request on, and end with the membership. Nobody gives more than he may do there himself.',
    example: { roles: ['organization-administrator'] },
    answer: commandAnswer,
    refusals: [...managed, 'organization.not-member', 'organization.role-unknown', 'organization.role-beyond-yours'],
  })
  async setRoles(
    @Param({ schema: memberParam }) { id, contactId }: z.output<typeof memberParam>,
    @Body({ schema: rolesBody }) { roles }: z.output<typeof rolesBody>,
    @Ctx() ctx: RequestContext,
  ) {
    this.mustReach(id, ctx, 'user.manage');
    const staff = reachOf(ctx, 'user.manage').kind === 'tenant';
    const held = staff ? null : ALL_PERMISSIONS.filter((one) => reaches(reachOf(ctx, one), { organizationId: id }));
    const data = { contactId, roles, held };
    return changed(await this.effective.once(ctx, this.commands.send(organization, id, 'setMemberRoles', data, ctx)));
  }

  /** @throws `organization.not-found` for one that the caller must not know of. */
  private mustReach(organizationId: string, ctx: RequestContext, permission: Permission): void {
    if (!reaches(reachOf(ctx, permission), { organizationId })) organizationsErrors.refuse('organization.not-found');
  }

  /**
   * A contact whom the caller does not know is told to be unknown, as one who does not exist. That a contact's document
   * stays bounded is a rule of the view: a few too many organizations slip through at the very same moment.
   */
  private async mustBeAddable(contactId: string, organizationId: string, ctx: RequestContext): Promise<void> {
    const { found } = await this.reads.get(contactView, ctx, contactId);
    const organizations = found?.doc.organizations ?? [];
    const reach = reachOf(ctx, 'contact.read');
    const known = reach.kind === 'tenant' || organizations.some(({ id }) => reaches(reach, { organizationId: id }));
    if (!known) organizationsErrors.refuse('contact.unknown');
    if (organizations.length < MOST_ORGANIZATIONS || organizations.some(({ id }) => id === organizationId)) return;
    organizationsErrors.refuse('contact.too-many-organizations');
  }

  private async mustSee(organizationId: string, ctx: RequestContext): Promise<void> {
    const visible = reaches(reachOf(ctx, 'contact.read'), { organizationId });
    const { found } = visible ? await this.reads.get(organizationView, ctx, organizationId) : { found: null };
    if (!found) organizationsErrors.refuse('organization.not-found');
  }
}
