import { describe, expect, it } from '@jest/globals';
import { asked, searchFor } from './search.js';

describe('what is searched for', () => {
  it('is one condition per word typed', () => {
    expect(searchFor('words', 'Café 47')).toEqual([[{ words: { prefix: 'cafe' } }], [{ words: { prefix: '47' } }]]);
  });

  it('is nothing where nothing was typed', () => {
    expect(searchFor('words', undefined)).toEqual([]);
    expect(searchFor('words', ' -- ')).toEqual([]);
  });
});

describe('the filters of a list', () => {
  it('ask for what was set, null included, and for nothing else', () => {
    const filters = { a: { equal: 'x' }, b: { equal: undefined }, c: { in: [] }, d: { in: undefined }, e: { equal: null } };
    expect(asked(filters)).toEqual({ a: { equal: 'x' }, c: { in: [] }, e: { equal: null } });
  });
});
