// Devices by license key and by token: seats, budgets of releases over time, blocks (licensing.md §2.4).
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { startClockedServer, type ClockedServer } from '../support/clocked-server.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { UNLIMITED } from '../support/two-tours.js';
import { until } from '../support/until.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

let server: ClockedServer;
let vendor: Vendor;
beforeAll(async () => {
  server = await startClockedServer({ env: UNLIMITED });
  vendor = await firstVendor(server, { activations: 2 });
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.dispose();
}, 60_000);

let codes = 0;

/** A license under terms of its own, with a client of its key. */
async function licensed(terms: object): Promise<{ id: string; holder: Client }> {
  const code = `policy-${++codes}`;
  const { data } = await vendor.staff.read('/v1/products');
  const { id: policyId } = await vendor.staff.done('/v1/policies', { productId: data[0].id, name: code, code, terms });
  const { organizationId } = vendor;
  const { id, key } = await vendor.staff.done('/v1/licenses', { policyId, organizationId });
  return { id, holder: vendor.holder(key) };
}

const device = (name: string) => ({ fingerprint: `fingerprint of ${name}`, name });
const ACTIVATIONS = '/v1/license/activations';
const activate = async (holder: Client, name: string): Promise<string> => (await holder.done(ACTIVATIONS, device(name))).id;
const release = (holder: Client, id: string) => holder.post(`${ACTIVATIONS}/${id}/deactivate`);

