// What a token is worth at an instant: derived, never stored.
import type { Conditions } from '#read-models/read-store.js';

export const TOKEN_STATUSES = ['active', 'expired', 'revoked'] as const;
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

interface Ends {
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

/** A token has expired from the very instant of its end on. */
export function tokenStatus({ expiresAt, revokedAt }: Ends, at: string): TokenStatus {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= at ? 'expired' : 'active';
}

/** The same as conditions on the indexes `revokedAt` and `expiresAt`: one of them holds. */
export function whereStatus(status: TokenStatus, at: string): readonly Conditions[] {
  const justAfter = `${at}!`; // sorts between this millisecond and the next
  if (status === 'revoked') return [{ revokedAt: { notIn: [null] } }];
  if (status === 'expired') return [{ revokedAt: { equal: null }, expiresAt: { to: justAfter } }];
  return [
    { revokedAt: { equal: null }, expiresAt: { equal: null } },
    { revokedAt: { equal: null }, expiresAt: { from: justAfter } },
  ];
}
