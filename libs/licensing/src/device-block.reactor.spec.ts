import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newCommandId } from '#kernel/ids.js';
import { testContext } from '#kernel/testing/given.js';
import { deviceBlock } from './device-block.js';
import { followDeviceBlocks, type FollowPorts } from './device-block.reactor.js';
import { license } from './license.js';
import { licensingApp, type LicensingApp } from './testing/licensing-app.js';

let app: LicensingApp;
let policy: string;
beforeAll(async () => {
  app = await licensingApp();
  policy = await app.policy({});
});
afterAll(() => app.close());

let device: string;
let licenses: string[];
let devices = 0;
/** Three licenses with a seat of one device, which is then blocked everywhere. */
beforeEach(async () => {
  const fingerprint = `wanted-${++devices}`;
  licenses = [];
  for (let i = 0; i < 3; i++) {
    const { id } = await app.issue(policy);
    licenses.push(id);
    ({ device } = (await app.ask('vendor', 'POST', `/v1/licenses/${id}/activations`, { fingerprint })).json);
  }
  licenses.sort();
  await change('block', { reason: 'stolen', until: null });
});

const context = () => ({ ...testContext, commandId: newCommandId() });
async function change(command: 'block' | 'lift', data: object): Promise<void> {
  await app.executor.execute(deviceBlock, device, command, data as never, context());
}

/** Does the work once; answers whom it told what. `fails` makes the telling of one license fail. */
async function follow(attempt = 1, fails?: string): Promise<string[]> {
  const told: string[] = [];
  const send: FollowPorts['send'] = async ({ licenseId, command, data }, ctx) => {
    if (licenseId === fails) throw new Error('no disk');
    told.push(`${command} ${licenses.indexOf(licenseId)}`);
    return app.executor.execute(license, licenseId, command, data, ctx);
  };
  const reached = () => app.caughtUp();
  const effect = followDeviceBlocks({ reads: app.reads, reached, head: reached, send, now: () => app.clock.now() });
  const about = { key: 'work', attempt, event: { meta: { ...testContext, eventId: testContext.commandId } } };
  const failure = await effect({ device }, about as never).then(
    () => null,
    (error: Error) => error,
  );
  if (failure) told.push(failure.message);
  return told.sort();
}

describe('following a block everywhere', () => {
  it('tells each license, and none of them twice', async () => {
    expect(await follow()).toEqual(['blockDevice 0', 'blockDevice 1', 'blockDevice 2']);
    expect(await follow(2)).toEqual([]);
  });

  it('passes over a license that was archived', async () => {
    await app.ask('vendor', 'POST', `/v1/licenses/${licenses[1]}/archive`, {});
    expect(await follow()).toEqual(['blockDevice 0', 'blockDevice 1', 'blockDevice 2']);
  });

  it('tells all others where one cannot be told, and that one when it is tried again', async () => {
    const failed = await follow(1, licenses[0]);
    expect(failed).toEqual([expect.stringContaining('1 licenses could not be told'), 'blockDevice 1', 'blockDevice 2']);
    expect(await follow(2)).toEqual(['blockDevice 0']);
  });

  it('looks at how things stand by now, however late it comes', async () => {
    await change('lift', {});
    expect(await follow()).toEqual([]);
    await change('block', { reason: null, until: null });
    await follow(2);
    await change('lift', {});
    expect(await follow(3)).toEqual(['unblockDevice 0', 'unblockDevice 1', 'unblockDevice 2']);
    const { events } = await app.executor.execute(license, licenses[0]!, 'unblockDevice', { fingerprint: device }, context());
    expect(events).toEqual([]);
  });

  it('lifts nothing from a license while the device is blocked anew', async () => {
    await follow();
    await change('lift', {});
    await change('block', { reason: null, until: null });
    const lifting = app.executor.execute(license, licenses[0]!, 'unblockDevice', { fingerprint: device }, context());
    await expect(lifting).rejects.toMatchObject({ code: 'device.blocked-everywhere' });
    expect(await follow(2)).toEqual([]);
  });
});
