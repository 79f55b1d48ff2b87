// Who asks, as the guard has established it.
import type { Grant } from '#kernel/permissions.js';

export interface Principal {
  readonly kind: 'token' | 'license' | 'operator' | 'anonymous';
  /** Of the token or the license; empty for nobody. */
  readonly id: string;
  /** As it stands in events: `token:<id>`, `license:<id>`, `anonymous`. */
  readonly actor: string;
  /** The tenant that the credential belongs to; of nobody, the one that the request names, or empty. */
  readonly tenant: string;
  readonly grants: readonly Grant[];
  /** A credential that is bound to an organization sees that organization only. */
  readonly organization?: string;
}

/** Nobody: what public routes see. */
export function anonymous(tenant: string | null): Principal {
  return { kind: 'anonymous', id: '', actor: 'anonymous', tenant: tenant ?? '', grants: [] };
}
