// What a caller is himself, and what he may do: of a signed-in user with where each right comes from.
import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '#http/allow.js';
import { read } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import type { Person } from '#http/principal.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { SCOPES } from '#kernel/permissions.js';
import { placeSchema } from '#organizations/organization.events.js';
import { z } from 'zod';
import { grantSchema } from './rights.js';
import { personKindSchema, roleIdSchema } from './role.events.js';
import { tokenAccessView } from './token.view.js';
import { userView } from './user.view.js';

const rolesSchema = z.array(roleIdSchema);

const rightSchema = z.strictObject({
  permission: z.string(),
  scope: z.enum(SCOPES),
  organizationId: idSchema.nullable().meta({ description: 'Where it holds; null: wherever he is.' }),
  via: z.string().meta({ description: 'What gives it: `role:<id>`, or `place:primary`.' }),
});

const personSchema = z.strictObject({
  kind: personKindSchema,
  name: z.string(),
  firstName: z.string().nullable().meta({ description: 'Null where he has not told his names apart.' }),
  lastName: z.string().nullable(),
  email: z.string(),
  roles: rolesSchema,
  organizations: z.array(z.strictObject({ id: idSchema, place: placeSchema.nullable(), roles: rolesSchema })),
  groups: z.array(z.strictObject({ id: idSchema, organizationId: idSchema })),
  rights: z.array(rightSchema),
  locale: z.string().nullable().meta({ description: 'Null: that of the vendor.' }),
  zone: z.string().nullable().meta({ description: 'Null: that of the vendor.' }),
  authenticatedAt: instantSchema.meta({ description: 'When he last proved who he is.' }),
  factors: z.array(z.string()).meta({ description: 'By what: `password`, `totp`, `passkey`, …' }),
});

const meSchema = z.strictObject({
  kind: z.enum(['token', 'license', 'operator', 'anonymous', 'user']),
  id: z.string(),
  tenant: z.string(),
  organizationId: idSchema.nullable().meta({ description: 'The one that the credential is bound to.' }),
  grants: z.array(grantSchema).meta({ description: 'What the caller may do at all, each once.' }),
  person: personSchema.nullable().meta({ description: 'Of a signed-in user: who he is, and where he may do what, and why.' }),
});

/** A user may have a right many times over; here each stands once. */
function once(grants: readonly z.output<typeof grantSchema>[]): z.output<typeof grantSchema>[] {
  return [...new Map(grants.map(({ permission, scope }) => [`${permission} ${scope}`, { permission, scope }])).values()];
}

@Controller('v1/me')
export class MeController {
  constructor(private readonly reads: Reads) {}

  @Get()
  @Authenticated({ summary: 'Who the caller is, and what he may do', answer: meSchema, credentials: ['bearer', 'license'] })
  async get(@Ctx() ctx: RequestContext) {
    const { kind, id, tenant, organization, grants, person } = ctx.principal;
    const { asOf } = await this.reads.getMany(tokenAccessView, ctx, []); // how far rights are known, no document
    const whoever = { kind, id, tenant, organizationId: organization ?? null, grants: once(grants) };
    return read({ ...whoever, person: person ? await this.shown(person, ctx) : null }, asOf);
  }

  private async shown(person: Person, ctx: RequestContext): Promise<z.output<typeof personSchema>> {
    const { contactId, kind, rights, groups, authenticatedAt, factors } = person;
    const { found } = await this.reads.get(userView, ctx, contactId);
    const { name = '', email = '', access, locale = null, zone = null, firstName = null, lastName = null } = found?.doc ?? {};
    return {
      ...{ kind, name, firstName, lastName, email, locale, zone, authenticatedAt },
      roles: [...(access?.user?.roles ?? [])],
      organizations: (access?.organizations ?? []).map((each) => ({ ...each, roles: [...each.roles] })),
      groups: [...groups],
      rights: [...rights],
      factors: [...factors],
    };
  }
}
