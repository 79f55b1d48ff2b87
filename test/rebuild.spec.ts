// The check that every journey ends with, checked: it passes where all is well, and it can fail.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectEqualToRebuild } from './support/rebuild.js';
import { startServer, type RunningServer } from './support/server.js';
import { firstVendor } from './support/vendor.js';
import { differences, live, rebuilt } from './support/views-of-log.js';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
  const vendor = await firstVendor(server, { activations: 3 });
  const { key } = await vendor.issue();
  await vendor.issue();
  for (const fingerprint of ['one', 'two ', 'three'])
    await vendor.holder(key).done('/v1/license/activations', { fingerprint: `device-${fingerprint}`, name: 'Laptop' });
});
afterAll(() => server.dispose());

describe('read models', () => {
  it('are, byte for byte, what a fresh process makes of the log alone, beside a running server and a stopped one', async () => {
    await expectEqualToRebuild(server);
    await server.end();
    await expectEqualToRebuild(server);
  });

  it('would not be if a view read the clock: planted, it is caught, and nothing else is', async () => {
    const [first, second] = [await rebuilt(server.folder, 'planted'), await rebuilt(server.folder, 'planted')];
    const caught = differences(first, second);
    expect(caught).toHaveLength(4); // two licenses, twice
    expect(caught.every((line) => line.startsWith('["planted",'))).toBe(true);
    expect(differences(await live(server.folder), first).every((line) => line.startsWith('["planted",'))).toBe(true);
  });
});
