// Everything that is kept of a person, for himself.
import type { Executor } from '#event-store/execute.js';
import type { Reads } from '#http/reads.js';
import type { RequestContext } from '#http/request-context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { later } from '#read-models/pace.js';
import { MAX_PAGE } from '#read-models/read-store.js';
import type { RecordStore } from '#records/record-store.js';
import { z } from 'zod';
import { accessView } from './access.view.js';
import { invitationView } from './invitation.view.js';
import { loginErrors } from './login.errors.js';
import { ownThingsSchema, type OwnThingsReads } from './own-things.js';
import { personKindSchema } from './role.events.js';
import { securityEntrySchema, securityHistory } from './security-history.js';
import type { Sessions } from './sessions.js';
import { tokenView } from './token.view.js';
import { WAYS_IN } from './user.events.js';
import { userView } from './user.view.js';

const HOUR_MS = 3_600_000;
/** In an hour: it reads much. */
const MOST_EXPORTS = 5;

export const exportSchema = ownThingsSchema.extend({
  exportedAt: instantSchema,
  user: z.strictObject({
    kind: personKindSchema,
    roles: z.array(z.string()),
    way: z.enum(WAYS_IN).meta({ description: 'How he came by his login.' }),
    createdAt: instantSchema,
    lastLoginAt: instantSchema.nullable(),
    firstName: z.string().nullable(),
    lastName: z.string().nullable(),
    locale: z.string().nullable(),
    zone: z.string().nullable(),
    password: z.boolean().meta({ description: 'Whether he has one; nobody knows it.' }),
    factors: z.array(z.string()).meta({ description: 'By what he proves who he is beside that.' }),
    providers: z.array(idSchema).meta({ description: 'Of the accounts that he has linked.' }),
  }),
  invitations: z.array(
    z.strictObject({
      id: idSchema,
      organizationId: idSchema.nullable(),
      sentAt: instantSchema,
      redeemedAt: instantSchema.nullable(),
    }),
  ),
  tokens: z.array(
    z.strictObject({
      id: idSchema,
      name: z.string(),
      permissions: z.array(z.string()),
      createdAt: instantSchema,
      expiresAt: instantSchema.nullable(),
      revokedAt: instantSchema.nullable(),
    }),
  ),
  sessions: z.array(
    z.strictObject({
      id: idSchema,
      factors: z.array(z.string()),
      startedAt: instantSchema,
      seenAt: instantSchema,
      endsAt: instantSchema,
      address: z.string().nullable(),
      agent: z.string().nullable(),
    }),
  ),
  security: z.array(securityEntrySchema).meta({ description: 'The latest first, at most 100.' }),
});
type Export = z.output<typeof exportSchema>;

/** What stands behind it. */
interface Parts {
  readonly executor: Executor;
  readonly sessions: Sessions;
  readonly records: RecordStore;
  readonly things: OwnThingsReads;
}

export class OwnExport {
  constructor(
    private readonly reads: Reads,
    private readonly parts: Parts,
  ) {}

  /** Counts an export. @throws `export.too-many` with `retryAfter` */
  async count({ tenant, now }: RequestContext, userId: string): Promise<void> {
    const { records } = this.parts;
    const key = `${tenant}/${userId}`;
    const asked = await records.increment('own-exports', key, 1, now, later(now, HOUR_MS));
    if (asked <= MOST_EXPORTS) return;
    const until = (await records.get('own-exports', key, now))?.expiresAt ?? now;
    const retryAfter = Math.max(1, Math.ceil((Date.parse(until) - Date.parse(now)) / 1000));
    loginErrors.refuse('export.too-many', undefined, { retryAfter });
  }

  /** As of everything that has happened so far. */
  async of(ctx: RequestContext, userId: string): Promise<Export> {
    const { executor, things } = this.parts;
    const { found } = await this.reads.get(accessView, ctx, userId);
    const [user, own, security, invitations, tokens, sessions] = await Promise.all([
      this.user(ctx, userId),
      things.of(this.reads, ctx, userId, found?.doc.groups ?? []),
      executor.stateOf(securityHistory, ctx.tenant, userId),
      this.invitations(ctx, userId),
      this.tokens(ctx, userId),
      this.sessions(ctx, userId),
    ]);
    return { ...own, exportedAt: ctx.now, user, invitations, tokens, sessions, security: [...security] };
  }

  private async user(ctx: RequestContext, id: string): Promise<Export['user']> {
    const { login, access, firstName, lastName, locale, zone } = (await this.reads.get(userView, ctx, id)).found!.doc;
    const { kind, roles } = access.user!;
    return {
      ...{ kind, roles: [...roles], firstName, lastName, locale, zone },
      ...{ way: login!.way, createdAt: login!.createdAt, lastLoginAt: login!.lastLoginAt, password: login!.password },
      factors: access.factors.map((each) => each.kind),
      providers: [...access.providers],
    };
  }

  private async invitations(ctx: RequestContext, id: string): Promise<Export['invitations']> {
    const { rows } = await this.reads.find(invitationView, ctx, { all: { contact: { equal: id } }, limit: MAX_PAGE });
    return rows.map(({ doc }) => {
      const redeemedAt = doc.redemptions.find(({ contactId }) => contactId === id)?.at ?? null;
      return { id: doc.id, organizationId: doc.organizationId, sentAt: doc.sentAt, redeemedAt };
    });
  }

  private async tokens(ctx: RequestContext, id: string): Promise<Export['tokens']> {
    const { rows } = await this.reads.find(tokenView, ctx, { all: { user: { equal: id } }, limit: MAX_PAGE });
    return rows.map(({ doc: { id: tokenId, name, permissions, createdAt, expiresAt, revokedAt } }) => {
      return { id: tokenId, name, permissions: [...(permissions ?? [])], createdAt, expiresAt, revokedAt };
    });
  }

  private async sessions({ tenant, now }: RequestContext, userId: string): Promise<Export['sessions']> {
    const { sessions } = this.parts;
    const begun = await sessions.ofUser(tenant, userId, now);
    return Promise.all(
      begun.map(async (session) => {
        const { id, factors, startedAt, seenAt, endsAt } = session;
        return { id, factors: [...factors], startedAt, seenAt, endsAt, ...(await sessions.placeOf(session)) };
      }),
    );
  }
}
