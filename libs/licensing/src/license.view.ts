// Licenses as they are listed, read, found by key, and validated. Status and limits are derived from `facts`
// when they are asked for. Activations have documents of their own: a license may have 10⁵ of them.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { searchTokens } from '#kernel/text.js';
import { groupEvents } from '#organizations/group.events.js';
import { viewOf, type Reducer } from '#read-models/view.js';
import { endsAllSeats, issuedFacts, nextFacts, type LicenseFacts } from './license-facts.js';
import { STATUS_INDEXES } from './license-filter.js';
import { givingAccess, type Links } from './license-links.js';
import { shownLicense } from './license-shown.js';
import { licenseEvents, type LicenseEvents } from './license.events.js';
import { linkageView } from './linkage.view.js';

export type LicenseDoc = {
  readonly id: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly keyHash: string;
  readonly maskedKey: string;
  readonly facts: LicenseFacts;
  /** Activations of this revision of the license, and older ones, have ended; −1 where none were ended together. */
  readonly endedUntil: number;
  readonly links: Links;
  /** Those of them that give access by it now: the groups of the organization that it belongs to. */
  readonly groups: readonly string[];
  readonly issuedAt: string;
  readonly changedAt: string;
  readonly revision: number;
};

type Type = keyof LicenseEvents;

function step<K extends Type>(type: K): Reducer<LicenseDoc, DataOf<LicenseEvents, K>> {
  return {
    evolve: (doc, { data, meta, revision }) => {
      if (!doc) return doc;
      const facts = nextFacts(doc.facts, type, data, meta);
      return {
        ...doc,
        facts,
        ...(endsAllSeats(type, data, meta) && { endedUntil: revision }),
        ...(facts.organizationId !== doc.facts.organizationId && { groups: givingAccess(doc.links, facts) }),
        changedAt: meta.occurredAt,
        revision,
      };
    },
  };
}

/** Links stand in the streams of groups: they change neither the revision of the license nor when it was changed. */
function withLinks(doc: LicenseDoc | null, links: (before: Links) => Links): LicenseDoc | null {
  if (!doc) return doc;
  const after = links(doc.links);
  return { ...doc, links: after, groups: givingAccess(after, doc.facts) };
}

function unlinked(doc: LicenseDoc | null, groupId: string): LicenseDoc | null {
  return withLinks(doc, ({ [groupId]: _left, ...links }) => links);
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
    links: {},
    groups: [],
    issuedAt: at,
    changedAt: at,
    revision,
  };
}

const fact = (name: keyof typeof STATUS_INDEXES) => ({ one: (doc: LicenseDoc) => STATUS_INDEXES[name](doc.facts) });
const SORTS = ['issuedAt', 'expiresAt', 'used', 'changedAt'] as const;

export const licenseView = viewOf<LicenseDoc>()(
  { ...licenseEvents, ...groupEvents },
  {
    name: 'licenses',
    version: 2,
    about: 'Licenses with the facts from which status, limits and budgets follow at any instant; keys masked.',
    categories: ['license', 'group'],
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
      group: { many: (doc) => doc.groups },
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
    shown: shownLicense,
    streamsOf: async (id, lookUp) => [
      { category: 'license', id },
      ...(await lookUp(linkageView, 'license', id)).map(({ groupId }) => ({ category: 'group', id: groupId })),
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
      LicenseLinked: {
        keys: ({ data }) => [data.licenseId],
        evolve: (doc, { data }) => withLinks(doc, (links) => ({ ...links, [data.groupId]: data.organizationId })),
      },
      LicenseUnlinked: { keys: ({ data }) => [data.licenseId], evolve: (doc, { data }) => unlinked(doc, data.groupId) },
      GroupDeleted: { keys: ({ data }) => data.licenses, evolve: (doc, { data }) => unlinked(doc, data.groupId) },
    },
  },
);
