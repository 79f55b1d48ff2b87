import { describe, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { product } from './product.js';

const added = {
  type: 'ProductAdded',
  data: { productId: TEST_ID, name: 'Photo Studio', code: 'photo', description: null, platforms: [] as string[] },
} as const;
const retired = { type: 'ProductRetired', data: { tenant: 'acme', reason: 'sold' } } as const;

describe('adding a product', () => {
  it('says what it is', () => {
    given(product).when('add', { name: ' Photo Studio ', code: 'photo' }).then(added);
  });

  it('is refused for one that is there', () => {
    given(product, added).when('add', { name: 'Photo', code: 'photo-2' }).thenRefused('product.exists');
  });
});

describe('changing a product', () => {
  it('says what is new, in one event per sort of change', () => {
    given(product, added)
      .when('change', { name: 'Photo', platforms: ['linux'] })
      .then(
        { type: 'ProductRenamed', data: { name: 'Photo' } },
        { type: 'ProductDescribed', data: { description: null, platforms: ['linux'] } },
      );
  });

  it('takes a description away with null, and leaves out what it does not name', () => {
    given(product, added, { type: 'ProductDescribed', data: { description: 'Fine', platforms: ['linux'] } })
      .when('change', { description: null })
      .then({ type: 'ProductDescribed', data: { description: null, platforms: ['linux'] } });
  });

  it('to what it is already, changes nothing', () => {
    given(product, added).when('change', { name: 'Photo Studio', description: null, platforms: [] }).thenNothing();
    given(product, added).when('change', {}).thenNothing();
  });
});

describe('retiring a product', () => {
  it('is a fact with a reason', () => {
    given(product, added).when('retire', { reason: 'sold' }).then(retired);
  });

  it('twice changes nothing', () => {
    given(product, added, retired).when('retire', {}).thenNothing();
  });

  it('is undone by reinstating it', () => {
    given(product, added, retired).when('reinstate', {}).then({ type: 'ProductReinstated', data: {} });
    given(product, added).when('reinstate', {}).thenNothing();
    given(product, added, retired, { type: 'ProductReinstated', data: {} }).when('retire', { reason: 'sold' }).then(retired);
  });
});

describe('a product that is not there', () => {
  it.each(['change', 'retire', 'reinstate'] as const)('refuses to %s', (command) => {
    given(product).when(command, {}).thenRefused('product.not-found');
  });
});
