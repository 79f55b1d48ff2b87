import { defineErrors } from '#kernel/errors.js';

/** What is refused about products. */
export const productErrors = defineErrors({
  'product.not-found': { kind: 'missing', title: 'There is no such product.', keygen: 'NOT_FOUND' },
  'product.exists': { kind: 'conflict', title: 'The product was added already.' },
  'product-code.taken': {
    kind: 'conflict',
    title: 'Another product has this code; a retired product keeps its own.',
    keygen: 'CODE_TAKEN',
  },
  'product.retired': {
    kind: 'conflict',
    title: 'The product is retired: it gets no new policies and no new licenses until it is reinstated.',
  },
});
