import { describe, expect, it } from '@jest/globals';
import { AccessLag } from './access-lag.js';

const after = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

function lagging(...seconds: number[]) {
  let looks = 0;
  const freshness = {
    lag: () =>
      Promise.resolve([{ view: 'token-access', position: null, seconds: seconds[Math.min(looks++, seconds.length - 1)]! }]),
  };
  return { lag: new AccessLag(freshness, 5_000), looks: () => looks };
}

describe('rights that are too old', () => {
  it('are not served', async () => {
    await expect(lagging(5.001).lag.mustBeFresh(after(0))).rejects.toMatchObject({
      code: 'access.stale',
      definition: { retryable: true },
    });
    await expect(lagging(5).lag.mustBeFresh(after(0))).resolves.toBeUndefined();
  });

  it('are looked at again after a quarter of a second, not with every request', async () => {
    const { lag, looks } = lagging(0, 9, 0);
    await lag.mustBeFresh(after(0));
    await lag.mustBeFresh(after(249));
    expect(looks()).toBe(1);
    await expect(lag.mustBeFresh(after(250))).rejects.toMatchObject({ code: 'access.stale' });
    await lag.mustBeFresh(after(500));
    expect(looks()).toBe(3);
  });
});
