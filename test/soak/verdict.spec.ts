// A soak that finds nothing proves something only if it could: leaks, growing lag and late callers are found.
import { describe, expect, it } from '@jest/globals';
import { verdictOf, type Sample } from './verdict.js';

const steady: Sample = { rssMiB: 200, heapMiB: 80, lagSeconds: 0.1, behindMs: 5, steps: 100 };
/** A sample per second of ten minutes. */
const soak = (at: (second: number) => Partial<Sample>) =>
  Array.from({ length: 600 }, (_, second): Sample => ({ ...steady, ...at(second) }));

describe('the verdict on a soak', () => {
  it('is good where memory swings and lag comes and goes', () => {
    const { wrong, memoryGrowth } = verdictOf(
      soak((s) => ({ rssMiB: 200 + 20 * Math.sin(s), lagSeconds: s % 60 === 0 ? 3 : 0 })),
    );
    expect(wrong).toEqual([]);
    expect(memoryGrowth).toBeCloseTo(0, 1);
  });

  it.each([
    ['memory that grows by more than 5 %', (s: number) => ({ rssMiB: 200 + s / 30 }), 'memory has grown by'],
    ['views that fall behind', (s: number) => ({ lagSeconds: s / 60 }), 'the views fall behind'],
    ['callers that fall behind', (s: number) => ({ behindMs: s * 10 }), 'the callers fall behind'],
  ])('finds %s', (_, at, said) => {
    expect(verdictOf(soak(at)).wrong).toEqual([expect.stringContaining(said)]);
  });

  it('is none on too few samples', () => {
    expect(() => verdictOf(soak(() => ({})).slice(0, 10))).toThrow('too few');
  });
});
