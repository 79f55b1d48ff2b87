// Somebody with a session proves once more who he is, by a provider that says when he did.
import type { RequestContext } from '#http/request-context.js';
import type { StepUp } from '../factors/step-up.js';
import type { IdentityAssertion } from './identity-assertion.js';
import type { LinkedIdentities } from './linked-identities.js';
import { providerErrors } from './provider.errors.js';
import type { ProviderSettings } from './provider.js';
import { identityOf } from './provider-login.js';

/** How far a provider's clock may be behind ours. */
const SKEW_MS = 60_000;

/** Who set out, and when. */
interface Asked {
  readonly userId: string;
  readonly sessionId: string;
  readonly begunAt: string;
}

/** Google and Facebook do not tell when somebody proved to them who he is. */
export function tellsWhen({ kind }: Pick<ProviderSettings, 'kind'>): boolean {
  return kind === 'oidc' || kind === 'entra';
}

export class ProviderStepUp {
  constructor(
    private readonly linked: LinkedIdentities,
    private readonly stepUp: StepUp,
  ) {}

  /**
   * The session goes on as of now, under another secret; answers its cookie.
   * @throws `login.not-fresh` where he has not proved it since he set out; `login.identity-refused` for an account that is
   * not linked to his login; `auth.session-ended` where another session, or none, is in that browser by now
   */
  async done(ctx: RequestContext, { userId, sessionId, begunAt }: Asked, said: IdentityAssertion): Promise<string> {
    const { authenticatedAt, kind } = said;
    const since = Date.parse(begunAt) - SKEW_MS;
    if (authenticatedAt === null || Date.parse(authenticatedAt) < since) providerErrors.refuse('login.not-fresh');
    if ((await this.linked.userOf(ctx.tenant, identityOf(said))) !== userId)
      providerErrors.refuse('login.identity-refused', 'You came back by an account that is not linked to your login.');
    return (await this.stepUp.done(ctx, kind, sessionId)).cookie;
  }
}
