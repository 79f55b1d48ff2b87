// Proof by a passkey of who somebody is. Whoever fails is told the same, whatever of it was wrong. The id of a person is
// no secret to him alone, but it cannot be guessed, so nobody learns here who has a login.
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import type { FailedLogins } from '../password-login.js';
import type { LoginThrottle } from '../login-throttle.js';
import type { People } from '../people.js';
import { user } from '../user.js';
import { challengeOf, countSignedBy, mustBeUsedHere, requestOptions } from './ceremony.js';
import type { ChallengeAbout, Challenges } from './challenges.js';
import type { UsedCredential } from './credential-fields.js';
import { passkeyErrors } from './passkey.errors.js';
import { passkeyId, type FoundPasskey, type Owner, type Passkeys } from './passkeys.js';
import { relyingPartyOf, type RelyingParty } from './relying-party.js';
import { userOfHandle } from './user-handle.js';

/** What it is proved for, but for the tenant. */
export type ProofAbout = Omit<ChallengeAbout, 'tenant'>;

/** How others are told of what went wrong. */
export interface ProofNews {
  readonly commands: Commands;
  readonly people: People;
  readonly failed: FailedLogins;
}

export class PasskeyProof {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly challenges: Challenges,
    private readonly throttle: LoginThrottle,
    private readonly news: ProofNews,
  ) {}

  /** What the browser is told. @throws `passkey.no-address` */
  async begin(ctx: RequestContext, about: ProofAbout) {
    const { tenant, now } = ctx;
    const party = relyingPartyOf(ctx.client());
    const known = about.userId === null ? [] : await this.passkeys.of({ tenant, userId: about.userId }, now);
    return requestOptions(party, await this.challenges.draw({ tenant, ...about }, now), known);
  }

  /**
   * Who it is; null where it is none of the passkeys that count. The challenge is used up.
   * @throws `passkey.not-begun`, `passkey.foreign-page`, `passkey.user-unverified`, `passkey.counted-back`, `login.throttled`
   */
  async prove(ctx: RequestContext, about: ProofAbout, given: UsedCredential): Promise<string | null> {
    const { tenant, now } = ctx;
    const party = relyingPartyOf(ctx.client());
    if (!(await this.challenges.take({ tenant, ...about }, challengeOf(given), now)))
      return passkeyErrors.refuse('passkey.not-begun');
    mustBeUsedHere(given, party);
    const userId = whose(tenant, about, given);
    if (userId === null) return null;
    const attempt = await this.throttle.begin(tenant, `passkey:${userId}`, ctx.client().address, now);
    if (await this.isRight(ctx, { tenant, userId }, given, party)) {
      await attempt.succeeded();
      return userId;
    }
    const person = await this.news.people.byId(tenant, userId);
    if (person) this.news.failed.tell(ctx, person, attempt, 'passkey');
    return null;
  }

  private async isRight(ctx: RequestContext, owner: Owner, given: UsedCredential, party: RelyingParty): Promise<boolean> {
    const found = await this.passkeys.find(owner, given.id, ctx.now);
    const counter = found && (await countSignedBy(found.secret, given, party, challengeOf(given)));
    if (!found || counter === null) return false;
    if (await this.passkeys.use(owner, found, counter, ctx.now)) return true;
    return this.suspect(ctx, owner, found);
  }

  /** Somebody may have a copy: he is not let in, and whose it is reads of it. */
  private async suspect(ctx: RequestContext, { tenant, userId }: Owner, { secret }: FoundPasskey): Promise<never> {
    const { address, agent } = ctx.client();
    const command = { ...rootContext(tenant, 'anonymous', ctx.now, newCommandId()), requestId: ctx.requestId };
    const doubt = { factorId: passkeyId(secret.credentialId), address, agent };
    await this.news.commands.send(user, userId, 'doubtFactor', doubt, { command });
    return passkeyErrors.refuse('passkey.counted-back');
  }
}

/** Of whom a passkey is asked, or, where of nobody, whom it names; null where it names somebody else, or nobody. */
function whose(tenant: string, { userId }: ProofAbout, { response: { userHandle } }: UsedCredential): string | null {
  const named = userHandle ? userOfHandle(tenant, userHandle) : null;
  if (userId === null) return named;
  return userHandle && named !== userId ? null : userId;
}
