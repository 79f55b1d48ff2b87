import { describe, expect, it } from '@jest/globals';
import { ERASED } from './fields.js';
import { searchTokens, sortKey } from './text.js';

describe('texts', () => {
  it('sort without regard to case and accents', () => {
    expect(sortKey('Élan GmbH')).toBe('elan gmbh');
  });

  it('are found by their words, each once', () => {
    expect(searchTokens('Ada Lovelace', null, 'ada@Example.com')).toEqual(['ada', 'lovelace', 'example', 'com']);
    expect(searchTokens('  ..  ')).toEqual([]);
  });

  it('are found by nothing once erased', () => {
    expect(searchTokens(ERASED)).toEqual([]);
    expect(sortKey(ERASED)).toBe('');
  });

  it('yield a bounded number of bounded words', () => {
    const words = Array.from({ length: 100 }, (_, i) => `w${i}`.padEnd(60, 'x')).join(' ');
    const tokens = searchTokens(words);
    expect(tokens).toHaveLength(40);
    expect(Math.max(...tokens.map((token) => token.length))).toBe(32);
  });
});
