// Doors to roles: what each gives, and whose access a change would change, before it is made.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Executor, type Outcome } from '#event-store/execute.js';
import { Allow } from '#http/allow.js';
import { changed, created, listed, read } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import { reachOf, requireTenant } from '#http/reach.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { noBody, revisionSchema } from '#http/schemas.js';
import type { CommandData } from '#kernel/aggregate.js';
import { z } from 'zod';
import { accessRulesView, FIRST_RULES, type AccessRulesDoc } from './access-rules.view.js';
import { heldOverTenant } from './held.js';
import { identityErrors } from './identity.errors.js';
import { grantSchema } from './rights.js';
import { isBuiltIn, roleBookOf } from './role-book.js';
import { previewRole, previewSchema } from './role-preview.js';
import { personKindSchema, roleIdSchema } from './role.events.js';
import { newRoleSchema, roleChangeSchema, roles, rolesAfterChange, rolesAfterRemoval, type RolesState } from './roles.js';
import { userView } from './user.view.js';

type Command = 'add' | 'change' | 'remove' | 'setDefault';
type Data<K extends Command> = CommandData<typeof roles.commands, K>;

const roleParam = z.strictObject({ id: roleIdSchema });
type RoleId = z.output<typeof roleParam>;
const roleAnswer = z.strictObject({ id: roleIdSchema, revision: revisionSchema });
type RoleChange = z.output<typeof roleChangeSchema>;

const roleSchema = z
  .strictObject({
    id: roleIdSchema,
    kind: personKindSchema,
    title: z.string(),
    about: z.string().nullable(),
    grants: z.array(grantSchema),
    builtIn: z.boolean(),
    isDefault: z.boolean().meta({ description: 'Every new customer user gets it.' }),
  })
  .meta({ id: 'Role' });

const rolesQuery = z.strictObject({ kind: personKindSchema.optional() });

const changes = ['role.not-found', 'role.last-administrator'];
const given = ['role.scope-not-fitting', 'role.never-for-customers', 'role.more-than-yours'];
const EFFECT = 'It counts from the very next request on.';

