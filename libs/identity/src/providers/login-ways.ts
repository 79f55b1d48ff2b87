// Which adapter speaks to which kind of provider.
import type { IdentityAssertion, LoginWay, Round } from './identity-assertion.js';
import type { ProviderSettings } from './provider.js';

/** All kinds of providers as one way; also the injection token of it. */
export class LoginWays implements LoginWay {
  constructor(private readonly ways: Readonly<Record<ProviderSettings['kind'], LoginWay>>) {}

  begin(round: Round) {
    return this.ways[round.settings.kind].begin(round);
  }

  finish(round: Round & { readonly verifier: string }, answer: URLSearchParams): Promise<IdentityAssertion> {
    return this.ways[round.settings.kind].finish(round, answer);
  }
}
