import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareVersions } from './mapping-version.js';

describe('versions of an outside system', () => {
  it.each([
    ['1', '2'],
    ['9', '10'],
    ['007', '8'],
    ['99999999999999999999', '100000000000000000000'],
    ['12', '1a'],
    ['2026-06-01T12:00:00Z', '2026-06-01T12:00:01Z'],
    ['0x00000000000007D1', '0x00000000000007D2'],
    ['Z', 'a'],
  ])('%s comes before %s', (older, newer) => {
    expect(compareVersions(older, newer)).toBeLessThan(0);
    expect(compareVersions(newer, older)).toBeGreaterThan(0);
  });

  it.each([
    ['7', '007'],
    ['0', '000'],
    ['v1', 'v1'],
  ])('%s is the same as %s', (one, other) => expect(compareVersions(one, other)).toBe(0));

  it('have one order, whatever they look like', () => {
    const token = fc.oneof(fc.stringMatching(/^[0-9]{1,4}$/), fc.stringMatching(/^[\x21-\x7e]{1,4}$/));
    fc.assert(
      fc.property(token, token, token, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
