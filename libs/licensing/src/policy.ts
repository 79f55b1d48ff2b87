import { aggregateOf } from '#kernel/aggregate.js';
import { nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { policyErrors } from './policy.errors.js';
import { policyEvents } from './policy.events.js';
import { productErrors } from './product.errors.js';
import { codeSchema } from './product.events.js';
import { product } from './product.js';
import { changeTerms, diffTerms, termsChangeSchema, type TermsChange } from './terms-change.js';
import { termsMisfit } from './terms-fit.js';
import { termsSchema, type Terms } from './terms.js';

export interface Policy {
  readonly productId: string;
  readonly name: string;
  readonly code: string;
  readonly retired: boolean;
  /** The terms of version 1, 2, …; the last are those that new licenses get. */
  readonly versions: readonly Terms[];
}

/** The number of the newest version. */
export function newestVersion(policy: Policy): number {
  return policy.versions.length;
}

/** The terms of a version. @throws `policy.version-not-found` */
export function termsOf(policy: Policy, version: number): Terms {
  return (
    policy.versions[version - 1] ?? policyErrors.refuse('policy.version-not-found', undefined, { newest: newestVersion(policy) })
  );
}

function existing(policy: Policy | null): Policy {
  return policy ?? policyErrors.refuse('policy.not-found');
}

/** The terms. @throws `policy.terms-do-not-fit` where they mean nothing together. */
function fitting(terms: Terms): Terms {
  const misfit = termsMisfit(terms, '/terms');
  if (misfit.length > 0) throw policyErrors.error('policy.terms-do-not-fit', undefined, {}, misfit);
  return terms;
}

function revised(terms: Terms, change: TermsChange): Terms {
  const checked = termsSchema.safeParse(changeTerms(terms, change));
  if (checked.success) return fitting(checked.data);
  const pointers = checked.error.issues.map((issue) => ({
    pointer: ['', 'terms', ...issue.path].join('/'),
    detail: issue.message,
  }));
  throw policyErrors.error('policy.terms-do-not-fit', undefined, {}, pointers);
}

/** The rules of a policy; null before it is added. */
export const policy = aggregateOf<Policy | null>()({
  name: 'policy',
  events: policyEvents,
  initial: null,
  facts: { product },

  commands: {
    add: z.strictObject({ productId: idSchema, name: nameSchema, code: codeSchema, terms: termsSchema.prefault({}) }),
    /** Terms that are left out stay; a retired policy can be revised too, for the licenses that it has. */
    revise: z.strictObject({ terms: termsChangeSchema }),
    rename: z.strictObject({ name: nameSchema }),
    retire: z.strictObject({ reason: textSchema.nullable().default(null) }),
    reinstate: z.strictObject({}),
  },

  needs: { add: ({ productId }) => ({ product: productId }) },

  decide: {
    add: (command, state, ctx) => {
      if (state) policyErrors.refuse('policy.exists');
      const sold = ctx.facts.product?.state ?? productErrors.refuse('product.not-found');
      if (sold.retired) productErrors.refuse('product.retired');
      fitting(command.terms);
      return { type: 'PolicyAdded', data: { policyId: ctx.id, ...command, version: 1 as const } };
    },

    revise: ({ terms: change }, state) => {
      const newest = newestVersion(existing(state));
      const now = termsOf(existing(state), newest);
      const terms = revised(now, change);
      const changes = diffTerms(now, terms);
      return changes.length === 0 ? [] : { type: 'PolicyRevised', data: { version: newest + 1, terms, changes } };
    },

    rename: ({ name }, state) => (existing(state).name === name ? [] : { type: 'PolicyRenamed', data: { name } }),

    retire: ({ reason }, state, { tenant }) =>
      existing(state).retired ? [] : { type: 'PolicyRetired', data: { tenant, reason } },

    reinstate: (_command, state) => (existing(state).retired ? { type: 'PolicyReinstated', data: {} } : []),
  },

  evolve: {
    PolicyAdded: (_state, { productId, name, code, terms }) => ({ productId, name, code, retired: false, versions: [terms] }),
    PolicyRevised: (state, { terms }) => state && { ...state, versions: [...state.versions, terms] },
    PolicyRenamed: (state, { name }) => state && { ...state, name },
    PolicyRetired: (state) => state && { ...state, retired: true },
    PolicyReinstated: (state) => state && { ...state, retired: false },
  },
});
