// How API tokens are shown: with what they are worth now, and when they were last used.
import type { Position } from '#event-store/event-store.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { revisionSchema } from '#http/schemas.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema, SYSTEM_TENANT } from '#kernel/ids.js';
import { z } from 'zod';
import { accessView } from './access.view.js';
import { tokenStatus, TOKEN_STATUSES } from './token-status.js';
import type { TokenUse } from './token-use.js';
import { tokenAccessView, tokenDocSchema, type TokenDoc } from './token.view.js';

/** A token as it is shown. */
export const tokenSchema = tokenDocSchema.extend({
  status: z.enum(TOKEN_STATUSES),
  endedAt: instantSchema.nullable().meta({
    description: 'Of a token that acts as a user: since when it opens nothing, because his login ended or he ended it.',
  }),
  lastUsedAt: instantSchema.nullable().meta({ description: 'Without promise: uses shortly before a crash may be missing.' }),
});

/** What the answer to who makes a token says of it. */
export const createdSchema = z.strictObject({
  id: idSchema,
  revision: revisionSchema,
  expiresAt: instantSchema.nullable(),
  secret: z
    .string()
    .nullable()
    .meta({ description: 'Shown this once. Null in the answer to a repeated request: nobody knows it any more.' }),
  secretShown: z.boolean(),
});

export class ShownTokens {
  constructor(
    private readonly reads: Reads,
    private readonly use: TokenUse,
  ) {}

  /** By their ids. */
  async all(
    docs: readonly TokenDoc[],
    at: string,
    ctx: RequestContext,
  ): Promise<ReadonlyMap<string, z.output<typeof tokenSchema>>> {
    const ids = docs.map(({ id }) => id);
    const used = await this.use.lastUsed(ctx.tenant, ids, ctx.now);
    const users = [...new Set(docs.flatMap(({ userId }) => userId ?? []))];
    const { found } = await this.reads.getMany(accessView, ctx, users);
    const ends = new Map(found.map(({ doc }) => [doc.id, doc.tokensFrom]));
    const endedAt = ({ userId, createdAt }: TokenDoc) => {
      const end = ends.get(userId ?? '') ?? null;
      return end !== null && end > createdAt ? end : null;
    };
    return new Map(
      docs.map((doc) => [
        doc.id,
        { ...doc, status: tokenStatus(doc, at), endedAt: endedAt(doc), lastUsedAt: used.get(doc.id) ?? null },
      ]),
    );
  }
}

/** Rights change with the answer: waits until they are looked up as they now are. @throws `read.not-caught-up` */
export async function tokenReached(
  reads: Reads,
  { waitMs }: Pick<RequestContext, 'waitMs'>,
  hash: string,
  minPosition: Position,
): Promise<void> {
  await reads.get(tokenAccessView, { tenant: SYSTEM_TENANT, minPosition, waitMs, stale: false }, hash);
}
