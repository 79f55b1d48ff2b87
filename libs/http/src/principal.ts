// Who asks, as the guard has established it.
import type { Grant, Permission, Scope } from '#kernel/permissions.js';

export interface Principal {
  readonly kind: 'token' | 'license' | 'operator' | 'user' | 'anonymous';
  /** Of the token, the license or the user's contact; empty for nobody. */
  readonly id: string;
  /** As it stands in events: `token:<id>`, `license:<id>`, `user:<id>`, `anonymous`. */
  readonly actor: string;
  /** The tenant that the credential belongs to; of nobody, the one that the request names, or empty. */
  readonly tenant: string;
  /** What it may do at all; of a user, his rights without where each of them holds. */
  readonly grants: readonly Grant[];
  /** A credential that is bound to an organization sees that organization only. */
  readonly organization?: string;
  /** Of a signed-in user, and of nobody else. */
  readonly person?: Person;
}

/** A signed-in user: who he is, how he proved it, and what he may do where. */
export interface Person {
  /** His contact's id, which is the user's too. */
  readonly contactId: string;
  readonly kind: 'staff' | 'customer';
  readonly sessionId: string;
  /** When he last proved who he is: ISO 8601, UTC, milliseconds. */
  readonly authenticatedAt: string;
  /** By what: `password`, `totp`, `passkey`, `recovery-code`, `google`, … */
  readonly factors: readonly string[];
  /** What he must do before anything else. */
  readonly due?: 'password' | 'factor';
  /** By what he can prove anew who he is: `password`, kinds of factors, `provider`. */
  readonly ways?: readonly string[];
  readonly rights: readonly Right[];
  readonly groups: readonly { readonly id: string; readonly organizationId: string }[];
  /** Those that he is a member of. */
  readonly organizations: readonly string[];
}

export interface Right {
  readonly permission: Permission;
  readonly scope: Scope;
  /** The organization in which it holds; null for a right that is his wherever he is. */
  readonly organizationId: string | null;
  /** Where it comes from: `role:administrator`, `place:primary`. */
  readonly via: string;
}

/** Nobody: what public routes see. */
export function anonymous(tenant: string | null): Principal {
  return { kind: 'anonymous', id: '', actor: 'anonymous', tenant: tenant ?? '', grants: [] };
}
