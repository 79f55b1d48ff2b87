// Doors for somebody whose provider does not vouch for his address: a code to the mailbox, and in.
import { Body, Controller, Post } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Public } from '#http/allow.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { shortCookieOf } from '#http/short-cookie.js';
import { emailSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { Afterwards } from '../afterwards.js';
import { signedIn, signedInSchema } from '../login.http.js';
import { PENDING_COOKIE } from './login-journey.js';
import { PendingIdentities, type Holder } from './pending-identities.js';
import { ProviderLogin } from './provider-login.js';
import { provider } from './provider.js';
import { providerErrors } from './provider.errors.js';

const sendSchema = z.strictObject({
  email: emailSchema
    .optional()
    .meta({ description: 'By which the vendor knows you; absent: the address that the provider told.' }),
});
const proveSchema = z.strictObject({ code: z.string().min(1).max(40) });

function holderOf(ctx: RequestContext): Holder {
  const tenant = requestTenant(ctx.tenant);
  const secret = shortCookieOf(ctx.client(), PENDING_COOKIE);
  return secret === null ? providerErrors.refuse('identity.not-pending') : { tenant, secret };
}

@Controller('v1/login/pending')
export class PendingIdentityController {
  constructor(
    private readonly pending: PendingIdentities,
    private readonly login: ProviderLogin,
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
    const assertion = await this.pending.assertionOf(holder, ctx.now);
    const address = email ?? assertion.email ?? providerErrors.refuse('identity.no-address');
    await this.pending.count(holder, ctx.now);
    const { settings } = await this.executor.stateOf(provider, ctx.tenant, assertion.provider);
    const name = settings?.name ?? assertion.kind;
    this.afterwards.do(() => this.pending.send(holder, address, name, ctx.now));
    return {};
  }

  @Post('prove')
  @Public({
    summary: 'Log in by the code from your mailbox',
    description: 'The account of the provider is linked to your login; the next time it leads there by itself.',
    ownPages: true,
    answer: signedInSchema,
    refusals: [
      ...['auth.cross-site', 'auth.tenant-required', 'identity.not-pending', 'identity.wrong-code'],
      ...['login.no-account', 'login-identity.taken', 'login.disabled', 'login.off', 'login.contacts-only', 'login.no-role'],
    ],
  })
  async prove(@Body({ schema: proveSchema }) { code }: z.output<typeof proveSchema>, @Ctx() ctx: RequestContext) {
    const holder = holderOf(ctx);
    const assertion = await this.pending.assertionOf(holder, ctx.now);
    const { userId, email } = await this.pending.prove(holder, code, ctx.now);
    return signedIn(await this.login.enterProven(ctx, { ...assertion, email, emailProven: true }, userId));
  }
}
