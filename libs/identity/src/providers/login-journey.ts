// The two steps around what happens at a provider: setting out, and coming back.
import type { Executor } from '#event-store/execute.js';
import type { HttpOptions } from '#http/http-options.js';
import type { RequestContext } from '#http/request-context.js';
import { shortCookie, shortCookieOf } from '#http/short-cookie.js';
import type { IdentityAssertion, Round } from './identity-assertion.js';
import { transactionName, TRANSACTION_MS, type LoginTransactions, type Transaction } from './login-transactions.js';
import type { LoginWays } from './login-ways.js';
import { provider, type ProviderSettings } from './provider.js';
import { providerErrors } from './provider.errors.js';

/** The name of the cookie of whom `PendingIdentities` knows. */
export const PENDING_COOKIE = 'identity';

interface SetOut {
  readonly location: string;
  /** The header `Set-Cookie`. */
  readonly cookie: string;
}

/** Somebody who is back from where he set out, whatever the provider says of him. */
export interface CameBack {
  readonly transaction: Transaction;
  /** Takes the cookie of the journey out of the browser. */
  readonly cookie: string;
  /** What the provider says. @throws as `LoginWay.finish` does */
  assertion(): Promise<IdentityAssertion>;
}

export class LoginJourney {
  constructor(
    private readonly executor: Executor,
    private readonly transactions: LoginTransactions,
    private readonly ways: LoginWays,
    private readonly options: HttpOptions,
  ) {}

  /** @throws `provider.not-found` for one that is not there or switched off, `login.no-public-url`, `provider.unavailable` */
  async setOut(ctx: RequestContext, id: string, about: Pick<Transaction, 'returnTo' | 'intent'>): Promise<SetOut> {
    const drawn = this.transactions.draw();
    const { state, nonce, secret } = drawn;
    const round = await this.roundOf(ctx, id, state, nonce);
    const { location, verifier } = await this.ways.begin({ ...round, fresh: about.intent.kind === 'step-up' });
    await this.transactions.keep({ tenant: ctx.tenant, provider: id }, drawn, { ...about, nonce, verifier }, ctx.now);
    return { location, cookie: shortCookie(ctx.client(), transactionName(state), secret, TRANSACTION_MS / 1000) };
  }

  /** @throws `login.not-begun` where this browser did not begin that, with this provider, or it is used up */
  async comeBack(ctx: RequestContext, id: string, answer: URLSearchParams): Promise<CameBack> {
    const states = answer.getAll('state');
    const state = states.length === 1 ? states[0]! : null;
    const name = transactionName(state ?? '');
    const secret = shortCookieOf(ctx.client(), name);
    const transaction = await this.transactions.take({ tenant: ctx.tenant, provider: id }, state, secret, ctx.now);
    if (transaction === null) return providerErrors.refuse('login.not-begun');
    const assertion = async () => {
      const round = await this.roundOf(ctx, id, state!, transaction.nonce);
      return this.ways.finish({ ...round, verifier: transaction.verifier }, answer);
    };
    return { transaction, cookie: shortCookie(ctx.client(), name, '', 0), assertion };
  }

  private async roundOf({ tenant }: RequestContext, id: string, state: string, nonce: string): Promise<Round> {
    const settings = await this.settingsOf(tenant, id);
    const { publicUrl } = this.options;
    if (publicUrl === null) return providerErrors.refuse('login.no-public-url');
    return { provider: id, settings, redirectUri: redirectUri(publicUrl, tenant, id), state, nonce };
  }

  private async settingsOf(tenant: string, id: string): Promise<ProviderSettings> {
    const { settings, enabled } = await this.executor.stateOf(provider, tenant, id);
    return enabled && settings ? settings : providerErrors.refuse('provider.not-found');
  }
}

/** Where a provider sends people back to: each has an address of its own, so that no answer is taken for another's. */
function redirectUri(publicUrl: string, tenant: string, id: string): string {
  return `${publicUrl}/t/${tenant}/v1/login/${id}/callback`;
}
