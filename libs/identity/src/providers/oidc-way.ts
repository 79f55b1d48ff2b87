// Any OpenID provider, and Microsoft Entra ID: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0),
// by openid-client. The provider's description and keys are kept for a while; what it says is verified each time.
import * as client from 'openid-client';
import type { Egress } from '#http/egress.js';
import type { Clock } from '#kernel/clock.js';
import { DomainError } from '#kernel/errors.js';
import { ofEntra, ofOpenId, type Claims } from './claims.js';
import type { IdentityAssertion, LoginWay, Round } from './identity-assertion.js';
import type { ProviderSettings } from './provider.js';
import { providerErrors } from './provider.errors.js';

const DISCOVERY_LIFE_MS = 3_600_000;
const TIMEOUT_MS = 8_000;

interface Known {
  readonly until: number;
  readonly configuration: Promise<client.Configuration>;
}

export class OidcWay implements LoginWay {
  /** By the settings themselves: other settings ask the provider anew. */
  private readonly known = new WeakMap<ProviderSettings, Known>();

  constructor(
    private readonly egress: Pick<Egress, 'fetch'>,
    private readonly clock: Clock,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  async begin({ settings, redirectUri, state, nonce, fresh = false }: Round) {
    const configuration = await this.configurationOf(settings);
    const verifier = client.randomPKCECodeVerifier();
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      // With `max_age` the ID token has to say when he did (OpenID Connect Core 1.0 §3.1.2.1).
      ...(fresh && { prompt: 'login', max_age: '0' }),
    });
    return { location: location.href, verifier };
  }

  async finish(round: Round & { readonly verifier: string }, answer: URLSearchParams): Promise<IdentityAssertion> {
    const configuration = await this.configurationOf(round.settings);
    try {
      return await this.ask(configuration, round, answer);
    } catch (error) {
      throw refusalFor(error);
    }
  }

  private async ask(configuration: client.Configuration, round: Round & { readonly verifier: string }, answer: URLSearchParams) {
    const came = new URL(round.redirectUri);
    came.search = answer.toString();
    const tokens = await client.authorizationCodeGrant(configuration, came, {
      pkceCodeVerifier: round.verifier,
      expectedState: round.state,
      expectedNonce: round.nonce,
      idTokenExpected: true,
    });
    const idToken = tokens.claims() as Claims;
    if (round.settings.kind === 'entra') return ofEntra(round, idToken, this.clock.now());
    const more = idToken.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined;
    const userinfo = more ? await client.fetchUserInfo(configuration, tokens.access_token, idToken.sub as string) : null;
    return ofOpenId(round, idToken, userinfo, this.clock.now());
  }

  /** @throws `provider.unavailable` */
  private async configurationOf(settings: ProviderSettings): Promise<client.Configuration> {
    const now = Date.parse(this.clock.now());
    const known = this.known.get(settings);
    if (known && now < known.until) return known.configuration;
    const configuration = this.discover(settings).catch((cause: unknown) => {
      this.known.delete(settings);
      throw Object.assign(providerErrors.error('provider.unavailable'), { cause });
    });
    this.known.set(settings, { until: now + DISCOVERY_LIFE_MS, configuration });
    return configuration;
  }

  private async discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<client.Configuration> {
    const server = new URL(issuer!);
    const configuration = await client.discovery(server, clientId, undefined, authenticationBy(clientSecret), {
      [client.customFetch]: (url, init) => this.egress.fetch(url, init),
      timeout: this.timeoutMs / 1000,
      // The egress refuses plain http to anywhere but the networks that the operator has allowed.
      execute: server.protocol === 'http:' ? [client.allowInsecureRequests] : [],
    });
    // Without this an ID token that came by TLS is believed whatever its signature says.
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

/** As the provider wants it: the secret in the body where it takes that, else in the header, which is the default of RFC 8414. */
function authenticationBy(secret: string | null): client.ClientAuth {
  if (secret === null) return client.None();
  const [post, basic] = [client.ClientSecretPost(secret), client.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_post') ? post : basic)(server, ...rest);
  };
}

const OUTAGES = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']);
const OUTAGE_NAMES = new Set(['TimeoutError', 'AbortError', 'EgressError']);
const NOT_OURS = new Set(['invalid_client', 'unauthorized_client', 'redirect_uri_mismatch']);
const BUSY = new Set(['server_error', 'temporarily_unavailable']);

interface Failure {
  readonly name?: string;
  readonly code?: unknown;
  readonly error?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
}

function refusalFor(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const code = codeFor(error as Failure);
  return Object.assign(providerErrors.error(code), { cause: error });
}

function codeFor({ error, ...failure }: Failure & { readonly error?: unknown }) {
  if (error === 'access_denied') return 'login.denied';
  if (NOT_OURS.has(String(error))) return 'provider.misconfigured';
  return BUSY.has(String(error)) || isOutage(failure) ? 'provider.unavailable' : 'login.identity-refused';
}

function isOutage(failure: Failure | undefined): boolean {
  if (!failure) return false;
  const { name = '', code, message, cause } = failure;
  if (OUTAGES.has(String(code)) || OUTAGE_NAMES.has(name) || message === 'fetch failed') return true;
  return isOutage(cause as Failure | undefined);
}
