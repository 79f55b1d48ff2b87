import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { productView } from './product.view.js';

const added = {
  type: 'ProductAdded',
  data: { productId: TEST_ID, name: 'Phöto Studio', code: 'photo', description: null, platforms: ['linux'] },
  at: '2026-01-01T00:00:00.000Z',
};

describe('the view of products', () => {
  it('shows a product as it was added', () => {
    expect(folded(productView, added).doc()).toEqual({
      id: TEST_ID,
      name: 'Phöto Studio',
      code: 'photo',
      description: null,
      platforms: ['linux'],
      status: 'active',
      addedAt: added.at,
      changedAt: added.at,
      revision: 0,
    });
  });

  it('follows its changes', () => {
    const at = '2026-02-01T00:00:00.000Z';
    const seen = folded(
      productView,
      added,
      { type: 'ProductRenamed', data: { name: 'Photo' } },
      { type: 'ProductDescribed', data: { description: 'Fine', platforms: [] } },
      { type: 'ProductRetired', data: { reason: null }, at },
    );
    expect(seen.doc()).toMatchObject({
      name: 'Photo',
      description: 'Fine',
      platforms: [],
      status: 'retired',
      addedAt: added.at,
      changedAt: at,
      revision: 3,
    });
    expect(seen.doc()).not.toHaveProperty('reason');
  });

  it('shows a reinstated product as active', () => {
    const seen = folded(
      productView,
      added,
      { type: 'ProductRetired', data: { reason: null } },
      { type: 'ProductReinstated', data: {} },
    );
    expect(seen.doc()).toMatchObject({ status: 'active', revision: 2 });
  });

  it('finds it by the words of its name and code, and sorts it without accents', () => {
    const seen = folded(productView, added);
    expect(seen.index('words')).toEqual(['photo', 'studio']);
    expect(seen.index('name')).toBe('photo studio');
  });
});
