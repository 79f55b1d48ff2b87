// An invitation that is redeemed by the account of a provider: it proves who somebody is in the place of a password, and
// his mailbox where it vouches for the address.
import type { RequestContext } from '#http/request-context.js';
import { itemCommandId } from '#kernel/ids.js';
import type { Redemptions } from '../redemptions.js';
import type { FactorNeeded, SignedIn } from '../sign-in.js';
import type { IdentityAssertion } from './identity-assertion.js';
import type { Redemption } from './login-transactions.js';
import { linkOf, type ProviderLogin } from './provider-login.js';

export class ProviderRedemption {
  constructor(
    private readonly redemptions: Redemptions,
    private readonly login: ProviderLogin,
  ) {}

  /** What can be said before somebody is sent to a provider. @throws `invitation.…`, `login.insecure` */
  mayTry(ctx: RequestContext, redemption: Redemption): Promise<void> {
    return this.redemptions.mayTry(ctx, redemption);
  }

  /** Makes a user of who came back, with his identity linked, and logs him in. @throws `invitation.…`, `login-identity.taken` */
  async redeem(ctx: RequestContext, redemption: Redemption, said: IdentityAssertion): Promise<SignedIn | FactorNeeded> {
    const address = said.emailProven ? said.email : null;
    const way = { ...linkOf(said), address };
    const { contactId } = await this.redemptions.redeem(ctx, { ...redemption, email: redemption.email ?? address, way });
    // A command of its own: the ids of its events must not be those of the redemption.
    const command = { ...ctx.command, commandId: itemCommandId(ctx.command.commandId, 1000) };
    return this.login.begin({ ...ctx, command }, said, contactId);
  }
}
