// Doors of a login by a provider. A browser is sent through them, so that both answer by sending it on; only what did
// not begin in this browser is refused on the spot.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { Public } from '#http/allow.js';
import { redirected } from '#http/answers.js';
import { requestTenant } from '#http/credentials.js';
import { Ctx } from '#http/ctx.js';
import type { RequestContext } from '#http/request-context.js';
import { idParam, type Id } from '#http/schemas.js';
import { DomainError } from '#kernel/errors.js';
import { z } from 'zod';
import { SignIn } from '../sign-in.js';
import { Arrivals } from './arrivals.js';
import { LoginJourney } from './login-journey.js';
import { returnToSchema, withOutcome } from './return-to.js';

const startQuery = z.strictObject({
  returnTo: returnToSchema.optional().meta({ description: 'Where the browser goes at last; default: the portal of the vendor.' }),
});

@Controller('v1/login')
export class ProviderLoginController {
  constructor(
    private readonly journey: LoginJourney,
    private readonly arrivals: Arrivals,
    private readonly signIn: SignIn,
  ) {}

  @Get(':id/start')
  @Public({
    summary: 'Log in by a provider: sends the browser there',
    description: 'Name the vendor by path: `/t/<vendor>/v1/login/<provider>/start`.',
    status: 303,
    refusals: [
      ...['auth.tenant-required', 'login.insecure', 'login.no-public-url'],
      ...['provider.not-found', 'provider.unavailable'],
    ],
  })
  async start(
    @Param({ schema: idParam }) { id }: Id,
    @Query({ schema: startQuery }) query: z.output<typeof startQuery>,
    @Ctx() ctx: RequestContext,
  ) {
    const tenant = requestTenant(ctx.tenant);
    this.signIn.mayTry(ctx);
    const { returnTo = `/t/${tenant}/` } = query;
    const { location, cookie } = await this.journey.setOut(ctx, id, { returnTo, intent: { kind: 'login' } });
    return redirected(location, cookie);
  }

  @Get(':id/callback')
  @Public({
    summary: 'Where a provider sends the browser back to',
    description:
      'Begins the session and sends the browser on to where it wanted to go. Where the login was refused, the code of the refusal stands in the query there: `?refused=login.no-account`. Where the mailbox must be proven first, by `POST /v1/login/pending/send-code`, it says `?proof=code`, or `?proof=address` where the provider told no address. Where a second factor must be proved, by `POST /v1/login/factor`, it says `?proof=factor`.',
    status: 303,
    foreignQuery: true,
    refusals: ['auth.tenant-required', 'login.not-begun'],
  })
  async callback(@Param({ schema: idParam }) { id }: Id, @Ctx() ctx: RequestContext) {
    requestTenant(ctx.tenant);
    const back = await this.journey.comeBack(ctx, id, ctx.foreignQuery!);
    const { returnTo } = back.transaction;
    try {
      const { outcome, cookies } = await this.arrivals.arrived(ctx, back.transaction, await back.assertion());
      return redirected(withOutcome(returnTo, outcome), back.cookie, ...cookies);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return redirected(withOutcome(returnTo, { refused: error.code }), back.cookie);
    }
  }
}
