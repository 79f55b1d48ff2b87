// What a provider says of a person, whichever provider it is: all that the rest of the product ever sees of it.
import type { ProviderSettings } from './provider.js';

export interface IdentityAssertion {
  /** The id of the provider's configuration; with issuer and subject it is the key of an identity. Never the e-mail. */
  readonly provider: string;
  readonly kind: ProviderSettings['kind'];
  readonly issuer: string;
  readonly subject: string;
  /** What else the provider calls the person, where `subject` is another claim than `sub`. */
  readonly sub: string | null;
  readonly email: string | null;
  /** Whether the provider vouches that the address is this person's (see `claims.ts`). */
  readonly emailProven: boolean;
  /** When the person proved to the provider who he is, if it says so: ISO, UTC, milliseconds. */
  readonly authenticatedAt: string | null;
  /** How he did, in the words of RFC 8176; empty unless the vendor trusts the provider in this. */
  readonly amr: readonly string[];
}

/** One person's way to a provider and back. */
export interface Round {
  readonly provider: string;
  readonly settings: ProviderSettings;
  /** Where the provider sends the browser back to; from the configuration, never from a request. */
  readonly redirectUri: string;
  readonly state: string;
  readonly nonce: string;
  /** Whether the person must prove anew who he is, though the provider knows him; only of providers that say when he did. */
  readonly fresh?: boolean;
}

/** The way to a provider: two steps around what happens at the provider. Looks nobody up. */
export interface LoginWay {
  /**
   * Where the browser is to be sent, and the PKCE verifier (RFC 7636) that the second step wants.
   * @throws `provider.unavailable`
   */
  begin(round: Round): Promise<{ readonly location: string; readonly verifier: string }>;

  /**
   * What the provider says, verified. `answer` is the query of the callback.
   * @throws `login.denied`, `login.identity-refused`, `provider.unavailable`, `provider.misconfigured`
   */
  finish(round: Round & { readonly verifier: string }, answer: URLSearchParams): Promise<IdentityAssertion>;
}
