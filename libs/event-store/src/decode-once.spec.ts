import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#kernel/context.js';
import { decodeOnce } from './decode-once.js';
import type { StoredEvent } from './event-store.js';

describe('decoding for many views', () => {
  const stored = (count: number): StoredEvent[] => Array.from({ length: count }, (_, n) => ({ revision: n }) as StoredEvent);
  function counted() {
    const seen: number[] = [];
    const failing = { now: false };
    const decode = decodeOnce(async (events) => {
      await Promise.resolve();
      if (failing.now) throw new Error('damaged');
      seen.push(events.length);
      return events.map(({ revision }) => ({ revision }) as RecordedEvent);
    });
    return { seen, failing, decode };
  }

  it('decodes each event once, and gives each view its own, in order', async () => {
    const { seen, decode } = counted();
    const events = stored(4);
    const asked = [events, [events[3]!, events[0]!], [events[2]!]];
    const given = await Promise.all(asked.map((each) => decode(each)));
    expect(given.map((each) => each.map(({ revision }) => revision))).toEqual([[0, 1, 2, 3], [3, 0], [2]]);
    expect(seen.reduce((a, b) => a + b)).toBe(4);
    expect(given[1]![0]).toBe(given[0]![3]);
  });

  it('forgets what is old, and keeps nothing of a catch-up', async () => {
    const { seen, decode } = counted();
    for (const count of [900, 900, 900, 5_000]) {
      const events = stored(count);
      expect(await decode(events)).toHaveLength(count);
      expect(await decode(events)).toHaveLength(count);
    }
    expect(seen.filter((count) => count > 0)).toEqual([900, 900, 900, 5_000, 5_000]);
  });

  it('tries again what has failed', async () => {
    const { failing, decode } = counted();
    const events = stored(2);
    failing.now = true;
    await expect(decode(events)).rejects.toThrow('damaged');
    failing.now = false;
    expect(await decode(events)).toHaveLength(2);
  });
});
