// What a login page asks first: by which ways people can log in to a vendor, from where the page is.
import { Controller, Get } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { Ctx } from '#http/ctx.js';
import { HttpOptions } from '#http/http-options.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import { asked } from '#read-models/search.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import { customerLoginSchema } from '#tenants/tenant.events.js';
import { z } from 'zod';
import { accessRulesView, FIRST_RULES } from '../access-rules.view.js';
import { findRelyingParty } from '../passkeys/relying-party.js';
import { isGuarded } from '../sign-in.js';
import { PROVIDER_KINDS } from './provider.events.js';
import { providerView } from './provider.view.js';

const waysSchema = z
  .strictObject({
    customerLogin: customerLoginSchema.meta({
      description:
        'Which customers are let in: nobody (`off`), primary and secondary contacts of organizations, or everybody who has a user.',
    }),
    password: z.boolean().meta({
      description: 'Whether e-mail and password are taken from where you are: not over plain http, which others can read.',
    }),
    passkey: z.boolean().meta({ description: 'Whether passkeys can be used where you are: by https, at a name of this server.' }),
    providers: z
      .array(z.strictObject({ id: idSchema, kind: z.enum(PROVIDER_KINDS), name: z.string() }))
      .meta({ description: 'Those that let people in; none where nobody could come back from them.' }),
  })
  .meta({ id: 'LoginWays' });

@Controller('v1/login')
export class LoginWaysController {
  constructor(
    private readonly reads: Reads,
    private readonly options: HttpOptions,
  ) {}

  @Get()
  @Public({
    summary: 'The ways to log in',
    description: 'Name the vendor by host, header or path. A vendor that is not there answers as one that has set up nothing.',
    answer: waysSchema,
  })
  async ways(@Ctx() ctx: RequestContext) {
    const guarded = isGuarded(ctx);
    const rules = (await this.reads.get(accessRulesView, ctx, ctx.tenant)).found?.doc ?? FIRST_RULES;
    const reachable = guarded && this.options.publicUrl !== null;
    return {
      customerLogin: rules.customerLogin,
      password: guarded,
      passkey: guarded && findRelyingParty(ctx.client()) !== null,
      providers: reachable ? await this.providers(ctx) : [],
    };
  }

  private async providers(ctx: RequestContext) {
    const sort = [{ index: 'name', descending: false }];
    const all = asked({ status: { equal: 'enabled' } });
    const { rows } = await this.reads.find(providerView, ctx, { all, sort, limit: MAX_PAGE });
    return rows.map(({ doc: { id, kind, name } }) => ({ id, kind, name }));
  }
}
