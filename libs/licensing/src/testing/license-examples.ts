// Examples that the specs of licenses share: a vendor's product and policy, a customer, and devices by number.
import type { DataOf, EventOf } from '#kernel/events.js';
import { deriveId } from '#kernel/ids.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import type { LicenseEvents } from '../license.events.js';
import { termsSchema, type Terms } from '../terms.js';

export const PRODUCT = '01j000000000000000000000p1';
export const POLICY = '01j000000000000000000000q1';
export const ORGANIZATION = '01j000000000000000000000r1';
export const CONTACT = '01j000000000000000000000c1';
export const KEY = 'A1B2C-D3E4F-G5H6J-K7M8N-P9Q0R';
export const NOW = testContext.now;

export type LicenseEvent = EventOf<LicenseEvents> & { readonly at?: string };

/** The keyed hash of device `n`. */
export const fingerprint = (n: number) => `device-${n}-`.padEnd(43, 'x');
/** The id of its activation. */
export const activation = (n: number) => `01j0000000000000000000d${String(n).padStart(3, '0')}`;

export const terms = (some: Partial<Terms> = {}): Terms => ({ ...termsSchema.parse({}), ...some });

/** Issued to the organization at the start of 2026, for ever unless said otherwise. */
export function issued(some: Partial<Terms> = {}, data: Partial<DataOf<LicenseEvents, 'LicenseIssued'>> = {}): LicenseEvent {
  return {
    type: 'LicenseIssued',
    at: '2026-01-01T00:00:00.000Z',
    data: {
      ...{ licenseId: TEST_ID, productId: PRODUCT, policyId: POLICY, policyVersion: 1, terms: terms(some) },
      ...{ organizationId: ORGANIZATION, contactId: null, holder: ORGANIZATION, name: null, metadata: null, tenant: 'acme' },
      ...{ key: KEY, keyHash: fingerprint(0), maskedKey: '•••••-•••••-•••••-•••••-P9Q0R' },
      ...{ effectiveFrom: '2026-01-01T00:00:00.000Z', expiresAt: null, maintenanceEndsAt: null },
      awaitsActivation: { expiry: some.starts === 'first-activation', maintenance: some.starts === 'first-activation' },
      ...data,
    },
  };
}

const unnamed = { deviceName: null, platform: null, components: null, publicKey: null, by: 'token', userId: null } as const;

export function activated(n: number, at = NOW, data: Partial<DataOf<LicenseEvents, 'KeyActivated'>> = {}): LicenseEvent {
  const device = { activationId: activation(n), holder: ORGANIZATION, fingerprint: fingerprint(n), ...unnamed, started: null };
  return { type: 'KeyActivated', at, data: { ...device, ...data } };
}

export function deactivated(n: number, at = NOW, cause: 'customer' | 'device' | 'vendor' = 'customer'): LicenseEvent {
  return { type: 'KeyDeactivated', at, data: { activationId: activation(n), fingerprint: fingerprint(n), cause } };
}

export function replaced(old: number, by: number, at = NOW, cause: 'customer' | 'device' | 'vendor' = 'customer'): LicenseEvent {
  const ended = { activationId: activation(old), fingerprint: fingerprint(old), cause };
  const device = { activationId: activation(by), holder: ORGANIZATION, fingerprint: fingerprint(by), ...unnamed };
  return { type: 'ActivationReplaced', at, data: { ended, ...device } };
}

const lifecycle = { holder: ORGANIZATION, reason: null };
export const suspended = (from = NOW, until: string | null = null, at = from): LicenseEvent => ({
  type: 'LicenseSuspended',
  at,
  data: { ...lifecycle, from, until },
});
export const revoked = (from = NOW, ended = 0, at = NOW): LicenseEvent => ({
  type: 'LicenseRevoked',
  at,
  data: { ...lifecycle, from, ended },
});
export const archived = (at = NOW): LicenseEvent => ({ type: 'LicenseArchived', at, data: { ...lifecycle, ended: 0 } });

const owner = { organizationId: ORGANIZATION, contactId: CONTACT };
/** The histories of the streams that a license asks about. */
export const vendor = {
  product: [
    { type: 'ProductAdded', data: { productId: PRODUCT, name: 'Editor', code: 'editor', description: null, platforms: [] } },
  ],
  policy: [
    {
      type: 'PolicyAdded',
      data: { policyId: POLICY, productId: PRODUCT, name: 'Standard', code: 'standard', version: 1, terms: terms() },
    },
  ],
  organization: [
    {
      type: 'OrganizationAdded',
      data: { organizationId: ORGANIZATION, name: 'Globex', accountNumber: null, company: null, domains: [] },
    },
    { type: 'MemberAdded', data: owner },
  ],
  contact: [{ type: 'ContactAdded', data: { contactId: CONTACT, name: 'Ada', email: 'ada@example.com' } }],
};

/** A device as a command names it. */
export const device = (n: number) => ({ fingerprint: fingerprint(n) });

/** An event as a rule decides it. */
export const plain = ({ type, data }: LicenseEvent) => ({ type, data }) as never;

/** The activation of device `n` that the example's command makes. */
export function made(n: number, data: object = {}): never {
  return plain(activated(n, NOW, { activationId: deriveId(testContext.commandId, 'activation'), ...data }));
}

/** Terms with two seats and a budget of deactivations. */
export const budget = (deactivations: Partial<Terms['deactivations']>) => ({
  activations: 2,
  deactivations: { allowed: -1, window: null, minimumAge: null, ...deactivations },
});