describe('seats', () => {
  it('are taken once per device, and the refusal at the limit says what could be released', async () => {
    const { id, holder } = await licensed({ activations: 2 });
    const laptop = await activate(holder, 'laptop');
    expect(await activate(holder, 'laptop')).toBe(laptop);
    const desk = await activate(holder, 'desk');
    const refused = await holder.post(ACTIVATIONS, device('phone'));
    expect(refused.body).toMatchObject({
      ...{ status: 409, code: 'license.activation-limit-reached', allowed: 2, used: 2, resetsAt: null },
      releasable: [
        { id: laptop, name: 'laptop' },
        { id: desk, name: 'desk' },
      ],
    });
    const { secret } = await vendor.staff.done('/v1/tokens', {
      name: 'activates only',
      grants: [{ permission: 'activation.create', scope: 'tenant' }],
    });
    const blind = await vendor.staff.call('POST', `/v1/licenses/${id}/activations`, {
      body: device('phone'),
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(blind.body).toMatchObject({ code: 'license.activation-limit-reached', allowed: 2, used: 2 });
    expect(blind.body).not.toHaveProperty('releasable');
  });

  it('are the same by key and by token', async () => {
    const { id, holder } = await licensed({ activations: 2 });
    const byKey = await activate(holder, 'laptop');
    const path = `/v1/licenses/${id}/activations`;
    const byToken = await vendor.staff.done(path, device('laptop'));
    expect(byToken).toMatchObject({ id: byKey, activations: { used: 1 } });
    await vendor.staff.done(`${path}/${byKey}/name`, { name: 'Ada’s laptop' });
    expect((await holder.read(ACTIVATIONS)).data).toMatchObject([{ id: byKey, name: 'Ada’s laptop', by: 'license-key' }]);
    expect(await vendor.staff.done(`${path}/${byKey}/deactivate`)).toMatchObject({ activations: { used: 0 } });
    expect((await holder.read(ACTIVATIONS)).data).toEqual([]);
    expect((await release(holder, byKey)).body).toMatchObject({ status: 404, code: 'activation.not-found' });
    expect(await activate(holder, 'laptop')).not.toBe(byKey);
  });

  it('change hands in one step, which counts as one release', async () => {
    const { id, holder } = await licensed({ activations: 1, deactivations: { allowed: 1 } });
    const old = await activate(holder, 'old');
    const replaced = await holder.done(`${ACTIVATIONS}/${old}/replace`, device('new'));
    expect(replaced).toMatchObject({ name: 'new', activations: { used: 1 } });
    const again = await holder.done(`${ACTIVATIONS}/${old}/replace`, device('new'));
    expect(again.id).toBe(replaced.id);
    expect((await vendor.staff.read(`/v1/licenses/${id}`)).deactivations).toMatchObject({ allowed: 1, used: 1, exhausted: true });
    expect((await release(holder, replaced.id)).body).toMatchObject({ code: 'license.deactivation-limit-reached' });
  });

  it('stay where a limit is lowered; nothing new comes in, and the license says so', async () => {
    const { id, holder } = await licensed({ activations: 3, overAllocated: 'invalid' });
    for (const name of ['a', 'b', 'c']) await activate(holder, name);
    await vendor.staff.done(`/v1/licenses/${id}/override-limits`, { overrides: { activations: 1 } });
    const { activations } = await vendor.staff.read(`/v1/licenses/${id}`);
    expect(activations).toEqual({ allowed: 1, used: 3, overAllocated: true });
    expect(await holder.done('/v1/license/validate', { fingerprint: device('a').fingerprint })).toMatchObject({
      valid: false,
      code: 'license.over-allocated',
    });
    expect((await holder.post(ACTIVATIONS, device('d'))).body).toMatchObject({ allowed: 1, used: 3 });
  });
});

describe('releases', () => {
  it('are so many in a sliding window, and the refusal says when the next one is free', async () => {
    const { id, holder } = await licensed({ activations: 5, deactivations: { window: { allowed: 2, period: 'P30D' } } });
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await activate(holder, name));
    expect((await release(holder, ids[0]!)).status).toBe(200);
    server.pass({ days: 10 });
    expect((await release(holder, ids[1]!)).status).toBe(200);
    const refused = await release(holder, ids[2]!);
    expect(refused.body).toMatchObject({ status: 409, code: 'license.deactivation-limit-reached', allowed: 2, used: 2 });
    const days = (Date.parse(refused.body.resetsAt) - Date.parse(server.inDays(0))) / 86_400_000;
    expect(days).toBeGreaterThan(19.9);
    expect(days).toBeLessThanOrEqual(20);
    expect(await vendor.staff.done(`/v1/licenses/${id}/activations/${ids[2]}/deactivate`)).toMatchObject({
      activations: { used: 1 },
    });
    server.pass({ days: 20 });
    expect((await release(holder, ids[3]!)).status).toBe(200);
    const again = await activate(holder, 'e');
    expect((await release(holder, again)).body).toMatchObject({ code: 'license.deactivation-limit-reached', used: 2 });
  });

  it('want an activation of some age', async () => {
    const { id, holder } = await licensed({ activations: 2, deactivations: { minimumAge: 'P7D' } });
    const young = await activate(holder, 'young');
    await activate(holder, 'other');
    const refused = await release(holder, young);
    expect(refused.body).toMatchObject({ status: 409, code: 'activation.too-young', resetsAt: expect.any(String) });
    const full = await holder.post(ACTIVATIONS, device('third'));
    expect(full.body).toMatchObject({
      code: 'license.activation-limit-reached',
      releasable: [],
      resetsAt: refused.body.resetsAt,
    });
    server.pass({ days: 7, ms: 1000 });
    expect((await release(holder, young)).status).toBe(200);
    const { deactivations } = await vendor.staff.read(`/v1/licenses/${id}`);
    expect(deactivations).toMatchObject({ allowed: -1, used: 1 });
  });

  it('of the vendor are neither counted nor held up', async () => {
    const { id, holder } = await licensed({ activations: 1, deactivations: { allowed: 0, minimumAge: 'P1Y' } });
    const only = await activate(holder, 'only');
    expect((await release(holder, only)).body).toMatchObject({ code: 'license.deactivation-limit-reached', allowed: 0 });
    await vendor.staff.done(`/v1/licenses/${id}/activations/${only}/deactivate`);
    const { secret } = await vendor.staff.done('/v1/tokens', {
      ...{ name: 'portal', role: 'organization-administrator', organizationId: vendor.organizationId },
    });
    const second = await activate(holder, 'second');
    const headers = { authorization: `Bearer ${secret}` };
    const byCustomer = await vendor.staff.call('POST', `/v1/licenses/${id}/activations/${second}/deactivate`, {
      body: {},
      headers,
    });
    expect(byCustomer.body).toMatchObject({ code: 'license.deactivation-limit-reached' });
    expect((await vendor.staff.read(`/v1/licenses/${id}`)).deactivations).toMatchObject({ used: 0 });
  });
});

describe('licenses', () => {
  it('are found by the devices on them, by hash and by name, and by their contact', async () => {
    const [one, other] = [await licensed({ activations: 2 }), await licensed({ activations: 2 })];
    for (const { holder } of [one, other]) await activate(holder, 'Shared workstation');
    const alone = await activate(one.holder, 'Solitary Tablet');
    const { device: hash } = await vendor.staff.done('/v1/devices/lookup', {
      fingerprint: device('Shared workstation').fingerprint,
    });
    const found = async (query: string) =>
      ((await vendor.staff.read(`/v1/licenses?${query}`)).data as { id: string }[]).map(({ id }) => id).sort();
    expect(await found(`device=${hash}`)).toEqual([one.id, other.id].sort());
    expect(await found('q=solitary')).toEqual([one.id]);
    await vendor.staff.done(`/v1/licenses/${one.id}/activations/${alone}/deactivate`);
    expect(await found('q=solitary')).toEqual([]);
    const { id: contactId } = await vendor.staff.done('/v1/contacts', { name: 'Ada', email: 'ada@owner.example' });
    await vendor.staff.done(`/v1/licenses/${other.id}/change-owner`, { organizationId: null, contactId });
    expect(await found(`contactId=${contactId}`)).toEqual([other.id]);
    expect(await found(`device=${hash}&organizationId=${vendor.organizationId}`)).toEqual([one.id]);
  });
});

describe('a blocked device', () => {
  const verdict = async (holder: Client, name: string): Promise<string> =>
    (await holder.done('/v1/license/validate', { fingerprint: device(name).fingerprint })).code;

  it('gets nothing of the license until the block is lifted or has run out', async () => {
    const { id, holder } = await licensed({ activations: 2 });
    await activate(holder, 'stolen');
    const { fingerprint } = device('stolen');
    await vendor.staff.done(`/v1/licenses/${id}/block-device`, { fingerprint, until: server.inDays(3), reason: 'Stolen.' });
    expect(await verdict(holder, 'stolen')).toBe('device.blocked');
    expect((await holder.post(ACTIVATIONS, device('stolen'))).body).toMatchObject({ status: 409, code: 'device.blocked' });
    server.pass({ days: 3, ms: 1000 });
    expect(await verdict(holder, 'stolen')).toBe('license.valid');
    await vendor.staff.done(`/v1/licenses/${id}/block-device`, { fingerprint });
    expect(await verdict(holder, 'stolen')).toBe('device.blocked');
    await vendor.staff.done(`/v1/licenses/${id}/unblock-device`, { fingerprint });
    expect(await verdict(holder, 'stolen')).toBe('license.valid');
  });

  it('everywhere gets no new seat at once, and is out of all its licenses soon', async () => {
    const licenses = [await licensed({}), await licensed({}), await licensed({})];
    for (const { holder } of licenses) await activate(holder, 'pirate');
    const { fingerprint } = device('pirate');
    const { device: hash } = await vendor.staff.done('/v1/device-blocks', { fingerprint, reason: 'Shared key.' });
    const fresh = await licensed({});
    expect((await fresh.holder.post(ACTIVATIONS, device('pirate'))).body).toMatchObject({ code: 'device.blocked' });
    const all = async (code: string) => {
      const verdicts = await Promise.all(licenses.map(({ holder }) => verdict(holder, 'pirate')));
      return verdicts.every((each) => each === code);
    };
    await until(() => all('device.blocked'));
    await vendor.staff.done(`/v1/device-blocks/${hash}/lift`);
    await until(() => all('license.valid'));
    await activate(fresh.holder, 'pirate');
  });
});
