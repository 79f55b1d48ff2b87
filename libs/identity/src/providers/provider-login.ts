// A login by a provider, from the first step to a session. Whoever comes back is found by his identity alone; an
// address only ever leads to a contact who has no login yet, and only where the provider vouches for it.
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { itemCommandId } from '#kernel/ids.js';
import type { People } from '../people.js';
import { isOwnFactor } from '../factors/second-step.js';
import type { FactorNeeded, SignedIn, SignIn } from '../sign-in.js';
import { isSameIdentity, type Identity } from '../user.identities.js';
import { user } from '../user.js';
import type { IdentityAssertion } from './identity-assertion.js';
import type { LinkedIdentities } from './linked-identities.js';
import { providerErrors } from './provider.errors.js';

/** As events name a way in. */
const WAY_IN = /^[a-z][a-z0-9-]{0,63}$/;
const MOST_FACTORS = 10;

export class ProviderLogin {
  constructor(
    private readonly commands: Commands,
    private readonly people: People,
    private readonly linked: LinkedIdentities,
    private readonly signIn: SignIn,
  ) {}

  /**
   * Lets somebody in whose identity is linked, or who comes for the first time with an address that is a contact's;
   * null where the provider vouches for none, so that the mailbox must be proven first.
   * @throws `login.no-account`, the same for every address that leads to nobody; `login.link-first`;
   * what `SignIn.start` throws
   */
  async enter(ctx: RequestContext, assertion: IdentityAssertion): Promise<SignedIn | FactorNeeded | null> {
    const { email, emailProven } = assertion;
    const known = await this.linked.userOf(ctx.tenant, identityOf(assertion));
    if (known !== null) return this.begin(ctx, assertion, known);
    if (email === null || !emailProven) return null;
    const person = await this.people.byAddress(ctx.tenant, email);
    if (!person) return providerErrors.refuse('login.no-account');
    const login = await this.people.loginOf(ctx.tenant, person.id);
    if (login.kind !== null) return providerErrors.refuse('login.link-first');
    return this.enterProven(ctx, assertion, person.id);
  }

  /**
   * Makes the login of a contact who has proved his mailbox, and lets him in; null where he has one already, which
   * nobody is let into before he comes from the provider once more ({@link enterLinked}).
   */
  async enterProven(ctx: RequestContext, assertion: IdentityAssertion, userId: string): Promise<SignedIn | FactorNeeded | null> {
    const login = await this.people.loginOf(ctx.tenant, userId);
    if (login.kind !== null) return null;
    const data = { ...linkOf(assertion), email: assertion.email! };
    await this.commands.send(user, userId, 'firstLogin', data, ctx, by(userId, ctx));
    return this.begin(ctx, assertion, userId);
  }

  /**
   * Links the identity for which somebody has proved his mailbox, and lets him in.
   * @throws `login.identity-refused` where he comes back as somebody else; `login-identity.taken`
   */
  async enterLinked(
    ctx: RequestContext,
    { userId, identity }: Expected,
    assertion: IdentityAssertion,
  ): Promise<SignedIn | FactorNeeded> {
    if (!isSameIdentity(identity, identityOf(assertion)))
      providerErrors.refuse('login.identity-refused', 'You came back by another account of the provider than before.');
    await this.link(ctx, userId, assertion);
    return this.begin(ctx, assertion, userId);
  }

  /** Links an identity to a login. @throws `login-identity.taken` where it is another's */
  async link(ctx: RequestContext, userId: string, assertion: IdentityAssertion): Promise<void> {
    await this.commands.send(user, userId, 'linkIdentity', linkOf(assertion), ctx, by(userId, ctx));
  }

  /** Begins the session of who is known to be this user. @throws what `SignIn.start` throws */
  begin(ctx: RequestContext, assertion: IdentityAssertion, userId: string): Promise<SignedIn | FactorNeeded> {
    const factors = [assertion.kind, ...assertion.amr.filter((each) => WAY_IN.test(each) && !isOwnFactor(each))].slice(
      0,
      MOST_FACTORS,
    );
    return this.signIn.start(ctx, { userId, factors, authenticatedAt: provenAt(assertion, ctx.now) });
  }
}

/** Who is expected back. */
interface Expected {
  readonly userId: string;
  readonly identity: Identity;
}

/** What the commands want that link an identity. */
export function linkOf(assertion: IdentityAssertion): { readonly identity: Identity; readonly sub: string | null } {
  return { identity: identityOf(assertion), sub: assertion.sub };
}

/** The key of an identity. */
export function identityOf({ provider, issuer, subject }: IdentityAssertion): Identity {
  return { provider, issuer, subject };
}

/** In the person's own name, and as a command of its own: noting the login is another one of the same request. */
function by(userId: string, { command }: RequestContext) {
  return { command: { actor: `user:${userId}`, commandId: itemCommandId(command.commandId, 0) } };
}

/** Never later than now, whatever the provider's clock says. */
function provenAt({ authenticatedAt }: IdentityAssertion, now: string): string {
  return authenticatedAt !== null && authenticatedAt < now ? authenticatedAt : now;
}
