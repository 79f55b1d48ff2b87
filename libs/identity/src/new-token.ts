// Makes an API token: draws the secret, and hands it out only to the request that really made the token.
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import type { Outcome } from '#event-store/execute.js';
import type { DataOf } from '#kernel/events.js';
import type { z } from 'zod';
import type { StoredGrant } from './rights.js';
import { hashSecret, newSecret } from './token-secret.js';
import type { tokenEvents } from './token.events.js';
import { token, type newTokenSchema, type newUserTokenSchema, type TokenState } from './token.js';

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
  return drawn((hash) => commands.send(token, id, 'create', { ...request, hash, creatorGrants: [...creatorGrants] }, ctx));
}

/** A token that acts as a user. `held`: what he may do. */
export async function newUserToken(
  commands: Commands,
  id: string,
  request: z.output<typeof newUserTokenSchema>,
  { userId, held }: { readonly userId: string; readonly held: readonly string[] },
  ctx: Pick<RequestContext, 'command'>,
): Promise<NewToken> {
  return drawn((hash) => commands.send(token, id, 'createOwn', { ...request, userId, hash, held: [...held] }, ctx));
}

type Made = DataOf<typeof tokenEvents, 'ApiTokenCreated' | 'UserTokenCreated'>;

async function drawn(make: (hash: string) => Promise<Outcome<TokenState>>): Promise<NewToken> {
  const secret = newSecret('klt');
  const outcome = await make(hashSecret(secret));
  const { hash, expiresAt } = outcome.events[0]!.data as Made;
  return { outcome, hash, expiresAt, secret: hash === hashSecret(secret) ? secret : null };
}
