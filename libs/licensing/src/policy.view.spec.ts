import { describe, expect, it } from '@jest/globals';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { policyVersionKey, policyVersionView, policyView } from './policy.view.js';
import { termsSchema } from './terms.js';

const productId = '01j00000000000000000000009';
const terms = termsSchema.parse({ activations: 3 });
const more = { ...terms, activations: 5 };
const changes = [{ pointer: '/activations', from: 3, to: 5 }];
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-02-01T00:00:00.000Z';
const added = {
  type: 'PolicyAdded',
  at,
  data: { policyId: TEST_ID, productId, name: 'Standard', code: 'std', version: 1, terms },
};
const revised = { type: 'PolicyRevised', at: later, data: { version: 2, terms: more, changes } };

describe('the view of policies', () => {
  it('shows a policy as it was added', () => {
    expect(folded(policyView, added).doc()).toEqual({
      id: TEST_ID,
      productId,
      name: 'Standard',
      code: 'std',
      status: 'active',
      version: 1,
      terms,
      addedAt: at,
      revisedAt: at,
      changedAt: at,
      revision: 0,
    });
  });

  it('shows the terms of the newest version', () => {
    const renamed = { type: 'PolicyRenamed', data: { name: 'Básic' } };
    const seen = folded(policyView, added, revised, renamed);
    expect(seen.doc()).toMatchObject({
      name: 'Básic',
      version: 2,
      terms: more,
      addedAt: at,
      revisedAt: later,
      changedAt: testContext.now,
      revision: 2,
    });
    expect(seen.index('name')).toBe('basic');
    expect(seen.index('words')).toEqual(['basic', 'std']);
  });

  it('follows retirement and reinstatement', () => {
    const retired = { type: 'PolicyRetired', data: { reason: 'old' } };
    expect(folded(policyView, added, retired).doc()).toMatchObject({ status: 'retired', revision: 1 });
    expect(folded(policyView, added, retired).doc()).not.toHaveProperty('reason');
    expect(folded(policyView, added, retired, { type: 'PolicyReinstated', data: {} }).doc()).toMatchObject({ status: 'active' });
  });
});

describe('the view of policy versions', () => {
  it('keeps the terms of every version', () => {
    const seen = folded(policyVersionView, added, revised);
    const by = testContext.actor;
    expect(seen.keys).toEqual([policyVersionKey(TEST_ID, 1), policyVersionKey(TEST_ID, 2)]);
    expect(seen.doc(policyVersionKey(TEST_ID, 1))).toEqual({ policyId: TEST_ID, version: 1, terms, changes: [], at, by });
    expect(seen.doc(policyVersionKey(TEST_ID, 2))).toEqual({
      policyId: TEST_ID,
      version: 2,
      terms: more,
      changes,
      at: later,
      by,
    });
  });
});
