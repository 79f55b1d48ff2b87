// How every way of logging in ends: whoever has proved who he is gets a session, if he may have one.
import type { Commands } from '#http/commands.js';
import { requestTenant } from '#http/credentials.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { endedCookie, sessionCookie } from '#http/session-cookie.js';
import type { Outcome } from '#event-store/execute.js';
import { accessOf, type KnownAccess } from './access-of.js';
import { loginErrors } from './login.errors.js';
import type { Rights, WhyNot } from './rights-of.js';
import type { Session, Sessions } from './sessions.js';
import { isSecret } from './token-secret.js';
import { user, type UserState } from './user.js';

/** Who has proved by what that he is whom. */
export interface Proven {
  readonly userId: string;
  /** `password`, `totp`, `passkey`, the kind of a provider. */
  readonly factors: readonly string[];
  readonly authenticatedAt: string;
}

export interface SignedIn {
  /** The header `Set-Cookie`, for `withCookie`. */
  readonly cookie: string;
  readonly session: Session;
  readonly mustChangePassword: boolean;
  readonly outcome: Outcome<UserState>;
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
   * Begins a session for who has proved who he is, as of everything that has happened so far; the one that the
   * request came with ends, so that nobody goes on in a session that was planted.
   * @throws `login.…` where he may not have one; only to whoever has proved who he is.
   */
  async start(ctx: RequestContext, proven: Proven): Promise<SignedIn> {
    this.mayTry(ctx);
    const { doc, access } = await this.accessNow(ctx, proven.userId);
    const rights = access.person ?? loginErrors.refuse(WHY_NOT[access.whyNot]);
    const began = await this.begin(ctx, rights, proven);
    const { address, agent } = ctx.client();
    const noted = { sessionId: began.session.id, factors: [...proven.factors], address, agent };
    // `If-Match` means nothing to somebody who comes in.
    const actor = { actor: `user:${proven.userId}`, expectedRevision: undefined };
    const outcome = await this.commands.send(user, proven.userId, 'noteLogin', noted, ctx, { command: actor });
    return { ...began, mustChangePassword: doc!.mustChangePassword, outcome };
  }

  /** A new session in the place of the one that the request came with: after a step-up, or another password. */
  async renew(ctx: RequestContext, proven: Proven): Promise<Pick<SignedIn, 'cookie' | 'session'>> {
    const { access } = await this.accessNow(ctx, proven.userId);
    return this.begin(ctx, access.person ?? loginErrors.refuse(WHY_NOT[access.whyNot]), proven);
  }

  /** Takes the session out of the browser. */
  goneCookie(ctx: RequestContext): string {
    return endedCookie({ tenant: ctx.tenant, plain: isPlain(ctx) });
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
    const seconds = (Date.parse(session.endsAt) - Date.parse(now)) / 1000;
    return { session, cookie: sessionCookie({ tenant, plain: isPlain(ctx) }, secret, seconds) };
  }

  private async accessNow(ctx: RequestContext, userId: string): Promise<KnownAccess> {
    const known = await this.reads.upToDate(ctx);
    return accessOf(async (view, key) => (await this.reads.get(view, known, key)).found?.doc ?? null, ctx.tenant, userId);
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
