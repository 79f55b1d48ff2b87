// The verdict on a license: a pure function of three documents, a request and an instant. It writes nothing.
// Checks run in one order (licensing.md §2.2) and the first that fails decides; the verdict carries all
// checks up to that one, so that anybody can see why.
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { isLive, type ActivationDoc } from './activation.view.js';
import {
  graceEndsAt,
  isBlockedAt,
  isRevokedAt,
  isSuspendedAt,
  limitsAt,
  seatsAt,
  statusAt,
  type LicenseStatus,
} from './license-status.js';
import type { LicenseDoc } from './license.view.js';
import { entitlementCodeSchema } from './terms.js';

/** What else must hold; what is left out is not asked. The door turns the device's words into a keyed hash. */
export const validationScopes = {
  productId: idSchema.optional(),
  policyVersion: z.int().min(1).optional(),
  /** The contact to whom the license must belong. */
  contactId: idSchema.optional(),
  entitlements: z.array(entitlementCodeSchema).max(50).optional(),
};

export interface ValidationRequest {
  readonly productId?: string;
  readonly policyVersion?: number;
  readonly contactId?: string;
  readonly entitlements?: readonly string[];
  /** Keyed hash. */
  readonly fingerprint?: string;
}

/** What is known; null where there is no such document. */
export interface Known {
  readonly license: LicenseDoc;
  /** Of the device that is asked about. */
  readonly activation: ActivationDoc | null;
  readonly organization: { readonly suspended: boolean } | null;
  readonly contact: { readonly suspended: boolean } | null;
}

interface CodeDefinition {
  readonly valid: boolean;
  readonly detail: string;
  /** The names that Keygen's and Cryptlex' APIs use for the same thing. */
  readonly keygen?: string;
  readonly cryptlex?: string;
}

/** Every code of a verdict. A missing, archived or foreign license has no verdict: it answers `license.not-found`. */
export const VERDICT_CODES = {
  'license.valid': { valid: true, detail: 'The license is valid.', keygen: 'VALID', cryptlex: 'LA_OK' },
  'license.revoked': { valid: false, detail: 'The license is revoked.', keygen: 'BANNED', cryptlex: 'LA_E_REVOKED' },
  'license.suspended': { valid: false, detail: 'The license is suspended.', keygen: 'SUSPENDED', cryptlex: 'LA_SUSPENDED' },
  'license.organization-suspended': {
    valid: false,
    detail: 'The organization that owns the license is suspended.',
    keygen: 'BANNED',
    cryptlex: 'LA_SUSPENDED',
  },
  'license.contact-suspended': {
    valid: false,
    detail: 'The contact who owns the license is suspended.',
    keygen: 'BANNED',
    cryptlex: 'LA_SUSPENDED',
  },
  'license.not-yet-effective': {
    valid: false,
    detail: 'The license is not effective yet.',
    cryptlex: 'LA_E_LICENSE_NOT_EFFECTIVE',
  },
  'license.expired': { valid: false, detail: 'The license is expired.', keygen: 'EXPIRED', cryptlex: 'LA_EXPIRED' },
  'license.expired-but-usable': {
    valid: true,
    detail: 'The license is expired; its terms let it be used on.',
    keygen: 'EXPIRED',
    cryptlex: 'LA_EXPIRED',
  },
  'license.in-grace': { valid: true, detail: 'The license is expired and in its grace period.', cryptlex: 'LA_EXPIRED' },
  'license.product-mismatch': {
    valid: false,
    detail: 'The license is for another product.',
    keygen: 'PRODUCT_SCOPE_MISMATCH',
    cryptlex: 'LA_E_PRODUCT_ID',
  },
  'license.policy-version-mismatch': {
    valid: false,
    detail: 'The license has another version of its policy.',
    keygen: 'POLICY_SCOPE_MISMATCH',
  },
  'license.contact-mismatch': { valid: false, detail: 'The license belongs to somebody else.', keygen: 'USER_SCOPE_MISMATCH' },
  'license.entitlements-missing': { valid: false, detail: 'The license lacks an entitlement.', keygen: 'ENTITLEMENTS_MISSING' },
  'device.blocked': { valid: false, detail: 'The device is blocked from the license.', keygen: 'BANNED' },
  'device.not-activated': {
    valid: false,
    detail: 'The device is not activated.',
    keygen: 'NO_MACHINE',
    cryptlex: 'LA_E_ACTIVATION_NOT_FOUND',
  },
  'license.over-allocated': {
    valid: false,
    detail: 'More devices are active than the license allows.',
    keygen: 'TOO_MANY_MACHINES',
    cryptlex: 'LA_E_ACTIVATION_LIMIT',
  },
} as const satisfies Record<string, CodeDefinition>;
export type VerdictCode = keyof typeof VERDICT_CODES;

