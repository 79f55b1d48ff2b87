import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallCounts } from './call-counts.js';

const MINUTE = 60_000;

describe('counts of calls', () => {
  it('begin a window with the first call of a key, and the next one when that has ended', () => {
    const counts = new CallCounts(MINUTE);
    expect(counts.add('a', 1_000)).toEqual({ count: 1, endsIn: MINUTE });
    expect(counts.add('a', 31_000)).toEqual({ count: 2, endsIn: 30_000 });
    expect(counts.add('b', 31_000)).toEqual({ count: 1, endsIn: MINUTE });
    expect(counts.add('a', 60_999)).toEqual({ count: 3, endsIn: 1 });
    expect(counts.add('a', 61_000)).toEqual({ count: 1, endsIn: MINUTE });
    expect(counts.add('b', 90_999)).toEqual({ count: 2, endsIn: 1 });
  });

  it('are those of a plain record per key, whatever the order and the pauses', () => {
    const call = fc.record({ key: fc.constantFrom('a', 'b', 'c'), pause: fc.integer({ min: 0, max: 2 * MINUTE }) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const counts = new CallCounts(MINUTE);
        const plain = new Map<string, { count: number; endsAt: number }>();
        let now = 0;
        for (const { key, pause } of calls) {
          now += pause;
          const known = plain.get(key);
          const window = known && known.endsAt > now ? known : { count: 0, endsAt: now + MINUTE };
          window.count += 1;
          plain.set(key, window);
          expect(counts.add(key, now)).toEqual({ count: window.count, endsIn: window.endsAt - now });
        }
      }),
    );
  });

  it('forget keys that do not call any more', () => {
    const counts = new CallCounts(MINUTE);
    for (let now = 0; now < 10 * MINUTE; now += 1_000) counts.add(`key ${now}`, now);
    const kept = counts as unknown as { current: Map<string, unknown>; before: Map<string, unknown> };
    expect(kept.current.size + kept.before.size).toBeLessThanOrEqual(120);
  });
});
