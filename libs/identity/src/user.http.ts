// Doors to users. The vendor's people see all of them; contacts and organization administrators manage those of their
// organizations; everybody sees himself.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Outcome } from '#event-store/execute.js';
import { Allow, Authenticated } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { listQuery, page, paging, words } from '#http/paging.js';
import { covers, reachOf } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commaList, commandAnswer, idParam, noBody, type Id } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { deriveId, idSchema } from '#kernel/ids.js';
import { asked, searchFor } from '#read-models/search.js';
import { z } from 'zod';
import { heldIn, heldOverTenant } from './held.js';
import { personKindSchema, roleIdSchema, roleIdsSchema } from './role.events.js';
import { roles } from './roles.js';
import { standingItems } from './standing-items.js';
import { mayMake, newUserSchema, type NewUser } from './user-making.js';
import { UserOrganizations } from './user-organizations.js';
import { managedUser, shownUsers, USER_STATUSES, userSchema, visibleUser, waysIn } from './user-reads.js';
import { user, type UserState } from './user.js';
import { userView, type UserDoc } from './user.view.js';

type Command = keyof typeof user.commands;
type Data<K extends Command> = CommandData<typeof user.commands, K>;

const usersQuery = listQuery({
  sort: ['name', 'email', 'createdAt'],
  defaultSort: 'name',
  filters: {
    kind: personKindSchema.optional(),
    status: commaList(z.enum(USER_STATUSES)).optional(),
    role: roleIdSchema.optional(),
    organization: idSchema.optional(),
    q: words('the name or, where one may see it, the address'),
  },
});
type UsersQuery = z.output<typeof usersQuery>;

const rolesBody = z.strictObject({ roles: roleIdsSchema });
const { disable } = user.commands;
const profileBody = user.commands.changeProfile.pick({ locale: true, zone: true });
const removeBody = user.commands.remove.omit({ places: true });

const managed = ['user.not-found', 'user.of-others', 'user.more-than-yours', 'access.not-effective'];

