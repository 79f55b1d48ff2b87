// CONTRACT: due work is claimed by one at a time, and only the newest claim may answer.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordStore } from '../record-store.js';
import { at } from './instants.js';

export function workContract(store: () => RecordStore, open: () => RecordStore | Promise<RecordStore>): void {
  const keysOf = (work: readonly { readonly key: string }[]) => work.map(({ key }) => key);

  describe('due work', () => {
    it('is claimed when it is due, the longest ready first, at most as much as asked, in its own queue', async () => {
      await store().schedule('q', 'second', 2, at(2));
      await store().schedule('q', 'first', 1, at(1));
      await store().schedule('q', 'third', 3, at(3));
      await store().schedule('other', 'x', 0, at(0));
      expect(await store().claim('q', at(0.999), at(60), 9)).toEqual([]);
      const claimed = await store().claim('q', at(3), at(60), 2);
      expect(claimed).toEqual([
        { key: 'first', value: 1, attempt: 1, token: expect.any(Number) },
        { key: 'second', value: 2, attempt: 1, token: expect.any(Number) },
      ]);
      expect(keysOf(await store().claim('q', at(3), at(60), 2))).toEqual(['third']);
    });

    it('is nobody else’s until the claim ends, and then is claimed anew', async () => {
      await store().schedule('q', 'k', 'v', at(0));
      const [first] = await store().claim('q', at(0), at(10), 1);
      expect(await store().claim('q', at(9.999), at(99), 1)).toEqual([]);
      const [second] = await store().claim('q', at(10), at(20), 1);
      expect(second).toMatchObject({ key: 'k', attempt: 2 });
      expect(second!.token).toBeGreaterThan(first!.token);
    });

    it('is scheduled once while it waits, is claimed or is parked', async () => {
      expect(await store().schedule('q', 'k', 'a', at(5))).toBe(true);
      expect(await store().schedule('q', 'k', 'b', at(0))).toBe(false);
      const [work] = await store().claim('q', at(5), at(10), 1);
      expect(work?.value).toBe('a');
      expect(await store().schedule('q', 'k', 'b', at(0))).toBe(false);
      await store().park('q', 'k', work!.token, 'no', at(6));
      expect(await store().schedule('q', 'k', 'b', at(0))).toBe(false);
    });

    it('is forgotten once it is complete, and may come again with another value', async () => {
      await store().schedule('q', 'k', 'a', at(0));
      const [work] = await store().claim('q', at(0), at(10), 1);
      expect(await store().complete('q', 'k', work!.token)).toBe(true);
      expect(await store().workCounts('q')).toEqual({ waiting: 0, parked: 0 });
      expect(await store().schedule('q', 'k', 'b', at(0))).toBe(true);
    });

    it('waits for its next try', async () => {
      await store().schedule('q', 'k', 'a', at(0));
      const [work] = await store().claim('q', at(0), at(10), 1);
      expect(await store().retryLater('q', 'k', work!.token, at(30), 'timeout')).toBe(true);
      expect(await store().claim('q', at(29), at(60), 1)).toEqual([]);
      expect((await store().claim('q', at(30), at(60), 1))[0]?.attempt).toBe(2);
    });
  });

  parkingContract(store);
  tokenContract(store);
  claimsUnderInterleaving(open);
}

function parkingContract(store: () => RecordStore): void {
  describe('parked work', () => {
    const parkOne = async (key: string) => {
      await store().schedule('q', key, 'a', at(0));
      const [work] = await store().claim('q', at(0), at(10), 1);
      expect(await store().park('q', key, work!.token, 'refused', at(1))).toBe(true);
    };

    it('rests, and can be seen', async () => {
      await parkOne('k2');
      await parkOne('k1');
      await store().schedule('q', 'k3', 'a', at(0));
      expect(await store().workCounts('q')).toEqual({ waiting: 1, parked: 2 });
      expect(await store().parked('q', { limit: 1 })).toEqual([
        { key: 'k1', value: 'a', attempt: 1, error: 'refused', parkedAt: at(1) },
      ]);
      expect((await store().parked('q', { after: 'k1' })).map(({ key }) => key)).toEqual(['k2']);
      expect((await store().claim('q', at(99), at(199), 9)).map(({ key }) => key)).toEqual(['k3']);
    });

    it('is due again when somebody asks, with its attempts forgotten', async () => {
      await parkOne('k');
      expect(await store().unpark('q', 'k', at(20))).toBe(true);
      expect(await store().unpark('q', 'k', at(20))).toBe(false);
      expect(await store().unpark('q', 'missing', at(20))).toBe(false);
      expect(await store().claim('q', at(19), at(60), 1)).toEqual([]);
      expect((await store().claim('q', at(20), at(60), 1))[0]).toMatchObject({ key: 'k', attempt: 1 });
    });
  });
}

