import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel/fields.js';
import { searchFor, searchWords, sortKey } from './search.js';

describe('search words', () => {
  it('are folded, cut at signs, and each once', () => {
    expect(searchWords('Café-Straße ACME', null, 'acme.4711')).toEqual(['cafe', 'straße', 'acme', '4711']);
  });

  it('hold nothing of what is erased', () => {
    expect(searchWords(ERASED)).toEqual([]);
    expect(sortKey(ERASED)).toBe('');
  });

  it('are bounded in number and length', () => {
    expect(searchWords(Array.from({ length: 100 }, (_, i) => `w${i}`).join(' '))).toHaveLength(60);
    expect(searchWords('x'.repeat(500))).toEqual(['x'.repeat(40)]);
  });

  it('become one condition per word typed', () => {
    expect(searchFor('words', 'Café 47')).toEqual([[{ words: { prefix: 'cafe' } }], [{ words: { prefix: '47' } }]]);
    expect(searchFor('words', undefined)).toEqual([]);
    expect(searchFor('words', ' -- ')).toEqual([]);
  });
});

describe('a sort key', () => {
  it('puts spellings of one name together', () => {
    expect(sortKey(' Émile')).toBe('emile');
    expect(sortKey('x'.repeat(500))).toHaveLength(100);
  });
});
