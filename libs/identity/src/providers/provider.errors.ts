import { defineErrors } from '#kernel/errors.js';

/** Refusals around login providers and what they say of people. */
export const providerErrors = defineErrors({
  'provider.not-found': { kind: 'missing', title: 'There is no such login provider.' },
  'provider.exists': { kind: 'conflict', title: 'A login provider with this id exists already.' },
  'provider.kind-fixed': {
    kind: 'conflict',
    title: 'A login provider stays of its kind; add another one and remove this.',
  },
});
