// Licenses as they are listed, read, found by key, and validated. Status and limits are derived from `facts`
// when they are asked for. Activations have documents of their own: a license may have 10⁵ of them.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { searchTokens } from '#kernel/text.js';
import { viewOf, type Reducer } from '#read-models/view.js';
import { endsAllSeats, issuedFacts, nextFacts, type LicenseFacts } from './license-facts.js';
import { STATUS_INDEXES } from './license-filter.js';
import { licenseEvents, type LicenseEvents } from './license.events.js';

export type LicenseDoc = {
  readonly id: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly keyHash: string;
  readonly maskedKey: string;
  readonly facts: LicenseFacts;
  /** Activations of this revision of the license, and older ones, have ended; −1 where none were ended together. */
  readonly endedUntil: number;
  readonly issuedAt: string;
  readonly changedAt: string;
  readonly revision: number;
};

type Type = keyof LicenseEvents;

function step<K extends Type>(type: K): Reducer<LicenseDoc, DataOf<LicenseEvents, K>> {
  return {
    evolve: (doc, { data, meta, revision }) =>
      doc && {
        ...doc,
        facts: nextFacts(doc.facts, type, data, meta),
        ...(endsAllSeats(type, data, meta) && { endedUntil: revision }),
        changedAt: meta.occurredAt,
        revision,
      },
  };
}

function issued({ data, meta, revision }: RecordedEvent<string, DataOf<LicenseEvents, 'LicenseIssued'>>): LicenseDoc {
  const { licenseId: id, name, keyHash, maskedKey } = data;
  // Whose key is gone has no metadata any more; the names that nobody can read are shown as such.
  const metadata = typeof data.metadata === 'string' ? null : data.metadata;
  const at = meta.occurredAt;
  return {
    id,
    name,
    metadata,
    keyHash,
    maskedKey,
    facts: issuedFacts(data),
    endedUntil: -1,
    issuedAt: at,
    changedAt: at,
    revision,
  };
}

const fact = (name: keyof typeof STATUS_INDEXES) => ({ one: (doc: LicenseDoc) => STATUS_INDEXES[name](doc.facts) });
const SORTS = ['issuedAt', 'expiresAt', 'used', 'changedAt'] as const;

export const licenseView = viewOf<LicenseDoc>()(licenseEvents, {
  name: 'licenses',
  version: 1,
  about: 'Licenses with the facts from which status, limits and budgets follow at any instant; keys masked.',
  categories: ['license'],
  indexes: {
    id: { one: (doc) => doc.id },
    keyHash: { one: (doc) => doc.keyHash },
    productId: { one: (doc) => doc.facts.productId },
    policyId: { one: (doc) => doc.facts.policyId },
    policyVersion: { one: (doc) => doc.facts.policyVersion },
    organizationId: { one: (doc) => doc.facts.organizationId },
    contactId: { one: (doc) => doc.facts.contactId },
    archived: fact('archived'),
    revokedFrom: fact('revokedFrom'),
    suspendedFrom: fact('suspendedFrom'),
    suspendedUntil: fact('suspendedUntil'),
    effectiveFrom: fact('effectiveFrom'),
    expiresAt: fact('expiresAt'),
    graceEndsAt: fact('graceEndsAt'),
    soonFrom: fact('soonFrom'),
    used: fact('used'),
    issuedAt: { one: (doc) => doc.issuedAt },
    changedAt: { one: (doc) => doc.changedAt },
    words: { many: (doc) => searchTokens(doc.name, doc.maskedKey) },
  },
  lists: [
    ['keyHash'],
    ['id'],
    ['contactId', 'issuedAt'],
    ['productId', 'issuedAt'],
    ['policyId', 'policyVersion'],
    ...SORTS.flatMap((sort) => [[sort], ['organizationId', sort]]),
  ],
  on: {
    LicenseIssued: { evolve: (_doc, event) => issued(event) },
    LicenseSuspended: step('LicenseSuspended'),
    LicenseResumed: step('LicenseResumed'),
    LicenseRevoked: step('LicenseRevoked'),
    LicenseRevocationUndone: step('LicenseRevocationUndone'),
    LicenseRenewed: step('LicenseRenewed'),
    LicenseExpirySet: step('LicenseExpirySet'),
    LicenseOwnerChanged: step('LicenseOwnerChanged'),
    LicenseLimitsOverridden: step('LicenseLimitsOverridden'),
    LicenseMigrated: step('LicenseMigrated'),
    LicenseArchived: step('LicenseArchived'),
    LicenseKeyRevealed: step('LicenseKeyRevealed'),
    KeyActivated: step('KeyActivated'),
    KeyDeactivated: step('KeyDeactivated'),
    ActivationReplaced: step('ActivationReplaced'),
    ActivationNamed: step('ActivationNamed'),
    DeviceBlocked: step('DeviceBlocked'),
    DeviceUnblocked: step('DeviceUnblocked'),
  },
});