@Controller('v1/roles')
export class RoleController {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly effective: Effective,
    private readonly executor: Executor,
  ) {}

  @Get()
  @Allow('role.read', {
    summary: 'List the roles, built-in ones first',
    description: 'Who is not of the vendor sees those for customers.',
    list: roleSchema,
  })
  async list(@Query({ schema: rolesQuery }) { kind }: z.output<typeof rolesQuery>, @Ctx() ctx: RequestContext) {
    const { data, asOf } = await this.visible(ctx);
    const found = data.filter((role) => kind === undefined || role.kind === kind);
    return listed({ data: found, page: { limit: found.length, next: null }, asOf });
  }

  @Get(':id')
  @Allow('role.read', { summary: 'Read a role', answer: roleSchema, refusals: ['role.not-found'] })
  async get(@Param({ schema: roleParam }) { id }: RoleId, @Ctx() ctx: RequestContext) {
    const { data, asOf, revision } = await this.visible(ctx);
    const role = data.find((each) => each.id === id);
    return read(role ?? identityErrors.refuse('role.not-found'), asOf, revision < 0 ? undefined : revision);
  }

  @Post()
  @Allow('role.manage', {
    stepUp: true,
    summary: 'Add a role',
    description: 'Of one for staff every right is over the tenant, of one for customers none. Nobody puts more in than he has.',
    example: {
      role: 'license-keeper',
      kind: 'customer',
      title: 'License keeper',
      grants: [{ permission: 'license.read', scope: 'organization' }],
    },
    status: 201,
    answer: roleAnswer,
    refusals: ['role.exists', 'role.too-many', ...given, 'access.not-effective'],
  })
  async add(@Body({ schema: newRoleSchema }) body: z.output<typeof newRoleSchema>, @Ctx() ctx: RequestContext) {
    const outcome = await this.send('add', { ...body, held: heldOverTenant(ctx) }, ctx);
    return created(outcome, `/v1/roles/${body.role}`, answerOf(body.role, outcome));
  }

  @Post(':id/preview')
  @Allow('role.manage', {
    summary: 'See whose access a change of a role would change, and how',
    description: 'Refused as the change itself would be.',
    query: true,
    answer: previewSchema,
    refusals: [...changes, ...given],
  })
  async preview(
    @Param({ schema: roleParam }) { id: role }: RoleId,
    @Body({ schema: roleChangeSchema }) body: RoleChange,
    @Ctx() ctx: RequestContext,
  ) {
    return this.previewOf(role, ctx, (state) => rolesAfterChange({ ...body, role, held: heldOverTenant(ctx) }, state));
  }

  @Post(':id/preview-removal')
  @Allow('role.manage', {
    summary: 'See whose access the removal of a role would change, and how',
    description: 'Refused as the removal itself would be.',
    query: true,
    answer: previewSchema,
    refusals: [...changes, 'role.is-default'],
  })
  async previewRemoval(
    @Param({ schema: roleParam }) { id: role }: RoleId,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    return this.previewOf(role, ctx, (state) => rolesAfterRemoval(role, state));
  }

  @Post(':id/change')
  @Allow('role.manage', {
    stepUp: true,
    summary: 'Change a role, built in or not',
    description: `What is not named stays. Whoever has it has it as it is then. ${EFFECT}`,
    answer: roleAnswer,
    refusals: [...changes, ...given, 'access.not-effective'],
  })
  async change(
    @Param({ schema: roleParam }) { id: role }: RoleId,
    @Body({ schema: roleChangeSchema }) body: RoleChange,
    @Ctx() ctx: RequestContext,
  ) {
    const outcome = await this.send('change', { ...body, role, held: heldOverTenant(ctx) }, ctx);
    return changed(outcome, answerOf(role, outcome));
  }

  @Post(':id/remove')
  @Allow('role.manage', {
    stepUp: true,
    summary: 'Remove a role, built in or not',
    description: `For ever: no other role gets its id. Not the default role, until another one is named. ${EFFECT}`,
    answer: roleAnswer,
    refusals: [...changes, 'role.is-default', 'access.not-effective'],
  })
  async remove(
    @Param({ schema: roleParam }) { id: role }: RoleId,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    const outcome = await this.send('remove', { role }, ctx);
    return changed(outcome, answerOf(role, outcome));
  }

  @Post(':id/set-default')
  @Allow('role.manage', {
    stepUp: true,
    summary: 'Make a role for customers the default one',
    description: 'Every customer user that is made from now on gets it; who is there keeps what he has.',
    answer: roleAnswer,
    refusals: ['role.not-found', 'role.not-fitting', 'role.more-than-yours', 'access.not-effective'],
  })
  async setDefault(
    @Param({ schema: roleParam }) { id: role }: RoleId,
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    const outcome = await this.send('setDefault', { role, held: heldOverTenant(ctx) }, ctx);
    return changed(outcome, answerOf(role, outcome));
  }

  private send<K extends Command>(command: K, data: Data<K>, ctx: RequestContext) {
    requireTenant(ctx, 'role.manage');
    return this.effective.once(ctx, this.commands.send(roles, ctx.tenant, command, data, ctx));
  }

  private async rules(ctx: RequestContext): Promise<{ rules: AccessRulesDoc; asOf: string }> {
    const { found, asOf } = await this.reads.get(accessRulesView, ctx, ctx.tenant);
    return { rules: found?.doc ?? FIRST_RULES, asOf };
  }

  private async visible(ctx: RequestContext) {
    const { rules, asOf } = await this.rules(ctx);
    const all = reachOf(ctx, 'role.read').kind === 'tenant';
    const data = [...roleBookOf(rules.roles)].flatMap(([id, { kind, title, about, grants }]) =>
      all || kind === 'customer'
        ? [{ id, kind, title, about, grants: [...grants], builtIn: isBuiltIn(id), isDefault: id === rules.defaultRole }]
        : [],
    );
    return { data, asOf, revision: rules.revision };
  }

  private async previewOf(role: string, asking: RequestContext, decide: (state: RolesState) => RolesState['changes']) {
    requireTenant(asking, 'role.manage');
    const after = decide(await this.executor.stateOf(roles, asking.tenant, asking.tenant));
    const ctx = await this.reads.upToDate(asking);
    const { rules } = await this.rules(ctx);
    const preview = await previewRole(this.reads, ctx, role, rules, after);
    return read(preview, await this.reads.reach(userView, ctx));
  }
}

function answerOf(id: string, { revision }: Pick<Outcome<unknown>, 'revision'>): z.output<typeof roleAnswer> {
  return { id, revision };
}