export interface Verdict {
  readonly valid: boolean;
  readonly code: VerdictCode;
  readonly detail: string;
  readonly status: LicenseStatus;
  /** In order; the last one decided, unless all passed. */
  readonly checks: readonly { readonly check: string; readonly passed: boolean }[];
  readonly entitlementsMissing: readonly string[];
}

/** A code where the check decides, null where it lets pass. */
type Check = (known: Known, request: ValidationRequest, t: string) => VerdictCode | null;

/** An entitlement is held unless it is missing or says no. */
function missing({ license }: Known, { entitlements = [] }: ValidationRequest, t: string): string[] {
  const held = limitsAt(license.facts, t).entitlements;
  return entitlements.filter((code) => !Object.hasOwn(held, code) || held[code] === false);
}

function expiry({ license: { facts } }: Known, t: string): VerdictCode | null {
  if (facts.expiresAt === null || t < facts.expiresAt) return null;
  if (t < graceEndsAt(facts)!) return 'license.in-grace';
  return facts.terms.expiryStrategy === 'maintain' || facts.terms.expiryStrategy === 'allow'
    ? 'license.expired-but-usable'
    : 'license.expired';
}

/** In the order in which they run. */
const CHECKS: Readonly<Record<string, Check>> = {
  revoked: ({ license }, _request, t) => (isRevokedAt(license.facts, t) ? 'license.revoked' : null),
  suspended: ({ license }, _request, t) => (isSuspendedAt(license.facts, t) ? 'license.suspended' : null),
  'organization-suspended': ({ organization }) => (organization?.suspended ? 'license.organization-suspended' : null),
  'contact-suspended': ({ contact }) => (contact?.suspended ? 'license.contact-suspended' : null),
  'not-yet-effective': ({ license }, _request, t) => (t < license.facts.effectiveFrom ? 'license.not-yet-effective' : null),
  'access-expired': (known, _request, t) =>
    known.license.facts.terms.expiryStrategy === 'revoke' && expiry(known, t) === 'license.expired' ? 'license.expired' : null,
  product: ({ license }, { productId }) =>
    productId !== undefined && productId !== license.facts.productId ? 'license.product-mismatch' : null,
  'policy-version': ({ license }, { policyVersion }) =>
    policyVersion !== undefined && policyVersion !== license.facts.policyVersion ? 'license.policy-version-mismatch' : null,
  contact: ({ license }, { contactId }) =>
    contactId !== undefined && contactId !== license.facts.contactId ? 'license.contact-mismatch' : null,
  entitlements: (known, request, t) => (missing(known, request, t).length > 0 ? 'license.entitlements-missing' : null),
  'device-blocked': ({ license }, { fingerprint }, t) =>
    fingerprint !== undefined && isBlockedAt(license.facts, fingerprint, t) ? 'device.blocked' : null,
  'device-activated': ({ license, activation }, { fingerprint }, t) =>
    fingerprint !== undefined && !(activation && isLive(activation, license, t)) ? 'device.not-activated' : null,
  'over-allocated': ({ license: { facts } }, _request, t) =>
    limitsAt(facts, t).overAllocated === 'invalid' && seatsAt(facts, t).overAllocated ? 'license.over-allocated' : null,
  expired: (known, _request, t) => expiry(known, t),
};

/** The verdict at `t` on a license that exists and is not archived. `asking` is told each check before it runs. */
export function validateLicense(
  known: Known,
  request: ValidationRequest,
  t: string,
  asking: (check: string) => void = () => undefined,
): Verdict {
  const checks: { check: string; passed: boolean }[] = [];
  let code: VerdictCode = 'license.valid';
  for (const [check, decide] of Object.entries(CHECKS)) {
    asking(check);
    const decided = decide(known, request, t);
    checks.push({ check, passed: decided === null });
    if (decided === null) continue;
    code = decided;
    break;
  }
  asking('verdict');
  const { valid, detail } = VERDICT_CODES[code];
  const entitlementsMissing = code === 'license.entitlements-missing' ? missing(known, request, t) : [];
  return { valid, code, detail, status: statusAt(known.license.facts, t), checks, entitlementsMissing };
}
