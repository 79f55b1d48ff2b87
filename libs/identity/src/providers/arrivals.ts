// What is done for somebody who is back from a provider, by what he set out for.
import type { RequestContext } from '#http/request-context.js';
import { shortCookie } from '#http/short-cookie.js';
import type { IdentityAssertion } from './identity-assertion.js';
import { isSignedIn, type FactorNeeded, type SignedIn } from '../sign-in.js';
import { PENDING_COOKIE } from './login-journey.js';
import type { Transaction } from './login-transactions.js';
import { PENDING_MS, type PendingIdentities } from './pending-identities.js';
import type { ProviderLogin } from './provider-login.js';
import type { ProviderRedemption } from './provider-redemption.js';
import type { ProviderStepUp } from './provider-step-up.js';

/** What became of it. */
export interface Arrived {
  /** What the page to which the browser goes at last is told in its query. */
  readonly outcome: Readonly<Record<string, string>>;
  /** Headers `Set-Cookie`. */
  readonly cookies: readonly string[];
}

type Came = Pick<Transaction, 'intent' | 'returnTo'>;

const NOTHING_TO_TELL: Arrived = { outcome: {}, cookies: [] };

/** He is in, or has a second factor to prove in this browser. */
function entered(how: SignedIn | FactorNeeded): Arrived {
  return { outcome: isSignedIn(how) ? {} : { proof: 'factor' }, cookies: [how.cookie] };
}

export class Arrivals {
  constructor(
    private readonly login: ProviderLogin,
    private readonly pending: PendingIdentities,
    private readonly redemption: ProviderRedemption,
    private readonly stepUp: ProviderStepUp,
  ) {}

  /** @throws the refusal that the page is told of */
  async arrived(ctx: RequestContext, { intent, returnTo }: Came, said: IdentityAssertion): Promise<Arrived> {
    switch (intent.kind) {
      case 'login':
        return this.loggedIn(ctx, returnTo, said);
      case 'link':
        await this.login.link(ctx, intent.userId, said);
        return NOTHING_TO_TELL;
      case 'link-proven':
        return entered(await this.login.enterLinked(ctx, intent, said));
      case 'step-up':
        return { outcome: {}, cookies: [await this.stepUp.done(ctx, intent, said)] };
      case 'redeem':
        return entered(await this.redemption.redeem(ctx, intent, said));
    }
  }

  private async loggedIn(ctx: RequestContext, returnTo: string, said: IdentityAssertion): Promise<Arrived> {
    const how = await this.login.enter(ctx, said);
    if (how) return entered(how);
    const secret = await this.pending.keep(ctx.tenant, { said, returnTo }, ctx.now);
    const cookie = shortCookie(ctx.client(), PENDING_COOKIE, secret, PENDING_MS / 1000);
    return { outcome: { proof: said.email === null ? 'address' : 'code' }, cookies: [cookie] };
  }
}
