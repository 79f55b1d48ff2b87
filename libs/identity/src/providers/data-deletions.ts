// What Facebook asks for in a person's name: that what was got from it is given up. The account is unlinked, also
// where it was the last way in; the contact and what he did are the vendor's own, and are erased by the vendor alone.
import { createHash } from 'node:crypto';
import type { Executor } from '#event-store/execute.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { user } from '../user.js';
import { FACEBOOK } from './claims.js';
import type { LinkedIdentities } from './linked-identities.js';
import { provider as providers } from './provider.js';
import { providerErrors } from './provider.errors.js';
import { signedUser } from './signed-request.js';

const SPACE = 'data-deletions';
const KEPT_MS = 365 * 86_400_000;

type Kept = { readonly tenant: string; readonly at: string };

export class DataDeletions {
  constructor(
    private readonly commands: Commands,
    private readonly executor: Executor,
    private readonly linked: LinkedIdentities,
    private readonly records: RecordStore,
  ) {}

  /**
   * Unlinks whom the request names, and answers the code by which he can see that it was done; also where nobody is
   * linked. @throws `provider.not-found`, `data-deletion.not-signed`
   */
  async ask(ctx: RequestContext, provider: string, signedRequest: string): Promise<string> {
    const { tenant, now } = ctx;
    const { settings } = await this.executor.stateOf(providers, tenant, provider);
    if (settings?.kind !== 'facebook') return providerErrors.refuse('provider.not-found');
    const subject = signedUser(signedRequest, settings.clientSecret!);
    if (subject === null) return providerErrors.refuse('data-deletion.not-signed');
    const identity = { provider, issuer: FACEBOOK, subject };
    const userId = await this.linked.userOf(tenant, identity);
    if (userId !== null) {
      const command = { identity, by: 'self' as const, dead: [], forced: true };
      await this.commands.send(user, userId, 'unlinkIdentity', command, ctx, { command: { actor: `user:${userId}` } });
    }
    // Of the request itself, so that one that comes again is answered as before.
    const code = createHash('sha256').update(signedRequest).digest('base64url').slice(0, 22);
    const expiresAt = later(now, KEPT_MS);
    await this.records.put(SPACE, code, { tenant, at: now } satisfies Kept, now, { expiresAt });
    return code;
  }

  /** When what was asked for was done. @throws `data-deletion.not-found` */
  async doneAt(tenant: string, code: string, now: string): Promise<string> {
    const kept = (await this.records.get<Kept>(SPACE, code, now))?.value;
    return kept?.tenant === tenant ? kept.at : providerErrors.refuse('data-deletion.not-found');
  }
}