@Controller('v1/users')
export class UserController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
    private readonly organizations: UserOrganizations,
  ) {}

  @Get()
  @Allow('user.read', {
    summary: 'List users',
    description: 'Who sees only the names of others finds them by their names only; filters look at whom he sees more of.',
    list: userSchema,
  })
  async list(@Query({ schema: usersQuery }) query: UsersQuery, @Ctx() ctx: RequestContext) {
    const { kind, status, role, organization, q } = query;
    const all = asked({
      kind: { equal: kind },
      status: { in: status },
      role: { equal: role },
      organization: { equal: organization },
    });
    const [names, details] = [reachOf(ctx, 'user.read'), reachOf(ctx, 'user.read-details')];
    const asksDetails = kind !== undefined || status !== undefined || role !== undefined;
    const any = [...waysIn(asksDetails ? details : names), ...searchFor(covers(details, names) ? 'words' : 'names', q)];
    const users = { kind: { notIn: [null] } };
    const found = await this.reads.find(userView, ctx, { all: { ...users, ...all }, any, ...paging(query, ctx) });
    const shown = await shownUsers(
      this.reads,
      ctx,
      found.rows.map(({ doc }) => doc),
    );
    return listed(page(found, query, ctx, ({ key }) => shown.get(key)));
  }

  @Get(':id')
  @Allow('user.read', { summary: 'Read a user', answer: userSchema, refusals: ['user.not-found'] })
  async get(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    const { doc, asOf } = await visibleUser(this.reads, ctx, id);
    return read((await shownUsers(this.reads, ctx, [doc])).get(id)!, asOf, doc.revision);
  }

  @Post()
  @Allow('user.manage', {
    stepUp: true,
    summary: 'Give a contact a login, or make both in one',
    description: 'Nobody gives rights that he has not. A customer logs in once the vendor lets customers log in.',
    example: { contactId: '01jq0000000000000000000201', roles: ['authorized-user'] },
    status: 201,
    answer: commandAnswer,
    refusals: [
      ...[
        'user.contact-unknown',
        'user.organization-unknown',
        'contact-email.taken',
        'user.contact-archived',
        'user.contact-suspended',
        'user.exists',
        'user.too-many',
        'user.primary-needed',
        'user.of-others',
        'organization.not-found',
        'organization.archived',
        'organization.too-many-members',
      ],
      ...['user.more-than-yours', 'role.more-than-yours', 'role.unknown', 'role.not-fitting', 'access.not-effective'],
    ],
  })
  async create(@Body({ schema: newUserSchema }) body: NewUser, @Ctx() ctx: RequestContext) {
    const { contact, kind, roles: wanted } = body;
    const held = heldIn(ctx, await mayMake(this.reads, this.organizations, ctx, body));
    const id = body.contactId ?? deriveId(ctx.command.commandId, 'contact');
    const introduction = contact ? this.organizations.introduce({ contactId: id, ...contact }) : [];
    const isStaff = kind === 'staff';
    const making = commandItem(user, id, 'create', {
      kind,
      roles: isStaff ? null : wanted,
      way: 'staff',
      held: isStaff ? [] : held,
    });
    const items = [...introduction, making, ...(isStaff ? staffRoles(ctx, id, wanted ?? []) : [])];
    return created(await this.together(ctx, items, making), `/v1/users/${id}`);
  }

  @Post(':id/disable')
  @Allow('user.manage', {
    summary: 'Disable a user',
    description: 'He cannot log in until he is enabled again; his sessions end with the answer.',
    answer: commandAnswer,
    refusals: [...managed, 'user.is-administrator', 'role.last-administrator'],
  })
  async disable(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: disable }) body: Data<'disable'>,
    @Ctx() ctx: RequestContext,
  ) {
    return changed(await this.bar('disable', id, body, ctx));
  }

  @Post(':id/enable')
  @Allow('user.manage', { summary: 'Enable a disabled user', answer: commandAnswer, refusals: managed })
  async enable(@Param({ schema: idParam }) { id }: Id, @Body({ schema: noBody }) _body: object, @Ctx() ctx: RequestContext) {
    return changed(await this.bar('enable', id, {}, ctx));
  }

  @Post(':id/remove')
  @Allow('user.manage', {
    summary: 'Take the login of a contact away',
    description:
      'The contact stays, and so does what he did, in the histories; his memberships and groups end. Not while he is primary or secondary contact of an organization: assign another one first.',
    answer: commandAnswer,
    refusals: [...managed, 'user.holds-place', 'user.has-staff-roles'],
  })
  async remove(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: removeBody }) { reason }: z.output<typeof removeBody>,
    @Ctx() ctx: RequestContext,
  ) {
    const doc = await managedUser(this.reads, ctx, 'user.manage', id);
    const removal = commandItem(user, id, 'remove', { reason, places: placesOf(doc) });
    return changed(await this.together(ctx, [removal, ...(await this.organizations.dismiss(ctx.tenant, doc))], removal));
  }

  @Post(':id/set-roles')
  @Allow('user.manage', {
    stepUp: true,
    summary: 'Give a user roles, and take others',
    description:
      'Of one of the people of the vendor roles for staff; of a customer those that are his wherever he belongs. Roles within an organization are set with its members.',
    answer: commandAnswer,
    refusals: [
      ...[
        ...managed,
        'user.disabled',
        'user.contact-suspended',
        'user.contact-archived',
        'role.unknown',
        'role.not-fitting',
        'role.more-than-yours',
      ],
      'role.last-administrator',
    ],
  })
  async setRoles(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: rolesBody }) body: z.output<typeof rolesBody>,
    @Ctx() ctx: RequestContext,
  ) {
    const doc = await managedUser(this.reads, ctx, 'user.manage', id);
    if (doc.access.user?.kind === 'staff') {
      const items = staffRoles(ctx, id, body.roles);
      return changed(await this.together(ctx, items, items[0]));
    }
    const held = heldIn(
      ctx,
      doc.access.organizations.map((each) => each.id),
    );
    return changed(await this.effective.once(ctx, this.commands.send(user, id, 'setRoles', { ...body, held }, ctx)));
  }

  @Post(':id/set-profile')
  @Authenticated({
    summary: 'Set the language and the time zone of a user',
    description: "One's own, or those of somebody whom one manages. Null is that of the vendor; what is absent stays.",
    example: { locale: 'de-AT', zone: 'Europe/Vienna' },
    answer: commandAnswer,
    refusals: ['user.not-found', 'user.of-others', 'user.more-than-yours'],
  })
  async setProfile(
    @Param({ schema: idParam }) { id }: Id,
    @Body({ schema: profileBody }) body: z.output<typeof profileBody>,
    @Ctx() ctx: RequestContext,
  ) {
    if (ctx.principal.kind !== 'user' || ctx.principal.id !== id) await managedUser(this.reads, ctx, 'user.manage', id);
    return changed(await this.commands.send(user, id, 'changeProfile', body, ctx));
  }

  private async bar<K extends 'disable' | 'enable'>(command: K, id: string, data: Data<K>, ctx: RequestContext) {
    await managedUser(this.reads, ctx, 'user.manage', id);
    const item = commandItem(user, id, command, data);
    return this.together(ctx, [item, ...standingItems(ctx.tenant, id)], item);
  }

  /** What became of one of several commands that happen together, once they all count. */
  private together(ctx: RequestContext, items: readonly CommandItem[], item: CommandItem<UserState>) {
    const asked = async () => {
      const outcomes = await this.commands.sendTogether(items, ctx);
      const position = outcomes
        .map((each) => each.position)
        .sort()
        .at(-1)!;
      return { ...(outcomes[items.indexOf(item)] as Outcome<UserState>), position };
    };
    return this.effective.once(ctx, asked());
  }
}

/** Both streams tell it, in one append: so a user is never disabled while he is made an administrator. */
function staffRoles(ctx: RequestContext, userId: string, wanted: readonly string[]) {
  const given = [...wanted];
  return [
    commandItem(user, userId, 'noteStaffRoles', { roles: given }),
    commandItem(roles, ctx.tenant, 'setStaffRoles', { userId, roles: given, held: heldOverTenant(ctx) }),
  ] as const;
}

function placesOf({ access }: UserDoc) {
  return access.organizations.flatMap(({ id: organizationId, place }) => (place ? [{ organizationId, place }] : []));
}
