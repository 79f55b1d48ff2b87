import { describe, expect, it } from '@jest/globals';
import { readErrors } from '#read-models/read-store.js';
import { tallyView } from '#read-models/testing/tallies.js';
import { effective } from './effective.js';

const POSITION = '00000000000000000007';
const ctx = { tenant: 'acme', waitMs: 10 };

describe('a change of rights', () => {
  it('is answered once every view of rights has reached it, though the caller takes stale answers', async () => {
    const reached: unknown[] = [];
    const reads = {
      reach: (view: { readonly name: string }, { minPosition, stale }: { minPosition?: string; stale: boolean }) => {
        reached.push([view.name, minPosition, stale]);
        return Promise.resolve(POSITION);
      },
    };
    await effective(reads, ctx, POSITION, [tallyView(), { ...tallyView(), name: 'other' }]);
    expect(reached).toEqual([
      [tallyView().name, POSITION, false],
      ['other', POSITION, false],
    ]);
  });

  it('is told to be made but not to count yet where time runs out, and to be asked for again', async () => {
    const reach = () => Promise.reject(readErrors.error('read.not-caught-up'));
    await expect(effective({ reach }, ctx, POSITION, [tallyView()])).rejects.toMatchObject({
      code: 'access.not-effective',
      definition: { kind: 'unavailable', retryable: true },
      facts: { position: POSITION, retryAfter: 1 },
    });
    const broken = () => Promise.reject(new Error('broken'));
    await expect(effective({ reach: broken }, ctx, POSITION, [tallyView()])).rejects.toThrow('broken');
  });
});
