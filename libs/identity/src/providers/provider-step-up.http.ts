// The door by which somebody proves once more who he is, by the account of a provider.
import { Body, Controller, Post } from '@nestjs/common';
import { Executor } from '#event-store/execute.js';
import { Authenticated } from '#http/allow.js';
import { read, withCookie } from '#http/answers.js';
import { Ctx } from '#http/ctx.js';
import { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { user } from '../user.js';
import { LoginJourney } from './login-journey.js';
import { providerErrors } from './provider.errors.js';
import { provider as providers } from './provider.js';
import { tellsWhen } from './provider-step-up.js';
import { returnToSchema, setOutSchema } from './return-to.js';

const stepUpSchema = z.strictObject({
  provider: idSchema.meta({ description: 'A login provider by which you log in.' }),
  returnTo: returnToSchema,
});

@Controller('v1/me/step-up')
export class ProviderStepUpController {
  constructor(
    private readonly journey: LoginJourney,
    private readonly executor: Executor,
    private readonly reads: Reads,
  ) {}

  @Post('provider')
  @Authenticated({
    summary: 'Prove once more who you are, by the account of a provider',
    description:
      'The page sends the browser where the answer says; the provider asks who you are although it knows you. The browser comes back to `returnTo` with the session as of then, or with the code of the refusal in `?refused=`. For OpenID providers and Entra ID, whose ID tokens say when you proved it (`auth_time`).',
    credentials: ['session'],
    answer: setOutSchema,
    query: true,
    refusals: [
      ...['identity.not-found', 'provider.no-step-up', 'provider.not-found', 'provider.unavailable'],
      'login.no-public-url',
    ],
  })
  async stepUp(@Body({ schema: stepUpSchema }) body: z.output<typeof stepUpSchema>, @Ctx() ctx: RequestContext) {
    const { provider, returnTo } = body;
    const { contactId: userId, sessionId } = ctx.principal.person!;
    const { identities } = await this.executor.stateOf(user, ctx.tenant, userId);
    if (!identities.some((each) => each.provider === provider)) providerErrors.refuse('identity.not-found');
    const { settings } = await this.executor.stateOf(providers, ctx.tenant, provider);
    if (settings && !tellsWhen(settings)) providerErrors.refuse('provider.no-step-up');
    const intent = { kind: 'step-up', userId, sessionId, begunAt: ctx.now } as const;
    const { location, cookie } = await this.journey.setOut(ctx, provider, { returnTo, intent });
    return withCookie(read({ location }, (await this.reads.upToDate(ctx)).minPosition!), cookie);
  }
}
