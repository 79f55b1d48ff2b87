// CONTRACT: a lease has one holder at a time, and each new holding has a higher epoch.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordStore } from '../record-store.js';
import { at } from './instants.js';

export function leaseContract(store: () => RecordStore, open: () => RecordStore | Promise<RecordStore>): void {
  describe('leases', () => {
    it('have one holder until they end', async () => {
      expect(await store().acquireLease('l', 'ann', at(0), at(10))).toBe(1);
      expect(await store().acquireLease('l', 'bob', at(9.999), at(20))).toBeNull();
      expect(await store().acquireLease('m', 'bob', at(0), at(10))).toBe(1);
      expect(await store().acquireLease('l', 'bob', at(10), at(20))).toBe(2);
      expect(await store().acquireLease('l', 'ann', at(11), at(30))).toBeNull();
    });

    it('are renewed under the same epoch, which grows if they had run out', async () => {
      await store().acquireLease('l', 'ann', at(0), at(10));
      expect(await store().acquireLease('l', 'ann', at(9), at(19))).toBe(1);
      expect(await store().acquireLease('l', 'bob', at(15), at(30))).toBeNull();
      expect(await store().acquireLease('l', 'ann', at(19), at(29))).toBe(2);
    });

    it('are given back by their owner only; the next holding has a higher epoch', async () => {
      await store().acquireLease('l', 'ann', at(0), at(10));
      await store().releaseLease('l', 'bob');
      expect(await store().acquireLease('l', 'bob', at(1), at(10))).toBeNull();
      await store().releaseLease('l', 'ann');
      expect(await store().acquireLease('l', 'bob', at(1), at(10))).toBe(2);
      await store().releaseLease('l', 'bob');
      expect(await store().acquireLease('l', 'bob', at(2), at(10))).toBe(3);
    });

    it('are taken by exactly one of many', async () => {
      const epochs = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => store().acquireLease('l', owner, at(0), at(10))));
      expect(epochs.filter((epoch) => epoch !== null)).toEqual([1]);
    });
  });

  it('fences leases: under any interleaving one holder, and epochs that only grow', async () => {
    const step = fc.record({
      owner: fc.constantFrom('ann', 'bob', 'cid'),
      wait: fc.integer({ min: 0, max: 6 }),
      release: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const fresh = await open();
        try {
          await playLeases(fresh, steps);
        } finally {
          await fresh.close();
        }
      }),
      { numRuns: 60 },
    );
  });
}

async function playLeases(
  store: RecordStore,
  steps: readonly { readonly owner: string; readonly wait: number; readonly release: boolean }[],
): Promise<void> {
  let now = 0;
  let epoch = 0;
  let held: { owner: string; until: number } | undefined;
  for (const { owner, wait, release } of steps) {
    now += wait;
    if (release) {
      await store.releaseLease('l', owner);
      if (held?.owner === owner) held = undefined;
      continue;
    }
    const valid = held !== undefined && held.until > now ? held : undefined;
    const answer = await store.acquireLease('l', owner, at(now), at(now + 5));
    if (valid !== undefined && valid.owner !== owner) {
      expect(answer).toBeNull();
      continue;
    }
    expect(answer).toBe(valid === undefined ? epoch + 1 : epoch);
    epoch = answer!;
    held = { owner, until: now + 5 };
  }
}
