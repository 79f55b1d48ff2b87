import { describe, expect, it } from '@jest/globals';
import { searchFor } from './search.js';

describe('what is searched for', () => {
  it('is one condition per word typed', () => {
    expect(searchFor('words', 'Café 47')).toEqual([[{ words: { prefix: 'cafe' } }], [{ words: { prefix: '47' } }]]);
  });

  it('is nothing where nothing was typed', () => {
    expect(searchFor('words', undefined)).toEqual([]);
    expect(searchFor('words', ' -- ')).toEqual([]);
  });
});
