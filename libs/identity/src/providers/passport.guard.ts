// Google and Facebook by their passport strategies, under @nestjs/passport. A strategy usually knows one client of one
// provider for the life of the process; here each vendor has clients of its own, so that the strategy is made for the
// round that it serves. State and verifier are the transaction's (`LoginTransactions`), not those of a session.
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { ExecutionContext } from '@nestjs/common';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy as FacebookStrategy } from 'passport-facebook';
import { Strategy as GoogleStrategy } from 'passport-google-oauth20';
import passport from 'passport';
import type { Claims } from './claims.js';
import type { Round } from './identity-assertion.js';
import type { PassportAnswer } from './passport-way.js';
import { providerErrors } from './provider.errors.js';

/** Where Google and Facebook are: for tests, which stand in for them. */
export interface PassportAddresses {
  readonly authorizationURL: string;
  readonly tokenURL: string;
  readonly profileURL: string;
}

type Ask = Round & { readonly verifier?: string; readonly addresses?: PassportAddresses };

/** What passport sees of a request: nothing but the query, and the round that it belongs to. */
interface PassportRequest {
  readonly query: Readonly<Record<string, string>>;
  readonly round: Ask;
  /** Drawn by passport where the round begins. */
  verifier?: string;
  user?: Claims;
}

type Stored = (error: Error | null, state?: unknown) => void;
type Verified = (error: Error | null, ok: boolean | string, state?: unknown) => void;
type Verify = (
  accessToken: string,
  refreshToken: string,
  profile: { _json: Claims },
  done: (error: null, user: Claims) => void,
) => void;

/** Hands the round's state out, takes the verifier into it, and gives both back: what passport calls a store. */
const roundStore = {
  // passport looks at how many parameters these have.
  store(request: PassportRequest, verifier: string, _state: unknown, _meta: unknown, done: Stored): void {
    request.verifier = verifier;
    done(null, request.round.state);
  },
  verify({ round }: PassportRequest, state: string, _meta: unknown, done: Verified): void {
    done(null, state === round.state && round.verifier !== undefined ? round.verifier : false);
  },
};

const takeProfile: Verify = (_access, _refresh, { _json }, done) => done(null, _json);

function optionsFor({ settings, redirectUri, addresses }: Ask) {
  const { clientId: clientID, clientSecret } = settings;
  return {
    ...{ clientID, clientSecret: clientSecret!, callbackURL: redirectUri, state: true, pkce: true, store: roundStore },
    ...(addresses && { authorizationURL: addresses.authorizationURL, tokenURL: addresses.tokenURL }),
  };
}

function googleFor(round: Ask): passport.Strategy {
  const userProfileURL = round.addresses?.profileURL;
  const options = { ...optionsFor(round), scope: ['openid', 'email'], ...(userProfileURL && { userProfileURL }) };
  const strategy = new GoogleStrategy(options as never, takeProfile);
  // Else the access token stands in an address, and addresses are logged.
  (strategy as unknown as { _oauth2: { useAuthorizationHeaderforGET(use: boolean): void } })._oauth2.useAuthorizationHeaderforGET(
    true,
  );
  return strategy;
}

function facebookFor(round: Ask): passport.Strategy {
  const profileURL = round.addresses?.profileURL;
  const options = {
    ...optionsFor(round),
    graphAPIVersion: round.settings.graphVersion!,
    enableProof: true,
    scope: ['email'],
    profileFields: ['id', 'emails'],
    ...(profileURL && { profileURL }),
  };
  return new FacebookStrategy(options as never, takeProfile as never);
}

/** One name at passport for all vendors; each request is served by a strategy of its own provider. */
class ForRound extends passport.Strategy {
  override authenticate(request: unknown, options?: unknown): void {
    const { round } = request as PassportRequest;
    const strategy = round.settings.kind === 'google' ? googleFor(round) : facebookFor(round);
    const { success, fail, redirect, error, pass } = this as unknown as Record<string, unknown>;
    Object.assign(strategy, { success, fail, redirect, error, pass });
    strategy.authenticate.call(strategy as never, request as never, options as never);
  }
}

const NAME = 'keyledger-provider';

/** Registers the strategy at passport. */
class ProviderStrategy extends PassportStrategy(ForRound, NAME) {
  validate(): never {
    throw new Error('the strategy of the round validates');
  }
}

/** In the place of a Node response: all that passport ever does to it is to redirect. */
class Redirect {
  statusCode = 200;
  private location = '';
  private tell: (location: string) => void = () => undefined;
  readonly told = new Promise<string>((tell) => (this.tell = tell));

  setHeader(name: string, value: string): void {
    if (name.toLowerCase() === 'location') this.location = value;
  }

  end(): void {
    this.tell(this.location);
  }
}

/**
 * Passport as this product asks it: a round in, an address to go to or a profile out. It is given neither the request
 * nor the reply of the server, so that it can neither read nor answer anything else; to redirect, it would need Node's
 * response, which Fastify does not hand on.
 */
export class PassportGuard extends AuthGuard(NAME) {
  static strategy: ProviderStrategy | undefined;

  constructor() {
    super();
    PassportGuard.strategy ??= new ProviderStrategy();
  }

  override getRequest(context: ExecutionContext): PassportRequest {
    return context.getArgByIndex(0);
  }

  getResponse(context: ExecutionContext): Redirect {
    return context.getArgByIndex(1);
  }

  override handleRequest<Profile>(error: Error | null, profile: Profile | false): Profile {
    if (error) throw error;
    return profile || providerErrors.refuse('login.identity-refused');
  }

  /** @throws `login.identity-refused`, and what the strategy throws */
  async ask(round: Ask, query: PassportRequest['query']): Promise<PassportAnswer> {
    const request: PassportRequest = { query, round };
    const redirect = new Redirect();
    const answered = Promise.resolve(this.canActivate(new ExecutionContextHost([request, redirect])));
    const location = await Promise.race([redirect.told, answered.then(() => null)]);
    return location === null ? { profile: request.user! } : { location, verifier: request.verifier! };
  }
}
