// What has become of an invitation at an instant: derived, never stored.
import type { Conditions } from '#read-models/read-store.js';
import type { InvitationKind } from './invitation.events.js';

export const INVITATION_STATUSES = ['open', 'redeemed', 'used-up', 'expired', 'revoked'] as const;
export type InvitationStatus = (typeof INVITATION_STATUSES)[number];

interface Life {
  readonly kind: InvitationKind;
  readonly revoked: boolean;
  /** How many may redeem it, and how many have. */
  readonly limit: number;
  readonly used: number;
  readonly expiresAt: string;
}

/** An invitation has expired from the very instant of its end on. */
export function invitationStatus({ kind, revoked, limit, used, expiresAt }: Life, at: string): InvitationStatus {
  if (revoked) return 'revoked';
  if (used >= limit) return kind === 'single' ? 'redeemed' : 'used-up';
  return expiresAt <= at ? 'expired' : 'open';
}

/** The same as conditions on the indexes `end` (`revoked`, `redeemed`, `used-up` or null) and `expiresAt`. */
export function whereInvitationStatus(status: InvitationStatus, at: string): Conditions {
  const justAfter = `${at}!`; // sorts between this millisecond and the next
  if (status === 'expired') return { end: { equal: null }, expiresAt: { to: justAfter } };
  if (status === 'open') return { end: { equal: null }, expiresAt: { from: justAfter } };
  return { end: { equal: status } };
}
