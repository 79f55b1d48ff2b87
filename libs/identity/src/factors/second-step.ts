// Who needs a second factor, and whether what was proved has one. Decided with each login and each request, from the
// same two documents as rights.
import type { FactorPolicy } from '#tenants/tenant.events.js';
import type { AccessDoc } from '../access.view.js';
import { grantsOfRole, type RoleBook } from '../role-book.js';
import { hasSecondStep } from '../user.factors.js';

/** What sessions call the factors that are proved here. */
export type FactorName = 'totp' | 'passkey' | 'recovery-code';

/** Factors that are proved here and stand for a second step; a passkey, with the user verified, for both. */
const OWN: ReadonlySet<string> = new Set<FactorName>(['totp', 'passkey', 'recovery-code']);
/** "Multiple-factor authentication" (RFC 8176): a provider says so, and the vendor trusts it in this. */
const ASSERTED = 'mfa';

/** Names that no provider may give: what is proved here is called so. */
export function isOwnFactor(name: string): boolean {
  return OWN.has(name) || name === 'password';
}

/** Whether more than one factor was proved. */
export function isTwofold(factors: readonly string[]): boolean {
  return factors.some((each) => OWN.has(each) || each === ASSERTED);
}

/** Whoever decides on roles, or on who logs in and how, could give himself everything else. */
function administers(book: RoleBook, roles: readonly string[]): boolean {
  const grants = roles.filter((role) => book.get(role)?.kind === 'staff').flatMap((role) => grantsOfRole(book, role));
  return grants.some(
    ({ permission, scope }) => scope === 'tenant' && (permission === 'role.manage' || permission === 'login.manage'),
  );
}

/** Whether a user must have a second factor: administrators always, others as the vendor has decided. */
export function needsFactor({ user }: Pick<AccessDoc, 'user'>, book: RoleBook, policy: FactorPolicy): boolean {
  if (!user) return false;
  if (policy === 'everyone') return true;
  return user.kind === 'staff' && (policy === 'staff' || administers(book, user.roles));
}

/**
 * Whether a session is one of somebody who needs a second factor and has not proved it: he has none, or it was begun
 * before he had. What a provider asserts counts, whether he has one here or not.
 */
export function isFactorDue(needed: boolean, { factors }: Pick<AccessDoc, 'factors'>, proved: readonly string[]): boolean {
  if (!needed || proved.includes(ASSERTED)) return false;
  return !hasSecondStep(factors) || !isTwofold(proved);
}
