// Adds passkeys to a login: whoever is signed in begins, and brings what his browser made within five minutes.
import type { RequestContext } from '#http/request-context.js';
import type { AddedFactor, OwnFactors } from '../factors/own-factors.js';
import type { People } from '../people.js';
import { challengeOf, creationOptions, madeBy } from './ceremony.js';
import type { ChallengeAbout, Challenges } from './challenges.js';
import type { NewCredential } from './credential-fields.js';
import { passkeyErrors } from './passkey.errors.js';
import { passkeyId, type Passkeys } from './passkeys.js';
import { relyingPartyOf } from './relying-party.js';
import { userHandle } from './user-handle.js';

export class PasskeyAdding {
  constructor(
    private readonly passkeys: Passkeys,
    private readonly challenges: Challenges,
    private readonly people: People,
    private readonly factors: OwnFactors,
  ) {}

  /** @throws `passkey.no-address` */
  async begin(ctx: RequestContext) {
    const { tenant, now, principal } = ctx;
    const userId = principal.person!.contactId;
    const party = relyingPartyOf(ctx.client());
    const { name = '', email = '' } = (await this.people.byId(tenant, userId)) ?? {};
    const who = { handle: userHandle(tenant, userId), name, email, vendor: await this.people.vendorOf(tenant) };
    const known = await this.passkeys.of({ tenant, userId }, now);
    return creationOptions(party, await this.challenges.draw(aboutAdding(ctx), now), who, known);
  }

  /**
   * The challenge is used up, whatever comes of it.
   * @throws `passkey.not-begun`, `passkey.foreign-page`, `passkey.user-unverified`, `passkey.unusable`,
   * `passkey.exists`, `factor.too-many`
   */
  async add(ctx: RequestContext, given: NewCredential, name: string | null): Promise<AddedFactor> {
    const { tenant, now, principal } = ctx;
    const owner = { tenant, userId: principal.person!.contactId };
    const party = relyingPartyOf(ctx.client());
    const challenge = challengeOf(given);
    if (!(await this.challenges.take(aboutAdding(ctx), challenge, now))) return passkeyErrors.refuse('passkey.not-begun');
    const made = await madeBy(given, party, challenge);
    if (await this.passkeys.find(owner, made.credentialId, now)) return passkeyErrors.refuse('passkey.exists');
    await this.passkeys.keep(owner, made, now);
    return this.factors.add(ctx, owner.userId, { factorId: passkeyId(made.credentialId), kind: 'passkey', name });
  }
}

function aboutAdding({ tenant, principal }: RequestContext): ChallengeAbout {
  const { contactId: userId, sessionId: holder } = principal.person!;
  return { tenant, purpose: 'add', holder, userId };
}
