// Issuing a license: to an organization, to a contact, or to both, with the terms of one policy version.
import type { Given } from '#kernel/aggregate.js';
import type { DataOf } from '#kernel/events.js';
import { instantInputSchema, nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { addPeriod } from '#kernel/periods.js';
import { z } from 'zod';
import { metadataSchema } from './license-fields.js';
import { holderOf, type Rules } from './license-state.js';
import { licenseErrors } from './license.errors.js';
import { keyedHashSchema, maskedKeySchema, type LicenseEvents } from './license.events.js';
import type { LicenseNeeds } from './owner.facts.js';
import { policyErrors } from './policy.errors.js';
import { policyVersionSchema } from './policy.events.js';
import { newestVersion, termsOf, type Policy } from './policy.js';
import { productErrors } from './product.errors.js';
import { keyFormatSchema, type KeyFormat, type Terms } from './terms.js';

/** What a caller says; the door adds what it looked up and drew. */
export const issueBodySchema = z.strictObject({
  policyId: idSchema,
  /** Default: the newest. */
  policyVersion: policyVersionSchema.optional(),
  organizationId: idSchema.nullable().default(null),
  contactId: idSchema.nullable().default(null),
  name: nameSchema.nullable().default(null),
  metadata: metadataSchema.nullable().default(null),
  /** May lie in the past, for a license that was sold before, and in the future. */
  effectiveFrom: instantInputSchema.optional(),
  /** Instead of what the terms would give; null = for ever. */
  expiresAt: instantInputSchema.nullable().optional(),
  maintenanceEndsAt: instantInputSchema.nullable().optional(),
});

export const issueCommands = {
  issue: issueBodySchema.extend({
    productId: idSchema,
    /** In the format of the policy version, drawn at the door. */
    key: z.string().max(100),
    keyFormat: keyFormatSchema,
    keyHash: keyedHashSchema,
    maskedKey: maskedKeySchema,
  }),
};

type Issue = z.output<(typeof issueCommands)['issue']>;

/** @throws where an owner is missing, unknown or archived, or the contact does not belong to the organization. */
export function checkOwner(owner: { organizationId: string | null; contactId: string | null }, facts: Given<LicenseNeeds>): void {
  const { organizationId, contactId } = owner;
  if (organizationId === null && contactId === null) licenseErrors.refuse('license.owner-needed');
  if (organizationId !== null) {
    const organization = facts.organization?.state;
    if (!organization?.exists) licenseErrors.refuse('license.unknown-organization');
    if (organization?.archived) licenseErrors.refuse('license.organization-archived');
    if (contactId !== null && !organization?.members.has(contactId)) licenseErrors.refuse('license.contact-not-member');
  }
  if (contactId !== null) {
    const contact = facts.contact?.state;
    if (!contact?.exists) licenseErrors.refuse('license.unknown-contact');
    if (contact?.archived) licenseErrors.refuse('license.contact-archived');
  }
}

/** The policy that the license is issued under. @throws where it, or its product, is missing or retired. */
function policyFor(command: Issue, facts: Given<LicenseNeeds>): Policy {
  const policy = facts.policy?.state ?? policyErrors.refuse('policy.not-found');
  if (policy.productId !== command.productId) licenseErrors.refuse('license.policy-changed');
  if (policy.retired) policyErrors.refuse('policy.retired');
  const product = facts.product?.state ?? productErrors.refuse('product.not-found');
  if (product.retired) productErrors.refuse('product.retired');
  return policy;
}

function isSameFormat(a: KeyFormat, b: KeyFormat): boolean {
  return a.prefix === b.prefix && a.groups === b.groups && a.groupLength === b.groupLength;
}

/** When the license and its maintenance end, as far as that is settled at the issue. */
function endsOf(command: Issue, terms: Terms, effectiveFrom: string) {
  const end = (asked: string | null | undefined, period: string | null) => {
    if (asked !== undefined) return asked;
    return period && terms.starts === 'issue' ? addPeriod(effectiveFrom, period) : null;
  };
  const ends = {
    expiresAt: end(command.expiresAt, terms.duration),
    maintenanceEndsAt: end(command.maintenanceEndsAt, terms.maintenance),
  };
  for (const instant of Object.values(ends))
    if (instant !== null && instant < effectiveFrom) licenseErrors.refuse('license.ends-before-start');
  const waits = terms.starts === 'first-activation';
  const awaitsActivation = {
    expiry: waits && command.expiresAt === undefined,
    maintenance: waits && command.maintenanceEndsAt === undefined,
  };
  return { ...ends, awaitsActivation };
}

export const issueRules: Rules<typeof issueCommands> = {
  issue: (command, state, ctx) => {
    if (state) licenseErrors.refuse('license.already-issued');
    const policy = policyFor(command, ctx.facts);
    checkOwner(command, ctx.facts);
    const policyVersion = command.policyVersion ?? newestVersion(policy);
    const terms = termsOf(policy, policyVersion);
    if (!isSameFormat(terms.keyFormat, command.keyFormat)) licenseErrors.refuse('license.policy-changed');
    const effectiveFrom = command.effectiveFrom ?? ctx.now;
    const { productId, policyId, organizationId, contactId, name, metadata, key, keyHash, maskedKey } = command;
    const data: DataOf<LicenseEvents, 'LicenseIssued'> = {
      ...{ licenseId: ctx.id, productId, policyId, policyVersion, terms, organizationId, contactId, holder: holderOf(command) },
      ...{ name, metadata, tenant: ctx.tenant, key, keyHash, maskedKey, effectiveFrom },
      ...endsOf(command, terms, effectiveFrom),
    };
    return { type: 'LicenseIssued', data };
  },
};
