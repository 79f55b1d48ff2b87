import { aggregateOf } from '#kernel/aggregate.js';
import type { EventOf } from '#kernel/events.js';
import { nameSchema, textSchema } from '#kernel/fields.js';
import { z } from 'zod';
import { productErrors } from './product.errors.js';
import { codeSchema, platformsSchema, productEvents } from './product.events.js';

export interface Product {
  readonly name: string;
  readonly code: string;
  readonly description: string | null;
  readonly platforms: readonly string[];
  readonly retired: boolean;
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((value, i) => value === b[i]);

function existing(product: Product | null): Product {
  return product ?? productErrors.refuse('product.not-found');
}

/** The rules of a product; null before it is added. */
export const product = aggregateOf<Product | null>()({
  name: 'product',
  events: productEvents,
  initial: null,

  commands: {
    add: z.strictObject({
      name: nameSchema,
      code: codeSchema,
      description: textSchema.nullable().default(null),
      platforms: platformsSchema.default([]),
    }),
    /** What is left out stays. */
    change: z.strictObject({
      name: nameSchema.optional(),
      description: textSchema.nullable().optional(),
      platforms: platformsSchema.optional(),
    }),
    retire: z.strictObject({ reason: textSchema.nullable().default(null) }),
    reinstate: z.strictObject({}),
  },

  decide: {
    add: (command, state, ctx) => {
      if (state) productErrors.refuse('product.exists');
      return { type: 'ProductAdded', data: { productId: ctx.id, ...command } };
    },

    change: (command, state) => {
      const now = existing(state);
      const events: EventOf<typeof productEvents>[] = [];
      const { name = now.name, description = now.description, platforms = [...now.platforms] } = command;
      if (name !== now.name) events.push({ type: 'ProductRenamed', data: { name } });
      if (description !== now.description || !same(platforms, now.platforms)) {
        events.push({ type: 'ProductDescribed', data: { description, platforms } });
      }
      return events;
    },

    retire: ({ reason }, state, { tenant }) =>
      existing(state).retired ? [] : { type: 'ProductRetired', data: { tenant, reason } },

    reinstate: (_command, state) => (existing(state).retired ? { type: 'ProductReinstated', data: {} } : []),
  },

  evolve: {
    ProductAdded: (_state, { name, code, description, platforms }) => ({ name, code, description, platforms, retired: false }),
    ProductRenamed: (state, { name }) => state && { ...state, name },
    ProductDescribed: (state, { description, platforms }) => state && { ...state, description, platforms },
    ProductRetired: (state) => state && { ...state, retired: true },
    ProductReinstated: (state) => state && { ...state, retired: false },
  },
});
