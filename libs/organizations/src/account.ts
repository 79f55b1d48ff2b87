// Account number and company: what an organization, or a contact without one, is known by to the vendor.
import { factsFrom } from '#kernel/aggregate.js';
import type { UniqueValue } from '#kernel/events.js';
import { idSchema } from '#kernel/ids.js';
import { tenantEvents } from '#tenants/tenant.events.js';
import { z } from 'zod';
import { organizationsErrors } from './organizations.errors.js';

/** The vendor's own number for a customer; case does not distinguish two of them. */
export const accountNumberSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

/** The legal entity of the vendor that serves a customer. */
export const companySchema = idSchema;

/** The form in which two account numbers are the same. */
export function accountNumberKey(accountNumber: string): string {
  return accountNumber.trim().normalize('NFC').toLowerCase();
}

/** Account numbers of organizations and of contacts are one kind: no two customers of a vendor share one. */
export function accountNumberClaim(accountNumber: string | null): readonly UniqueValue[] {
  return accountNumber === null ? [] : [{ kind: 'account-number', value: accountNumberKey(accountNumber) }];
}

type Companies = { readonly open: Readonly<Record<string, boolean>> };

/** Which legal entities of the vendor there are, and whether they are open. */
export const companies = factsFrom(tenantEvents)<Companies>({
  name: 'companies-of-tenant',
  category: 'tenant',
  initial: { open: {} },
  evolve: {
    LegalEntityAdded: ({ open }, { legalEntityId }) => ({ open: { ...open, [legalEntityId]: true } }),
    LegalEntityClosed: ({ open }, { legalEntityId }) => ({ open: { ...open, [legalEntityId]: false } }),
  },
});

/** @throws `company.not-found`, `company.closed` where the company cannot serve anybody new. */
export function mustBeOpen(company: string | null, known: { readonly state: Companies } | undefined): void {
  if (company === null) return;
  const open = known?.state.open[company];
  if (open === undefined) organizationsErrors.refuse('company.not-found');
  if (!open) organizationsErrors.refuse('company.closed');
}
