// Makes an API token: draws the secret, and hands it out only to the request that really made the token.
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import type { Outcome } from '#event-store/execute.js';
import type { DataOf } from '#kernel/events.js';
import type { z } from 'zod';
import type { StoredGrant } from './rights.js';
import { hashSecret, newSecret } from './token-secret.js';
import type { tokenEvents } from './token.events.js';
import { token, type newTokenSchema, type TokenState } from './token.js';

export interface NewToken {
  readonly outcome: Outcome<TokenState>;
  readonly hash: string;
  readonly expiresAt: string | null;
  /** Null where the token was made by an earlier request of the same command: its secret is not known any more. */
  readonly secret: string | null;
}

export async function newToken(
  commands: Commands,
  id: string,
  request: z.output<typeof newTokenSchema>,
  creatorGrants: readonly StoredGrant[],
  ctx: Pick<RequestContext, 'command'>,
): Promise<NewToken> {
  const secret = newSecret('klt');
  const data = { ...request, hash: hashSecret(secret), creatorGrants: [...creatorGrants] };
  const outcome = await commands.send(token, id, 'create', data, ctx);
  const made = outcome.events[0]!.data as DataOf<typeof tokenEvents, 'ApiTokenCreated'>;
  return { outcome, hash: made.hash, expiresAt: made.expiresAt, secret: made.hash === data.hash ? secret : null };
}
