import { describe, expect, it } from '@jest/globals';
import { FeedConnections } from './feed-connections.js';

const one = { tenant: 'acme', id: 't1' };
const refusal = (take: () => unknown): unknown => {
  try {
    take();
  } catch (error) {
    return error;
  }
  return null;
};

describe('open streams', () => {
  it('are limited for a credential, and a place that was given back is free', () => {
    const connections = new FeedConnections({ perCredential: 1, perTenant: 9 });
    const first = connections.take(one);
    expect(refusal(() => connections.take(one))).toMatchObject({
      code: 'feed.too-many-connections',
      facts: { allowed: 1, used: 1 },
    });
    first.release();
    first.release();
    expect(first.signal.aborted).toBe(true);
    connections.take(one);
    expect(refusal(() => connections.take(one))).toMatchObject({ code: 'feed.too-many-connections' });
  });

  it('are limited for a vendor; another vendor does not notice', () => {
    const connections = new FeedConnections({ perCredential: 9, perTenant: 2 });
    connections.take(one);
    connections.take({ ...one, id: 't2' });
    expect(refusal(() => connections.take({ ...one, id: 't3' }))).toMatchObject({ code: 'feed.too-many-connections' });
    expect(connections.take({ ...one, tenant: 'globex' }).signal.aborted).toBe(false);
  });

  it('end when the server stops, which takes no more', () => {
    const connections = new FeedConnections({ perCredential: 2, perTenant: 2 });
    const { signal } = connections.take(one);
    connections.end();
    expect(signal.aborted).toBe(true);
    expect(refusal(() => connections.take(one))).toMatchObject({ code: 'server.not-ready' });
  });
});
