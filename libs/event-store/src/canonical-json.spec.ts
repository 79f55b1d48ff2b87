import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

const outcome = (write: () => string | undefined): string | undefined => {
  try {
    return write();
  } catch {
    return 'refused';
  }
};

describe('canonical JSON', () => {
  const odd = fc.constantFrom<unknown>(undefined, -0, NaN, Infinity, '\ud800', '\u{1f600}', new Date(0), Symbol('s'), () => 1);
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), odd, tie('object'), tie('array')),
    object: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('10', '9', 'toJSON', '__proto__', '\udfff')), tie('value')),
    array: fc.array(tie('value'), { maxLength: 4 }),
  }));

  it('is what the library of RFC 8785 makes of any value, refusals included', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(outcome(() => canonicalJson(any))).toBe(outcome(() => canonicalize(any)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('orders keys by code unit at every depth', () => {
    expect(canonicalJson({ b: [{ z: 1, a: { d: null, c: '\u20ac' } }], 10: 1, 9: 2, a: undefined })).toBe(
      '{"10":1,"9":2,"b":[{"a":{"c":"\u20ac","d":null},"z":1}]}',
    );
  });
});
