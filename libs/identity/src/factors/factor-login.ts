// The second step of a login: who waits in this browser, and his session once the second factor is proved.
import { requestTenant } from '#http/credentials.js';
import type { RequestContext } from '#http/request-context.js';
import { shortCookie, shortCookieOf } from '#http/short-cookie.js';
import type { SignedIn, SignIn } from '../sign-in.js';
import { factorErrors } from './factor.errors.js';
import { PENDING_LOGIN_COOKIE, type FoundLogin, type PendingLogins } from './pending-logins.js';
import type { FactorName } from './second-step.js';

export class FactorLogin {
  constructor(
    private readonly pending: PendingLogins,
    private readonly signIn: SignIn,
  ) {}

  /** @throws `login.not-pending` where no login waits in this browser, `auth.tenant-required` */
  async pendingOf(ctx: RequestContext): Promise<FoundLogin> {
    const secret = shortCookieOf(ctx.client(), PENDING_LOGIN_COOKIE);
    return (await this.pending.find(requestTenant(ctx.tenant), secret, ctx.now)) ?? factorErrors.refuse('login.not-pending');
  }

  /** Begins the session. `gone`: takes the cookie of the login that waited out of the browser. @throws `login.…` */
  async finish(ctx: RequestContext, pending: FoundLogin, factor: FactorName): Promise<{ signedIn: SignedIn; gone: string }> {
    if (!(await this.pending.take(pending))) return factorErrors.refuse('login.not-pending');
    const factors = [...pending.factors, factor];
    const signedIn = await this.signIn.finish(ctx, { userId: pending.userId, factors, authenticatedAt: ctx.now });
    return { signedIn, gone: shortCookie(ctx.client(), PENDING_LOGIN_COOKIE, '', 0) };
  }
}
