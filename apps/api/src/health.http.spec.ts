import { describe, expect, it } from '@jest/globals';
import { Readiness } from '#http/readiness.js';
import type { Freshness } from '#read-models/wait-for.js';
import { HealthHttp } from './health.http.js';

const built = { view: 'licenses', position: '0'.repeat(20), seconds: 1.5 };
const unbuilt = { view: 'products', position: null, seconds: 0 };

function health(readiness: Readiness, ...lags: object[]): HealthHttp {
  return new HealthHttp(readiness, { lag: async () => lags } as unknown as Freshness);
}

describe('readiness', () => {
  it('tells the lag of every view', async () => {
    expect(await health(new Readiness(), built).ready()).toEqual({
      status: 'ready',
      views: [{ view: 'licenses', position: built.position, lagSeconds: 1.5 }],
    });
  });

  it('is refused while a view is built for the first time', async () => {
    await expect(health(new Readiness(), built, unbuilt).ready()).rejects.toMatchObject({
      code: 'server.not-ready',
      facts: { state: 'building' },
    });
  });

  it('is refused while the server stops', async () => {
    const readiness = new Readiness();
    readiness.onModuleDestroy();
    await expect(health(readiness, built).ready()).rejects.toMatchObject({
      code: 'server.not-ready',
      facts: { state: 'stopping' },
    });
  });
});
