// Doors for who has forgotten his password.
import { Body, Controller, Post } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { changed } from '#http/answers.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import { Effective } from '#http/effective.js';
import type { RequestContext } from '#http/request-context.js';
import { emailSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { Afterwards } from './afterwards.js';
import { LoginThrottle } from './login-throttle.js';
import { passwordSchema } from './password-fields.js';
import { PasswordReset } from './password-reset.js';

const askSchema = z.strictObject({ email: emailSchema });
const redeemSchema = z.strictObject({ code: z.string().min(1).max(200), password: passwordSchema });

@Controller('v1/password-reset')
export class PasswordResetController {
  constructor(
    private readonly reset: PasswordReset,
    private readonly afterwards: Afterwards,
    private readonly effective: Effective,
    private readonly throttle: LoginThrottle,
  ) {}

  @Post()
  @Public({
    summary: 'Ask for another password, or for a first one',
    description:
      'Answers the same to everybody. Who logs in by a password or a provider gets a mail with a code that is good once, for 30 minutes.',
    example: { email: 'grace@globex.example' },
    answer: z.strictObject({}),
    status: 202,
    refusals: ['auth.tenant-required'],
  })
  ask(@Body({ schema: askSchema }) { email }: z.output<typeof askSchema>, @Ctx() ctx: RequestContext) {
    const tenant = requestTenant(ctx.tenant);
    const { ownAddress } = ctx.client();
    const page = ownAddress === null ? null : `${ownAddress}/t/${tenant}/reset-password`;
    this.afterwards.do(() => this.reset.ask(tenant, email, page, ctx.now));
    return {};
  }

  @Post('redeem')
  @Public({
    summary: 'Choose another password by the code of a mail',
    description: 'Ends all sessions and begins none: log in with the new password, by the second factor too if there is one.',
    status: 204,
    refusals: [
      ...['auth.tenant-required', 'password-reset.invalid', 'password.too-short', 'password.too-long', 'password.too-easy'],
      ...['login.busy', 'access.not-effective'],
    ],
  })
  async redeem(@Body({ schema: redeemSchema }) { code, password }: z.output<typeof redeemSchema>, @Ctx() ctx: RequestContext) {
    requestTenant(ctx.tenant);
    const { outcome, email } = await this.reset.redeem(ctx, code, password);
    await this.throttle.forget(ctx.tenant, email);
    return changed(await this.effective.once(ctx, Promise.resolve(outcome)));
  }
}
