// Google and Facebook, through passport: who they say it is, and what their failures mean.
import { DomainError } from '#kernel/errors.js';
import { ofFacebook, ofGoogle, type Claims } from './claims.js';
import type { IdentityAssertion, LoginWay, Round } from './identity-assertion.js';
import { providerErrors } from './provider.errors.js';

type Query = Readonly<Record<string, string>>;

export type PassportAnswer = { readonly location: string; readonly verifier: string } | { readonly profile: Claims };

/** What is asked of `PassportGuard`, which alone knows passport. */
export interface Passport {
  ask(round: Round & { readonly verifier?: string }, query: Query): Promise<PassportAnswer>;
}

const TIMEOUT_MS = 10_000;

export class PassportWay implements LoginWay {
  constructor(
    private readonly passport: Passport,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  async begin(round: Round) {
    const asking = await this.passport.ask(round, {});
    if (!('location' in asking)) throw new Error('passport did not redirect');
    return asking;
  }

  async finish(round: Round & { readonly verifier: string }, answer: URLSearchParams): Promise<IdentityAssertion> {
    if (answer.get('error') === 'access_denied') providerErrors.refuse('login.denied');
    // Without a code passport would begin anew instead of refusing.
    if (!['code', 'error', 'error_code'].some((name) => answer.has(name))) providerErrors.refuse('login.identity-refused');
    try {
      const asking = await inTime(this.passport.ask(round, Object.fromEntries(answer)), this.timeoutMs);
      if (!('profile' in asking)) return providerErrors.refuse('login.identity-refused');
      return round.settings.kind === 'google' ? ofGoogle(round, asking.profile) : ofFacebook(round, asking.profile);
    } catch (error) {
      throw refusalFor(error);
    }
  }
}

/** The strategies set no limit to how long a provider may take. */
async function inTime<T>(running: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(providerErrors.error('provider.unavailable')), ms);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Failure {
  readonly name: string;
  readonly code?: string | number;
  readonly oauthError?: { readonly statusCode?: number };
}

/** Facebook's numbers for what it takes to be the fault of the program, not of the person. */
const NOT_OURS = new Set<unknown>(['invalid_client', 'unauthorized_client', 'redirect_uri_mismatch', 101, 191]);
const BUSY = new Set<unknown>(['server_error', 'temporarily_unavailable', 1, 2, 4]);

function refusalFor(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  return Object.assign(providerErrors.error(codeFor(error as Failure)), { cause: error });
}

function codeFor({ name, code, oauthError }: Failure) {
  if (name === 'FacebookAuthorizationError' && code === 200) return 'login.denied';
  if (NOT_OURS.has(code)) return 'provider.misconfigured';
  if (BUSY.has(code)) return 'provider.unavailable';
  // `oauth` tells a status where the provider answered, and nothing where it could not be reached.
  const status = oauthError?.statusCode;
  const outage = name === 'InternalOAuthError' && (status === undefined || status >= 500);
  return outage ? 'provider.unavailable' : 'login.identity-refused';
}