function tokenContract(store: () => RecordStore): void {
  describe('an old or spent token', () => {
    const answers = (key: string, token: number) => [
      () => store().complete('q', key, token),
      () => store().retryLater('q', key, token, at(0), 'old'),
      () => store().park('q', key, token, 'old', at(0)),
    ];
    const claimOne = async (now: number) => (await store().claim('q', at(now), at(now + 10), 1))[0]!;

    it('changes nothing after a later claim', async () => {
      await store().schedule('q', 'k', 'a', at(0));
      const old = await claimOne(0);
      const current = await claimOne(10);
      for (const answer of answers('k', old.token)) expect(await answer()).toBe(false);
      expect(await store().workCounts('q')).toEqual({ waiting: 1, parked: 0 });
      expect(await store().complete('q', 'k', current.token)).toBe(true);
    });

    it('changes nothing once it was answered under', async () => {
      await store().schedule('q', 'k', 'a', at(0));
      const work = await claimOne(0);
      await store().retryLater('q', 'k', work.token, at(20), 'first');
      for (const answer of answers('k', work.token)) expect(await answer()).toBe(false);
      expect(await store().claim('q', at(19), at(60), 1)).toEqual([]);
    });

    it('changes nothing in a later life of the same key', async () => {
      await store().schedule('q', 'k', 'a', at(0));
      const old = await claimOne(0);
      await store().complete('q', 'k', old.token);
      await store().schedule('q', 'k', 'b', at(0));
      const current = await claimOne(1);
      expect(current.token).toBeGreaterThan(old.token);
      for (const answer of answers('k', old.token)) expect(await answer()).toBe(false);
      expect(await store().complete('q', 'k', current.token)).toBe(true);
    });
  });
}

/** Workers that claim, crash (forget to answer), answer late, retry and complete, in any order. */
function claimsUnderInterleaving(open: () => RecordStore | Promise<RecordStore>): void {
  const KEYS = 5;
  const step = fc.oneof(
    fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constantFrom('complete' as const, 'retry' as const, 'park' as const), held: fc.nat(20) }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 15 }) }),
  );

  it('never gives one piece of work to two at a time, nor completes it twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const store = await open();
        try {
          const model = new WorkModel(store);
          for (let i = 0; i < KEYS; i++) await store.schedule('q', `k${i}`, i, at(0));
          for (const next of steps) await model.play(next);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 60 },
    );
  });
}

type Step =
  | { readonly do: 'claim'; readonly limit: number }
  | { readonly do: 'complete' | 'retry' | 'park'; readonly held: number }
  | { readonly do: 'wait'; readonly seconds: number };

/** What must be true of claims, kept beside the store and compared with its every answer. */
class WorkModel {
  private static readonly LEASE = 10;
  private now = 0;
  private readonly claims: { key: string; token: number; until: number }[] = [];
  /** The newest unanswered claim of each key. */
  private readonly newest = new Map<string, { token: number; until: number }>();
  private readonly gone = new Set<string>();

  constructor(private readonly store: RecordStore) {}

  async play(step: Step): Promise<void> {
    if (step.do === 'wait') this.now += step.seconds;
    else if (step.do === 'claim') await this.claim(step.limit);
    else await this.answer(step.do, step.held);
  }

  private async claim(limit: number): Promise<void> {
    const until = this.now + WorkModel.LEASE;
    // Two workers at once: between them no key may come twice.
    const both = await Promise.all([1, 2].map(() => this.store.claim('q', at(this.now), at(until), limit)));
    const keys = both.flat().map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { key, token } of both.flat()) {
      expect(this.gone.has(key)).toBe(false);
      expect(this.newest.get(key)?.until ?? 0).toBeLessThanOrEqual(this.now);
      for (const claim of this.claims) expect(token).not.toBe(claim.token);
      this.newest.set(key, { token, until });
      this.claims.push({ key, token, until });
    }
  }

  private async answer(how: 'complete' | 'retry' | 'park', held: number): Promise<void> {
    const claim = this.claims[held % Math.max(1, this.claims.length)];
    if (claim === undefined) return;
    const { key, token } = claim;
    const holds = this.newest.get(key)?.token === token;
    const answered =
      how === 'complete'
        ? await this.store.complete('q', key, token)
        : how === 'retry'
          ? await this.store.retryLater('q', key, token, at(this.now), 'again')
          : await this.store.park('q', key, token, 'enough', at(this.now));
    expect(answered).toBe(holds);
    if (!holds) return;
    this.newest.delete(key);
    if (how !== 'retry') this.gone.add(key);
  }
}
