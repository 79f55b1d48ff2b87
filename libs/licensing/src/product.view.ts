// Products as they are listed and read.
import type { RecordedEvent } from '#kernel/context.js';
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { productEvents } from './product.events.js';

export const STATUSES = ['active', 'retired'] as const;

export const productDocSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  code: z.string(),
  description: z.string().nullable(),
  platforms: z.array(z.string()),
  status: z.enum(STATUSES),
  addedAt: instantSchema,
  changedAt: instantSchema,
  revision: z.int(),
});
export type ProductDoc = z.output<typeof productDocSchema>;

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
