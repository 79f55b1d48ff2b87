// Products as they are listed and read.
import type { RecordedEvent } from '#kernel/context.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { productEvents } from './product.events.js';

// A type, not an interface: only a type counts as an object of JSON values.
export type ProductDoc = {
  readonly id: string;
  readonly name: string;
  readonly code: string;
  readonly description: string | null;
  readonly platforms: readonly string[];
  readonly status: 'active' | 'retired';
  readonly addedAt: string;
  readonly changedAt: string;
  readonly revision: number;
};

/** What an event changes, and when and up to which revision the document holds. */
function changed(doc: ProductDoc | null, event: RecordedEvent, change: Partial<ProductDoc>): ProductDoc | null {
  return doc && { ...doc, ...change, changedAt: event.meta.occurredAt, revision: event.revision };
}

export const productView = viewOf<ProductDoc>()(productEvents, {
  name: 'products',
  version: 1,
  about: 'The products of a tenant.',
  categories: ['product'],
  indexes: {
    name: { one: (doc) => sortKey(doc.name) },
    code: { one: (doc) => doc.code },
    status: { one: (doc) => doc.status },
    addedAt: { one: (doc) => doc.addedAt },
    words: { many: (doc) => searchTokens(doc.name, doc.code) },
  },
  lists: [['name'], ['code'], ['addedAt'], ['status', 'name']],
  on: {
    ProductAdded: {
      evolve: (_doc, { data, meta, revision }) => ({
        id: data.productId,
        name: data.name,
        code: data.code,
        description: data.description,
        platforms: data.platforms,
        status: 'active',
        addedAt: meta.occurredAt,
        changedAt: meta.occurredAt,
        revision,
      }),
    },
    ProductRenamed: { evolve: (doc, event) => changed(doc, event, event.data) },
    ProductDescribed: { evolve: (doc, event) => changed(doc, event, event.data) },
    ProductRetired: { evolve: (doc, event) => changed(doc, event, { status: 'retired' }) },
    ProductReinstated: { evolve: (doc, event) => changed(doc, event, { status: 'active' }) },
  },
});
