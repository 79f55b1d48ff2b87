// A person's doors to the accounts of providers by which he logs in.
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Authenticated } from '#http/allow.js';
import { changed, read, withCookie } from '#http/answers.js';
import { Commands } from '#http/commands.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { commandAnswer, noBody } from '#http/schemas.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { user } from '../user.js';
import type { Identity } from '../user.identities.js';
import { identityId } from './linked-identities.js';
import { LoginJourney } from './login-journey.js';
import { providerErrors } from './provider.errors.js';
import { PROVIDER_KINDS } from './provider.events.js';
import { providerView } from './provider.view.js';
import { returnToSchema, setOutSchema } from './return-to.js';

const identityParam = z.strictObject({ identity: z.string().regex(/^[\w-]{22}$/) });
const identitySchema = z.strictObject({
  id: z.string().meta({ description: 'Of this account; it says nothing of whose it is.' }),
  provider: idSchema.meta({ description: 'The login provider.' }),
  kind: z.enum(PROVIDER_KINDS).nullable(),
  name: z
    .string()
    .nullable()
    .meta({ description: 'Of the provider; null where it was given up, and the account opens nothing.' }),
  usable: z.boolean().meta({ description: 'Whether the provider lets people in at present.' }),
});
const identitiesSchema = z.strictObject({ identities: z.array(identitySchema) });
const linkSchema = z.strictObject({ provider: idSchema, returnTo: returnToSchema });

@Controller('v1/me/identities')
export class IdentityController {
  constructor(
    private readonly commands: Commands,
    private readonly executor: Executor,
    private readonly reads: Reads,
    private readonly journey: LoginJourney,
  ) {}

  @Get()
  @Authenticated({
    summary: 'The accounts of providers by which you log in',
    credentials: ['session'],
    answer: identitiesSchema,
  })
  async list(@Ctx() ctx: RequestContext) {
    const linked = await this.linked(ctx);
    const { found, asOf } = await this.reads.getMany(providerView, ctx, [...new Set(linked.map(({ provider }) => provider))]);
    const providers = new Map(found.map(({ doc }) => [doc.id, doc]));
    const identities = linked.map((identity) => {
      const { kind = null, name = null, status } = providers.get(identity.provider) ?? {};
      return { id: identityId(identity), provider: identity.provider, kind, name, usable: status === 'enabled' };
    });
    return read({ identities }, asOf);
  }

  @Post('link')
  @Authenticated({
    summary: 'Link an account of a provider to your login',
    description:
      'The page sends the browser where the answer says; it comes back to `returnTo`, with the code in `?refused=` where the account was not linked.',
    credentials: ['session'],
    answer: setOutSchema,
    query: true,
    stepUp: true,
    refusals: ['login.no-public-url', 'provider.not-found', 'provider.unavailable'],
  })
  async link(@Body({ schema: linkSchema }) { provider, returnTo }: z.output<typeof linkSchema>, @Ctx() ctx: RequestContext) {
    const { contactId } = ctx.principal.person!;
    const { location, cookie } = await this.journey.setOut(ctx, provider, {
      returnTo,
      intent: { kind: 'link', userId: contactId },
    });
    const { asOf } = await this.reads.getMany(providerView, ctx, []);
    return withCookie(read({ location }, asOf), cookie);
  }

  @Post(':identity/unlink')
  @Authenticated({
    summary: 'Unlink an account of a provider from your login',
    description: 'Not the last way to log in: set a password or link another account first.',
    credentials: ['session'],
    answer: commandAnswer,
    refusals: ['identity.not-found', 'identity.last-way-in'],
  })
  async unlink(
    @Param({ schema: identityParam }) { identity: id }: { identity: string },
    @Body({ schema: noBody }) _body: object,
    @Ctx() ctx: RequestContext,
  ) {
    const linked = await this.linked(ctx);
    const identity = linked.find((each) => identityId(each) === id) ?? providerErrors.refuse('identity.not-found');
    const { found } = await this.reads.getMany(providerView, await this.reads.upToDate(ctx), [
      ...new Set(linked.map(({ provider }) => provider)),
    ]);
    const usable = new Set(found.filter(({ doc }) => doc.status === 'enabled').map(({ doc }) => doc.id));
    const dead = linked.map(({ provider }) => provider).filter((each) => !usable.has(each));
    const userId = ctx.principal.person!.contactId;
    return changed(await this.commands.send(user, userId, 'unlinkIdentity', { identity, by: 'self', dead, forced: false }, ctx));
  }

  private async linked(ctx: RequestContext): Promise<readonly Identity[]> {
    return (await this.executor.stateOf(user, ctx.tenant, ctx.principal.person!.contactId)).identities;
  }
}
