// A device that is blocked everywhere: refused at once where it asks for a seat, and by and by on every license.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { reactors } from '#catalogue/reactors.js';
import { START } from '#event-store/event-store.js';
import { newCommandId, newId } from '#kernel/ids.js';
import { testContext } from '#kernel/testing/given.js';
import { ActivationController } from '#licensing/activation.http.js';
import { FOLLOWER } from '#licensing/device-block.follow.js';
import { DeviceBlockController } from '#licensing/device-block.http.js';
import { LicenseController } from '#licensing/license.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { ProductController } from '#licensing/product.http.js';
import { VerdictController } from '#licensing/verdict.http.js';
import { organization } from '#organizations/organization.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';

let doors: Doors;
let vendor: Client;
let licenses: string[];
const device = { fingerprint: 'machine-1' };

beforeAll(async () => {
  doors = await openDoors(
    ProductController,
    PolicyController,
    LicenseController,
    ActivationController,
    VerdictController,
    DeviceBlockController,
  );
  vendor = doors.as();
  const organizationId = newId();
  const context = { ...testContext, commandId: newCommandId() };
  await doors.installation.executor.execute(
    organization,
    organizationId,
    'add',
    organization.commands.add.parse({ name: 'Globex' }),
    context,
  );
  const { id: productId } = await vendor.done('/v1/products', { name: 'Photo', code: 'photo' });
  const { id: policyId } = await vendor.done('/v1/policies', {
    productId,
    name: 'Standard',
    code: 'standard',
    terms: { activations: -1 },
  });
  licenses = [];
  for (let i = 0; i < 4; i++) licenses.push((await vendor.done('/v1/licenses', { policyId, organizationId })).id as string);
});
afterAll(() => doors.close());

/** What the follower has told licenses so far: `type license`, sorted. */
async function told(): Promise<string[]> {
  const { events } = await doors.installation.events.readLog({ after: START, categories: ['license'], limit: 1000 });
  const own = (await doors.installation.codec.decode(events)).filter(({ meta }) => meta.actor === FOLLOWER);
  return own.map(({ type, id }) => `${type} ${licenses.indexOf(id)}`).sort();
}

/** Waits until the follower has told so much. */
async function toldSoon(wanted: string[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await told()).length < wanted.length && Date.now() < deadline) await new Promise((next) => setTimeout(next, 20));
  expect(await told()).toEqual(wanted);
  doors.positions.note(await doors.installation.events.head());
}

const activate = (index: number) => vendor.post(`/v1/licenses/${licenses[index]}/activations`, device);
const verdict = async (index: number) => {
  const { body } = await vendor.post(`/v1/licenses/${licenses[index]}/validate`, device, {
    'keyledger-position': doors.positions.highest,
  });
  return body.code as string;
};

describe('a block everywhere', () => {
  it('has a reactor that runs, as every one in the catalogue', () => {
    expect(doors.reactions.names).toEqual(reactors.map(({ name }) => name));
  });

  it('reaches every license that the device uses, and is lifted from them, but not where somebody set one himself', async () => {
    await activate(0);
    await activate(1);
    await activate(2);
    await vendor.done(`/v1/licenses/${licenses[2]}/block-device`, { ...device, reason: 'by hand' });
    expect(await verdict(0)).toBe('license.valid');

    const { device: id } = await vendor.done('/v1/device-blocks', { ...device, reason: 'stolen' });
    expect((await activate(3)).body).toMatchObject({ status: 409, code: 'device.blocked' });
    await toldSoon(['DeviceBlocked 0', 'DeviceBlocked 1']);
    expect([await verdict(0), await verdict(1), await verdict(2)]).toEqual(Array(3).fill('device.blocked'));

    await vendor.done(`/v1/device-blocks/${id}/lift`);
    await toldSoon(['DeviceBlocked 0', 'DeviceBlocked 1', 'DeviceUnblocked 0', 'DeviceUnblocked 1']);
    expect([await verdict(0), await verdict(1), await verdict(2)]).toEqual(['license.valid', 'license.valid', 'device.blocked']);
    expect((await activate(3)).status).toBe(201);
  });
});
