// Somebody with a session proves once more who he is: the session goes on under another secret, as of now.
import { httpErrors } from '#http/http-errors.js';
import type { RequestContext } from '#http/request-context.js';
import type { Session, Sessions } from '../sessions.js';
import type { SignIn } from '../sign-in.js';

export interface SteppedUp {
  readonly session: Session;
  /** The header `Set-Cookie`, for `withCookie`. */
  readonly cookie: string;
}

export class StepUp {
  constructor(
    private readonly sessions: Sessions,
    private readonly signIn: SignIn,
  ) {}

  /**
   * @param factor what was proved: `password`, `totp`, `passkey`, `recovery-code`, the kind of a provider
   * @param sessionId which session it must be that the request comes with
   * @throws `auth.session-ended` where it is another one, or none
   */
  async done(ctx: RequestContext, factor: string, sessionId = ctx.principal.person?.sessionId): Promise<SteppedUp> {
    const before = await this.sessions.find(ctx.client().sessions.get(ctx.tenant) ?? '', ctx.now);
    if (!before || before.value.id !== sessionId) return httpErrors.refuse('auth.session-ended');
    const factors = [...new Set([...before.value.factors, factor])];
    const rotated = await this.sessions.rotate(before, { factors, authenticatedAt: ctx.now }, ctx.now);
    // Another request was seen at the same moment, or the session ended.
    if (!rotated) return this.done(ctx, factor, sessionId);
    return { session: rotated.session, cookie: this.signIn.cookieOf(ctx, rotated.session, rotated.secret) };
  }
}
