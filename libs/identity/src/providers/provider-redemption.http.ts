// The door by which an invitation is redeemed by the account of a provider.
import { Body, Controller, Post } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { withCookie } from '#http/answers.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { closedRefusals, redemptionSchema } from '../redemption.http.js';
import { LoginJourney } from './login-journey.js';
import { ProviderRedemption } from './provider-redemption.js';
import { returnToSchema, setOutSchema } from './return-to.js';

const redeemSchema = redemptionSchema.extend({
  provider: idSchema.meta({ description: 'The login provider.' }),
  returnTo: returnToSchema,
});

@Controller('v1/invitations')
export class ProviderRedemptionController {
  constructor(
    private readonly journey: LoginJourney,
    private readonly redemption: ProviderRedemption,
  ) {}

  @Post('redeem-by-provider')
  @Public({
    summary: 'Accept an invitation by the account of a provider',
    description:
      'The page sends the browser where the answer says. It comes back to `returnTo` logged in, with the account linked; or with the code of the refusal in `?refused=`. A provider that vouches for the address proves the mailbox; otherwise the code that `prove` mails does, or the invitation that was mailed.',
    ownPages: true,
    query: true,
    answer: setOutSchema,
    refusals: [
      ...['auth.cross-site', ...closedRefusals, 'invitation.signed-in-as-another', 'login.insecure'],
      ...['login.no-public-url', 'provider.not-found', 'provider.unavailable'],
    ],
  })
  async redeem(@Body({ schema: redeemSchema }) body: z.output<typeof redeemSchema>, @Ctx() ctx: RequestContext) {
    requestTenant(ctx.tenant);
    const { provider, returnTo, ...redemption } = body;
    await this.redemption.mayTry(ctx, redemption);
    const intent = { kind: 'redeem', ...redemption } as const;
    const { location, cookie } = await this.journey.setOut(ctx, provider, { returnTo, intent });
    return withCookie({ location }, cookie);
  }
}
