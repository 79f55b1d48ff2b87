// A login by a provider, from the first step to a session. Whoever comes back is found by his identity alone; an
// address only ever leads to a contact who has no login yet, and only where the provider vouches for it.
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { itemCommandId } from '#kernel/ids.js';
import type { People } from '../people.js';
import type { SignedIn, SignIn } from '../sign-in.js';
import type { Identity } from '../user.identities.js';
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
  async enter(ctx: RequestContext, assertion: IdentityAssertion): Promise<SignedIn | null> {
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

  /** Lets somebody in who has proved the mailbox of a contact; his identity is linked from then on. */
  async enterProven(ctx: RequestContext, assertion: IdentityAssertion, userId: string): Promise<SignedIn> {
    const login = await this.people.loginOf(ctx.tenant, userId);
    if (login.kind !== null) await this.link(ctx, userId, assertion);
    else {
      const data = { identity: identityOf(assertion), email: assertion.email! };
      await this.commands.send(user, userId, 'firstLogin', data, ctx, by(userId, ctx));
    }
    return this.begin(ctx, assertion, userId);
  }

  /** Links an identity to a login. @throws `login-identity.taken` where it is another's */
  async link(ctx: RequestContext, userId: string, assertion: IdentityAssertion): Promise<void> {
    await this.commands.send(user, userId, 'linkIdentity', { identity: identityOf(assertion) }, ctx, by(userId, ctx));
  }

  /** Begins the session of who is known to be this user. @throws what `SignIn.start` throws */
  begin(ctx: RequestContext, assertion: IdentityAssertion, userId: string): Promise<SignedIn> {
    const factors = [assertion.kind, ...assertion.amr.filter((each) => WAY_IN.test(each))].slice(0, MOST_FACTORS);
    return this.signIn.start(ctx, { userId, factors, authenticatedAt: provenAt(assertion, ctx.now) });
  }
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
