// From the secret of an API token to a principal: one read by key, and of one that acts as a user those of his rights.
import { Authenticator, type Credential } from '#http/authenticator.js';
import { httpErrors } from '#http/http-errors.js';
import type { Principal } from '#http/principal.js';
import { SYSTEM_TENANT } from '#kernel/ids.js';
import type { Grant } from '#kernel/permissions.js';
import type { ReadStore } from '#read-models/read-store.js';
import { accessOf } from './access-of.js';
import type { AccessLag } from './access-lag.js';
import { accessRulesView } from './access-rules.view.js';
import { grantsOf, roleBookOf } from './role-book.js';
import { hashSecret, isSecret } from './token-secret.js';
import { tokenStatus } from './token-status.js';
import type { TokenUse } from './token-use.js';
import { tokenAccessView, type TokenAccessDoc } from './token.view.js';

export class TokenAuthenticator extends Authenticator {
  constructor(
    private readonly reads: ReadStore,
    private readonly use: TokenUse,
    private readonly lag: AccessLag,
  ) {
    super();
  }

  /** @throws `auth.revoked`, `auth.expired`; `access.stale` for a token of a customer. */
  async authenticate({ scheme, secret }: Credential, _tenantHint: string | null, now: string): Promise<Principal | null> {
    if (scheme !== 'bearer' || !isSecret('klt', secret)) return null;
    const found = await this.reads.get(tokenAccessView, SYSTEM_TENANT, hashSecret(secret));
    if (!found) return null;
    const { tenant, tokenId: id, organizationId, user, ...ends } = found.doc;
    const status = tokenStatus(ends, now);
    if (status !== 'active') httpErrors.refuse(status === 'revoked' ? 'auth.revoked' : 'auth.expired');
    if (organizationId !== null || user !== null) await this.lag.mustBeFresh(now);
    const acting = user && (await this.acting(tenant, id, user));
    this.use.note(tenant, id, now);
    if (acting) return acting;
    const bound = organizationId === null ? {} : { organization: organizationId };
    return { kind: 'token', id, actor: `token:${id}`, tenant, grants: await this.grantsOf(found.doc), ...bound };
  }

  /** A token acts as its user with what he may do by now. @throws `auth.revoked` once he may not log in, or it ended with his login */
  private async acting(tenant: string, id: string, user: NonNullable<TokenAccessDoc['user']>): Promise<Principal> {
    const { doc, access } = await accessOf((view, key) => this.reads.get(view, tenant, key), tenant, user.id);
    const { person } = access;
    if (!person || (doc!.tokensFrom ?? '') > user.since) return httpErrors.refuse('auth.revoked');
    const rights = person.rights.filter(({ permission }) => user.permissions.includes(permission));
    const grants = rights.map(({ permission, scope }) => ({ permission, scope }));
    const acting = { ...person, rights, sessionId: id, authenticatedAt: user.since, factors: ['token'] };
    return { kind: 'token', id, actor: `user:${user.id}`, tenant, grants, person: acting };
  }

  /** A token has its role as the vendor has made it by now. */
  private async grantsOf({ tenant, ...rights }: TokenAccessDoc): Promise<readonly Grant[]> {
    const rules = rights.role === null ? null : await this.reads.get(accessRulesView, tenant, tenant);
    return grantsOf(rights, roleBookOf(rules?.doc.roles ?? {}));
  }
}
