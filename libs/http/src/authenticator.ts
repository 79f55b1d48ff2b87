// PORT: from a credential to a principal. Contexts implement it, the app lists them in order.
import type { Principal } from './principal.js';

export type Scheme = 'bearer' | 'license' | 'session';

/** What an `Authorization` header carried, or the cookie of a session. */
export interface Credential {
  readonly scheme: Scheme;
  readonly secret: string;
}

export abstract class Authenticator {
  /**
   * The principal of a valid credential; null where the credential is not one of this authenticator's, or
   * is wrong. `tenantHint` is the tenant that the request names (host, header or path; for `session` its cookie), never
   * null for `license` and `session`.
   *
   * @throws `auth.expired`, `auth.revoked`, only to somebody who holds the right secret; `access.stale`.
   */
  abstract authenticate(credential: Credential, tenantHint: string | null, now: string): Promise<Principal | null>;
}

/** The authenticators of the app, asked in order until one knows the credential. */
export class Authenticators {
  constructor(readonly list: readonly Authenticator[]) {}

  async authenticate(credential: Credential, tenantHint: string | null, now: string): Promise<Principal | null> {
    for (const authenticator of this.list) {
      const principal = await authenticator.authenticate(credential, tenantHint, now);
      if (principal) return principal;
    }
    return null;
  }
}
