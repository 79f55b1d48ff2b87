// How every way of logging in ends: whoever has proved who he is gets a session, if he may have one.
import type { Commands } from '#http/commands.js';
import { requestTenant } from '#http/credentials.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { endedCookie, sessionCookie } from '#http/session-cookie.js';
import type { Outcome } from '#event-store/execute.js';
import { shortCookie } from '#http/short-cookie.js';
import { later } from '#read-models/pace.js';
import { accessOf, type KnownAccess } from './access-of.js';
import { PENDING_LOGIN_COOKIE, PENDING_LOGIN_MS, type PendingLogins } from './factors/pending-logins.js';
import { kindsOf } from './factors/factors.js';
import { isTwofold } from './factors/second-step.js';
import { loginErrors } from './login.errors.js';
import type { Rights, WhyNot } from './rights-of.js';
import { dueOf } from './session-authenticator.js';
import type { Session, Sessions } from './sessions.js';
import { isSecret } from './token-secret.js';
import type { FactorKind } from './user.events.js';
import { hasSecondStep } from './user.factors.js';
import { user } from './user.js';

/** Who has proved by what that he is whom. */
export interface Proven {
  readonly userId: string;
  /** `password`, `totp`, `passkey`, `recovery-code`, the kind of a provider, `mfa` where one asserts that. */
  readonly factors: readonly string[];
  readonly authenticatedAt: string;
}

export interface SignedIn {
  /** The header `Set-Cookie`, for `withCookie`. */
  readonly cookie: string;
  readonly session: Session;
  readonly mustChangePassword: boolean;
  /** What must be done before the session opens anything else. */
  readonly due: 'password' | 'factor' | null;
  readonly outcome: Outcome<unknown>;
}

/** The first factor is proved, and a second one is there and must be. */
export interface FactorNeeded {
  /** Of the browser in which the login waits; the header `Set-Cookie`. */
  readonly cookie: string;
  readonly kinds: readonly FactorKind[];
  readonly until: string;
}

export function isSignedIn(entered: SignedIn | FactorNeeded): entered is SignedIn {
  return 'session' in entered;
}

const WHY_NOT: Readonly<Record<WhyNot, keyof typeof loginErrors.table>> = {
  'no-user': 'login.no-user',
  archived: 'login.disabled',
  suspended: 'login.disabled',
  disabled: 'login.disabled',
  'login-off': 'login.off',
  'not-a-contact': 'login.contacts-only',
  'no-role': 'login.no-role',
};

export class SignIn {
  constructor(
    private readonly commands: Commands,
    private readonly reads: Reads,
    private readonly sessions: Sessions,
    private readonly pending: PendingLogins,
  ) {}

  /**
   * Before anything secret is looked at: whether a login may be sent this way at all.
   * @throws `auth.tenant-required`; `login.insecure` over plain http where the operator has not allowed it
   */
  mayTry(ctx: RequestContext): void {
    requestTenant(ctx.tenant);
    if (!isGuarded(ctx)) loginErrors.refuse('login.insecure');
  }

  /**
   * Lets in who has proved who he is, as of everything that has happened so far: begins a session, or, where he has a
   * second factor and has not proved one, keeps in this browser that he proved the first.
   * @throws `login.…` where he may not log in; only to whoever has proved who he is.
   */
  async start(ctx: RequestContext, proven: Proven): Promise<SignedIn | FactorNeeded> {
    const known = await this.admitted(ctx, proven.userId);
    if (hasSecondStep(known.doc!.factors) && !isTwofold(proven.factors)) return this.wait(ctx, known, proven);
    return this.enter(ctx, known, proven);
  }

  /** Begins the session of who has proved all that he must. @throws as {@link start} */
  async finish(ctx: RequestContext, proven: Proven): Promise<SignedIn> {
    return this.enter(ctx, await this.admitted(ctx, proven.userId), proven);
  }

  /** A new session in the place of the one that the request came with: after another password. */
  async renew(ctx: RequestContext, proven: Proven): Promise<Pick<SignedIn, 'cookie' | 'session' | 'due'>> {
    const known = await this.admitted(ctx, proven.userId);
    return { ...(await this.begin(ctx, known.access.person!, proven)), due: dueOf(known, proven.factors) };
  }

  /** The cookie of a session whose secret is another one now. */
  cookieOf(ctx: RequestContext, { endsAt }: Session, secret: string): string {
    const seconds = (Date.parse(endsAt) - Date.parse(ctx.now)) / 1000;
    return sessionCookie({ tenant: ctx.tenant, plain: isPlain(ctx) }, secret, seconds);
  }

  /** Takes the session out of the browser. */
  goneCookie(ctx: RequestContext): string {
    return endedCookie({ tenant: ctx.tenant, plain: isPlain(ctx) });
  }

  private async wait(ctx: RequestContext, { doc }: KnownAccess, { userId, factors }: Proven): Promise<FactorNeeded> {
    const secret = await this.pending.keep({ tenant: ctx.tenant, userId, factors }, ctx.now);
    const cookie = shortCookie(ctx.client(), PENDING_LOGIN_COOKIE, secret, PENDING_LOGIN_MS / 1000);
    return { cookie, kinds: kindsOf(doc!.factors), until: later(ctx.now, PENDING_LOGIN_MS) };
  }

  /** The session that the request came with ends, so that nobody goes on in one that was planted. */
  private async enter(ctx: RequestContext, known: KnownAccess, proven: Proven): Promise<SignedIn> {
    const began = await this.begin(ctx, known.access.person!, proven);
    const { address, agent } = ctx.client();
    const noted = { sessionId: began.session.id, factors: [...proven.factors], address, agent };
    // `If-Match` means nothing to somebody who comes in.
    const actor = { actor: `user:${proven.userId}`, expectedRevision: undefined };
    const outcome = await this.commands.send(user, proven.userId, 'noteLogin', noted, ctx, { command: actor });
    const { mustChangePassword } = known.doc!;
    return { ...began, mustChangePassword, due: dueOf(known, proven.factors), outcome };
  }

  private async begin(ctx: RequestContext, { kind }: Rights, { userId, factors, authenticatedAt }: Proven) {
    const { tenant, now } = ctx;
    const { address, agent, sessions } = ctx.client();
    const old = sessions.get(tenant);
    if (old !== undefined && isSecret('klu', old)) {
      const before = await this.sessions.find(old, now);
      if (before?.value.tenant === tenant) await this.sessions.end(before.value);
    }
    const place = { address, agent };
    const { session, secret } = await this.sessions.begin({ tenant, userId, kind, factors, authenticatedAt, place }, now);
    return { session, cookie: this.cookieOf(ctx, session, secret) };
  }

  /** What is known of who may log in. @throws `login.…` */
  private async admitted(ctx: RequestContext, userId: string): Promise<KnownAccess> {
    this.mayTry(ctx);
    const now = await this.reads.upToDate(ctx);
    const known = await accessOf(async (view, key) => (await this.reads.get(view, now, key)).found, ctx.tenant, userId);
    const { access } = known;
    return access.person ? known : loginErrors.refuse(WHY_NOT[access.whyNot]);
  }
}

/** Whether nobody reads along what a client sends, or the operator allows that for a trial. */
export function isGuarded(ctx: Pick<RequestContext, 'client'>): boolean {
  const { transport, plainAllowed } = ctx.client();
  return transport !== 'plain' || plainAllowed;
}

function isPlain(ctx: RequestContext): boolean {
  const { transport, plainAllowed } = ctx.client();
  return plainAllowed && transport === 'plain';
}
