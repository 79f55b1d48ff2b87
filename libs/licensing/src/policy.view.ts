// Policies as they are listed and read, and each of their versions.
import type { RecordedEvent } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { policyEvents, policyVersionSchema } from './policy.events.js';
import { STATUSES } from './product.view.js';
import { termDifferenceSchema } from './terms-change.js';
import { termsSchema } from './terms.js';

export const policyDocSchema = z.strictObject({
  id: idSchema,
  productId: idSchema,
  name: z.string(),
  code: z.string(),
  status: z.enum(STATUSES),
  /** The newest; new licenses get its terms. */
  version: policyVersionSchema,
  terms: termsSchema,
  addedAt: instantSchema,
  revisedAt: instantSchema,
  changedAt: instantSchema,
  revision: z.int(),
});
export type PolicyDoc = z.output<typeof policyDocSchema>;

/** What an event changes, and when and up to which revision the document holds. */
function changed(doc: PolicyDoc | null, event: RecordedEvent, change: Partial<PolicyDoc>): PolicyDoc | null {
  return doc && { ...doc, ...change, changedAt: event.meta.occurredAt, revision: event.revision };
}

export const policyView = viewOf<PolicyDoc>()(policyEvents, {
  name: 'policies',
  version: 1,
  about: 'The policies of a tenant with the terms of their newest version.',
  categories: ['policy'],
  indexes: {
    name: { one: (doc) => sortKey(doc.name) },
    code: { one: (doc) => doc.code },
    productId: { one: (doc) => doc.productId },
    status: { one: (doc) => doc.status },
    addedAt: { one: (doc) => doc.addedAt },
    words: { many: (doc) => searchTokens(doc.name, doc.code) },
  },
  lists: [['name'], ['code'], ['addedAt'], ['status', 'name'], ['productId', 'name']],
  on: {
    PolicyAdded: {
      evolve: (_doc, { data: { policyId, productId, name, code, version, terms }, meta: { occurredAt: at }, revision }) => ({
        ...{ id: policyId, productId, name, code, status: 'active', version, terms },
        ...{ addedAt: at, revisedAt: at, changedAt: at, revision },
      }),
    },
    PolicyRevised: {
      evolve: (doc, event) =>
        changed(doc, event, { version: event.data.version, terms: event.data.terms, revisedAt: event.meta.occurredAt }),
    },
    PolicyRenamed: { evolve: (doc, event) => changed(doc, event, event.data) },
    PolicyRetired: { evolve: (doc, event) => changed(doc, event, { status: 'retired' }) },
    PolicyReinstated: { evolve: (doc, event) => changed(doc, event, { status: 'active' }) },
  },
});

export const policyVersionDocSchema = z.strictObject({
  policyId: idSchema,
  version: policyVersionSchema,
  terms: termsSchema,
  /** How the terms differ from those of the version before; none for the first. */
  changes: z.array(termDifferenceSchema),
  at: instantSchema,
  by: z.string(),
});
export type PolicyVersionDoc = z.output<typeof policyVersionDocSchema>;

/** The key of a version's document. */
export function policyVersionKey(policyId: string, version: number): string {
  return `${policyId}.${version}`;
}

export const policyVersionView = viewOf<PolicyVersionDoc>()(policyEvents, {
  name: 'policy-versions',
  version: 1,
  about: 'Every version of every policy, with its terms and what it changed.',
  categories: ['policy'],
  indexes: {
    policyId: { one: (doc) => doc.policyId },
    version: { one: (doc) => doc.version },
  },
  lists: [['policyId', 'version']],
  on: {
    PolicyAdded: {
      keys: ({ id }) => [policyVersionKey(id, 1)],
      evolve: (_doc, { id, data, meta }) => ({
        policyId: id,
        version: 1,
        terms: data.terms,
        changes: [],
        at: meta.occurredAt,
        by: meta.actor,
      }),
    },
    PolicyRevised: {
      keys: ({ id, data }) => [policyVersionKey(id, data.version)],
      evolve: (_doc, { id, data, meta }) => ({ policyId: id, ...data, at: meta.occurredAt, by: meta.actor }),
    },
  },
});
