// Doors for somebody whose provider does not vouch for his address: a code to the mailbox, and in.
import { Body, Controller, Injectable, Post } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Public } from '#http/allow.js';
import { withCookie } from '#http/answers.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { shortCookieOf } from '#http/short-cookie.js';
import { emailSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { Afterwards } from '../afterwards.js';
import { entered, enteredSchema } from '../login.http.js';
import { LoginJourney, PENDING_COOKIE } from './login-journey.js';
import { PendingIdentities, type Holder } from './pending-identities.js';
import { identityOf, ProviderLogin } from './provider-login.js';
import { provider } from './provider.js';
import { providerErrors } from './provider.errors.js';
import { setOutSchema } from './return-to.js';

const sendSchema = z.strictObject({
  email: emailSchema
    .optional()
    .meta({ description: 'By which the vendor knows you; absent: the address that the provider told.' }),
});
const proveSchema = z.strictObject({ code: z.string().min(1).max(40) });

/** Ways in, and to a provider. */
@Injectable()
export class Journeys {
  constructor(
    readonly login: ProviderLogin,
    readonly journey: LoginJourney,
  ) {}
}

function holderOf(ctx: RequestContext): Holder {
  const tenant = requestTenant(ctx.tenant);
  const secret = shortCookieOf(ctx.client(), PENDING_COOKIE);
  return secret === null ? providerErrors.refuse('identity.not-pending') : { tenant, secret };
}

@Controller('v1/login/pending')
export class PendingIdentityController {
  constructor(
    private readonly pending: PendingIdentities,
    private readonly journeys: Journeys,
    private readonly executor: Executor,
    private readonly afterwards: Afterwards,
  ) {}

  @Post('send-code')
  @Public({
    summary: 'Have a code sent to your mailbox, to log in by the account of a provider',
    description:
      'After a login by a provider that does not vouch for your address (`?proof=` in the query of the page that you came back to). Answers the same for every address; three times at most.',
    ownPages: true,
    answer: z.strictObject({}),
    status: 202,
    refusals: [
      'auth.cross-site',
      'auth.tenant-required',
      'identity.not-pending',
      'identity.too-many-codes',
      'identity.no-address',
    ],
  })
  async send(@Body({ schema: sendSchema }) { email }: z.output<typeof sendSchema>, @Ctx() ctx: RequestContext) {
    const holder = holderOf(ctx);
    const { said } = await this.pending.of(holder, ctx.now);
    const address = email ?? said.email ?? providerErrors.refuse('identity.no-address');
    await this.pending.count(holder, ctx.now);
    const { settings } = await this.executor.stateOf(provider, ctx.tenant, said.provider);
    const name = settings?.name ?? said.kind;
    this.afterwards.do(() => this.pending.send(holder, address, name, ctx.now));
    return {};
  }

  @Post('prove')
  @Public({
    summary: 'Log in by the code from your mailbox',
    description:
      'A contact without a login gets one, to which the account of the provider is linked, and is logged in. Whoever has a login goes to the provider once more, where the answer says, and comes back to where he wanted to go: linked, and logged in.',
    ownPages: true,
    answer: z.union([enteredSchema, setOutSchema]),
    refusals: [
      ...['auth.cross-site', 'auth.tenant-required', 'identity.not-pending', 'identity.wrong-code'],
      ...['provider.not-found', 'provider.unavailable', 'login.no-public-url'],
      ...['login.no-account', 'login-identity.taken', 'login.disabled', 'login.off', 'login.contacts-only', 'login.no-role'],
    ],
  })
  async prove(@Body({ schema: proveSchema }) { code }: z.output<typeof proveSchema>, @Ctx() ctx: RequestContext) {
    const holder = holderOf(ctx);
    const { said, returnTo } = await this.pending.of(holder, ctx.now);
    const { userId, email } = await this.pending.prove(holder, code, ctx.now);
    const how = await this.journeys.login.enterProven(ctx, { ...said, email, emailProven: true }, userId);
    if (how) return entered(how);
    const intent = { kind: 'link-proven', userId, identity: identityOf(said) } as const;
    const { location, cookie } = await this.journeys.journey.setOut(ctx, said.provider, { returnTo, intent });
    return withCookie({ location }, cookie);
  }
}
