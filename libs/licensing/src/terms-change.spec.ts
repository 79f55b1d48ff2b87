import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeTerms, diffTerms, termsChangeSchema } from './terms-change.js';
import { termsSchema, type Terms } from './terms.js';

const terms = (given: object = {}): Terms => termsSchema.parse(given);

const limit = fc.integer({ min: -1, max: 5 });
const period = fc.option(fc.constantFrom('P1M', 'P1Y', 'P30D'));
const value = fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b', 'constructor'));
const anyTerms = fc
  .record({
    activations: limit,
    overAllocated: fc.constantFrom('valid', 'invalid'),
    deactivations: fc.record({
      allowed: limit,
      window: fc.option(fc.record({ allowed: fc.integer({ min: 0, max: 3 }), period: fc.constantFrom('P1M', 'P1Y') })),
      minimumAge: period,
    }),
    duration: period,
    grace: period,
    entitlements: fc.dictionary(fc.constantFrom('a', 'b.c', 'constructor', 'seats-max'), value),
  })
  .map(terms);

describe('how terms differ', () => {
  it('is nothing exactly where they are equal', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (a, b) => {
        expect(diffTerms(a, structuredClone(a))).toEqual([]);
        expect(diffTerms(a, b).length === 0).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });

  it('tells from what to what, and the reverse the other way', () => {
    fc.assert(
      fc.property(anyTerms, anyTerms, (a, b) => {
        expect(diffTerms(b, a)).toEqual(diffTerms(a, b).map(({ pointer, from, to }) => ({ pointer, from: to, to: from })));
      }),
    );
  });

  it('names each term by its pointer', () => {
    const from = terms({ activations: 1, entitlements: { export: true, tier: 'basic' } });
    const to = terms({
      activations: 3,
      entitlements: { tier: 'pro', 'b.c': 2 },
      deactivations: { allowed: 2, window: { allowed: 1, period: 'P1M' } },
    });
    expect(diffTerms(from, to)).toEqual([
      { pointer: '/activations', from: 1, to: 3 },
      { pointer: '/deactivations/allowed', from: -1, to: 2 },
      { pointer: '/deactivations/window/allowed', from: null, to: 1 },
      { pointer: '/deactivations/window/period', from: null, to: 'P1M' },
      { pointer: '/entitlements/b.c', from: null, to: 2 },
      { pointer: '/entitlements/export', from: true, to: null },
      { pointer: '/entitlements/tier', from: 'basic', to: 'pro' },
    ]);
  });
});

describe('changing terms in part', () => {
  it('leaves what is not named, also within deactivations and key format', () => {
    const before = terms({
      activations: 3,
      duration: 'P1Y',
      deactivations: { allowed: 2, minimumAge: 'P1D' },
      keyFormat: { prefix: 'PRO', groups: 6 },
    });
    const change = termsChangeSchema.parse({ activations: 5, deactivations: { allowed: 4 }, keyFormat: { groupLength: 4 } });
    expect(changeTerms(before, change)).toEqual({
      ...before,
      activations: 5,
      deactivations: { ...before.deactivations, allowed: 4 },
      keyFormat: { ...before.keyFormat, groupLength: 4 },
    });
  });

  it('takes a term away with null, and replaces entitlements as a whole', () => {
    const before = terms({ duration: 'P1Y', entitlements: { a: 1, b: 2 } });
    const after = changeTerms(before, termsChangeSchema.parse({ duration: null, entitlements: { b: 3 } }));
    expect(after).toEqual({ ...before, duration: null, entitlements: { b: 3 } });
  });

  it('with nothing named changes nothing', () => {
    fc.assert(fc.property(anyTerms, (all) => expect(changeTerms(all, termsChangeSchema.parse({}))).toEqual(all)));
  });

  it.each([{ activations: -2 }, { seats: 3 }, { deactivations: { alowed: 1 } }, { duration: '1 year' }, { grace: 'P0D' }])(
    'refuses %j',
    (change) => {
      expect(termsChangeSchema.safeParse(change).success).toBe(false);
    },
  );
});

describe('entitlements', () => {
  it.each([
    ['a code that reads as a number', { 2024: true }],
    ['a code with a capital', { Export: true }],
    ['a value that is a list', { a: [] }],
    ['half of a surrogate pair', { a: '\ud800' }],
    ['more than 200', Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`e${i}`, true]))],
    ['more than 16 KiB', Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`e${i}`, 'ü'.repeat(250)]))],
  ])('refuse %s', (_what, entitlements) => {
    expect(termsSchema.safeParse({ entitlements }).success).toBe(false);
  });
});

function sorted(all: Terms): unknown {
  return { ...all, entitlements: Object.entries(all.entitlements).sort(([a], [b]) => (a < b ? -1 : 1)) };
}
