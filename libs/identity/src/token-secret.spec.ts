import { describe, expect, it } from '@jest/globals';
import { hashSecret, isSecret, newSecret } from './token-secret.js';

describe('a secret', () => {
  it('has its form and its checksum', () => {
    for (let i = 0; i < 200; i++) {
      const secret = newSecret('klt');
      expect(secret).toMatch(/^klt_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
      expect(isSecret('klt', secret)).toBe(true);
    }
  });

  it('is another one each time', () => {
    expect(new Set(Array.from({ length: 100 }, () => newSecret('klt'))).size).toBe(100);
  });

  it('is told from one with any character mistyped', () => {
    const secret = newSecret('klt');
    for (let i = 0; i < secret.length; i++) {
      const wrong = secret.slice(0, i) + (secret[i] === 'x' ? 'y' : 'x') + secret.slice(i + 1);
      expect(isSecret('klt', wrong)).toBe(false);
    }
  });

  it('of one sort is none of another', () => {
    expect(isSecret('kls', newSecret('klt'))).toBe(false);
    expect(isSecret('kls', newSecret('kls'))).toBe(true);
    expect(isSecret('klt', '')).toBe(false);
  });

  it('is kept as its SHA-256', () => {
    expect(hashSecret('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0'); // FIPS 180-4, appendix
  });
});
