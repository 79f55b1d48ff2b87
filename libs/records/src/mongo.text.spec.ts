import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BEHIND_ALL, sortable, unsorted } from './mongo.text.js';

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\u0000', 'a', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});
const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

describe('sortable text', () => {
  it('is in the order of code points, whether a server compares bytes or units', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const order = Math.sign(byBytes(a, b));
        expect(Math.sign(byBytes(sortable(a), sortable(b)))).toBe(order);
        expect(byUnits(sortable(a), sortable(b))).toBe(order);
      }),
    );
  });

  it('begins alike where the texts do, ends before what stands behind all, and reads as it was', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sortable(a + b)).toBe(sortable(a) + sortable(b));
        expect(sortable(a) < BEHIND_ALL).toBe(true);
        expect(unsorted(sortable(a))).toBe(a);
      }),
    );
  });
});
