// The life of licenses over the years, under a clock that the test moves: statuses, dated facts, renewals, verdicts.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startClockedServer, type ClockedServer } from '../support/clocked-server.js';
import type { Client } from '../support/client.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { UNLIMITED } from '../support/two-tours.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

let server: ClockedServer;
let vendor: Vendor;
let productId: string;
beforeAll(async () => {
  server = await startClockedServer({ env: UNLIMITED });
  const first = await firstVendor(server);
  // Years go by here: a token without an end.
  const { secret } = await first.staff.done('/v1/tokens', { name: 'for ever', role: 'administrator', expiresAt: null });
  vendor = { ...first, staff: first.bearer(secret) };
  productId = (await vendor.staff.read('/v1/products')).data[0].id;
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.dispose();
}, 60_000);

let codes = 0;
interface Licensed {
  readonly id: string;
  readonly holder: Client;
  read(): Promise<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer
  change(verb: string, body?: object): Promise<unknown>;
  verdict(asked?: object): Promise<string>;
}

async function licensed(terms: object, issue: object = {}): Promise<Licensed> {
  const code = `policy-${++codes}`;
  const { id: policyId } = await vendor.staff.done('/v1/policies', { productId, name: code, code, terms });
  const { id, key } = await vendor.staff.done('/v1/licenses', { policyId, organizationId: vendor.organizationId, ...issue });
  const holder = vendor.holder(key);
  return {
    ...{ id, holder },
    read: () => vendor.staff.read(`/v1/licenses/${id}`),
    change: (verb, body = {}) => vendor.staff.done(`/v1/licenses/${id}/${verb}`, body),
    verdict: async (asked = {}) => (await holder.done('/v1/license/validate', asked)).code,
  };
}

const device = { fingerprint: 'the-device' };
const inList = async (status: string, id: string): Promise<boolean> => {
  const { data } = await vendor.staff.read(`/v1/licenses?limit=100&status=${status}`);
  return data.some((each: { id: string }) => each.id === id);
};

describe('a license', () => {
  it('goes through its statuses as time passes, and nothing but time passes', async () => {
    const { id, holder, read, verdict } = await licensed(
      { activations: 1, duration: 'P1Y', grace: 'P14D', expiringSoon: 'P30D' },
      { effectiveFrom: server.inDays(10) },
    );
    const { revision } = await read();
    const is = async (status: string, code: string) => {
      expect([(await read()).status, await verdict()]).toEqual([status, code]);
      expect(await inList(status, id)).toBe(true);
    };
    await is('not-yet-effective', 'license.not-yet-effective');
    expect((await holder.post('/v1/license/activations', device)).body).toMatchObject({ code: 'license.not-yet-effective' });
    server.pass({ days: 10, ms: 1000 });
    await is('unused', 'license.valid');
    await holder.done('/v1/license/activations', device);
    await is('active', 'license.valid');
    server.pass({ days: 340 });
    await is('expiring-soon', 'license.valid');
    server.pass({ days: 27 });
    await is('grace', 'license.in-grace');
    expect((await holder.post('/v1/license/activations', { fingerprint: 'late' })).body).toMatchObject({
      code: 'license.in-grace',
    });
    server.pass({ days: 14 });
    await is('expired', 'license.expired');
    expect((await holder.post('/v1/license/activations', { fingerprint: 'late' })).body).toMatchObject({
      code: 'license.expired',
    });
    expect((await read()).revision).toBe(revision + 1); // the activation
  });

  it('is suspended and resumed without its devices activating again', async () => {
    const { holder, change, read, verdict } = await licensed({ activations: 1 });
    await holder.done('/v1/license/activations', device);
    await change('suspend', { reason: 'Owes.' });
    expect([(await read()).status, await verdict(device)]).toEqual(['suspended', 'license.suspended']);
    expect((await holder.post('/v1/license/activations', { fingerprint: 'other' })).body.code).toBe('license.suspended');
    await change('resume');
    expect([(await read()).status, await verdict(device)]).toEqual(['active', 'license.valid']);
    await change('suspend', { from: server.inDays(2), until: server.inDays(4) });
    expect(await verdict(device)).toBe('license.valid');
    server.pass({ days: 3 });
    expect(await verdict(device)).toBe('license.suspended');
    server.pass({ days: 2 });
    expect(await verdict(device)).toBe('license.valid');
    expect((await read()).activations.used).toBe(1);
  });

  it('is revoked from a day on, with all its devices; undone, they have to come again', async () => {
    const { holder, change, read, verdict } = await licensed({ activations: 1 });
    await holder.done('/v1/license/activations', device);
    await change('revoke', { from: server.inDays(5), reason: 'Refunded.' });
    expect([(await read()).status, await verdict(device)]).toEqual(['active', 'license.valid']);
    server.pass({ days: 5, ms: 1000 });
    expect(await read()).toMatchObject({ status: 'revoked', activations: { used: 0 } });
    expect(await verdict(device)).toBe('license.revoked');
    expect((await holder.read('/v1/license/activations')).data).toEqual([]);
    await change('undo-revocation');
    expect(await read()).toMatchObject({ status: 'unused', activations: { used: 0 } });
    expect(await verdict(device)).toBe('device.not-activated');
    await holder.done('/v1/license/activations', device);
    expect(await verdict(device)).toBe('license.valid');
  });

  it('archived is gone for its devices and in lists, but not for its vendor', async () => {
    const { id, holder, change, read } = await licensed({ activations: 1 });
    await holder.done('/v1/license/activations', device);
    await change('archive', { reason: 'By mistake.' });
    expect(await read()).toMatchObject({ status: 'archived', activations: { used: 0 } });
    const said = await holder.get('/v1/license');
    expect([said.status, said.body.code]).toEqual([401, 'auth.invalid']); // as of a key that never was
    expect((await vendor.staff.read('/v1/licenses?limit=100')).data).not.toContainEqual(expect.objectContaining({ id }));
    expect(await inList('archived', id)).toBe(true);
    const refused = await vendor.staff.post(`/v1/licenses/${id}/suspend`);
    expect(refused.body).toMatchObject({ status: 409, code: 'license.archived' });
  });

  it('is renewed from its end, from now, or from now only if it is expired', async () => {
    const { change, read } = await licensed({ duration: 'P1M' });
    const days = async () => Math.round((Date.parse((await read()).expiresAt) - Date.parse(server.inDays(0))) / 86_400_000);
    await change('set-expiry', { expiresAt: server.inDays(10) });
    await change('renew', { period: 'P10D' });
    expect(await days()).toBe(20);
    await change('renew', { period: 'P10D', basis: 'now-if-expired' });
    expect(await days()).toBe(30);
    await change('renew', { period: 'P10D', basis: 'now' });
    expect(await days()).toBe(10);
    server.pass({ days: 20 });
    expect((await read()).status).toBe('expired');
    await change('renew', { period: 'P5D', basis: 'now-if-expired' });
    expect(await days()).toBe(5);
    await change('set-expiry', { expiresAt: null });
    const forEver = await vendor.staff.post(`/v1/licenses/${(await read()).id}/renew`);
    expect(forEver.body).toMatchObject({ status: 409, code: 'license.runs-for-ever' });
  });

  it('runs from its first activation where its terms say so, and keys of expired ones open nothing under `revoke`', async () => {
    const { holder, read, verdict } = await licensed({
      duration: 'P30D',
      starts: 'first-activation',
      expiryStrategy: 'revoke',
    });
    server.pass({ days: 100 });
    expect(await read()).toMatchObject({ status: 'unused', expiresAt: null });
    await holder.done('/v1/license/activations', device);
    const { expiresAt } = await read();
    expect(Math.round((Date.parse(expiresAt) - Date.parse(server.inDays(0))) / 86_400_000)).toBe(30);
    expect(await verdict(device)).toBe('license.valid');
    server.pass({ days: 31 });
    const said = await holder.post('/v1/license/validate', device);
    expect([said.status, said.body.code]).toEqual([401, 'auth.expired']);
  });

  it.each([
    ['restrict', false, 'license.expired'],
    ['maintain', true, 'license.expired-but-usable'],
    ['allow', true, 'license.expired-but-usable'],
  ])('expired under %s is valid: %s', async (expiryStrategy, valid, code) => {
    const { holder } = await licensed({ duration: 'P1D', expiryStrategy });
    server.pass({ days: 2 });
    expect(await holder.done('/v1/license/validate')).toMatchObject({ valid, code });
  });
});

describe('a verdict', () => {
  it('is of the first check that fails, in their order, and says what came before', async () => {
    const { holder, change, verdict } = await licensed({
      ...{ activations: 1, overAllocated: 'invalid', duration: 'P1Y', entitlements: { pro: true, beta: false } },
    });
    const staff = vendor.staff;
    const organization = `/v1/organizations/${vendor.organizationId}`;
    const { id: contactId } = await staff.done('/v1/contacts', { name: 'Ada', email: 'ada@example.com' });
    await staff.done(`${organization}/members`, { contactId });
    await change('change-owner', { organizationId: vendor.organizationId, contactId });
    const nobody = '01j00000000000000000000000';

    // Everything that can be wrong, undone from the first check on: each verdict names the next one.
    await holder.done('/v1/license/activations', device);
    await change('block-device', device);
    await change('override-limits', { overrides: { activations: 0 } });
    await change('set-expiry', { expiresAt: server.inDays(1) });
    server.pass({ days: 2 });
    await staff.done(`/v1/contacts/${contactId}/suspend`);
    await staff.done(`${organization}/suspend`);
    await change('suspend');
    const wrong = { productId: nobody, policyVersion: 2, contactId: nobody, entitlements: ['pro', 'beta', 'gone'], ...device };
    const right = { productId, policyVersion: 1, contactId, entitlements: ['pro'] };
    const asked: Record<string, unknown> = { ...wrong };
    const next = async (code: string, mend: () => unknown) => {
      expect(await verdict(asked)).toBe(code);
      await mend();
    };
    const say = (name: keyof typeof right) => () => (asked[name] = right[name]);
    await next('license.suspended', () => change('resume'));
    await next('license.organization-suspended', () => staff.done(`${organization}/resume`));
    await next('license.contact-suspended', () => staff.done(`/v1/contacts/${contactId}/resume`));
    await next('license.product-mismatch', say('productId'));
    await next('license.policy-version-mismatch', say('policyVersion'));
    await next('license.contact-mismatch', say('contactId'));
    const { entitlementsMissing } = await holder.done('/v1/license/validate', asked);
    expect(entitlementsMissing).toEqual(['beta', 'gone']);
    await next('license.entitlements-missing', say('entitlements'));
    await next('device.blocked', () => change('unblock-device', device));
    await next('license.over-allocated', () => change('override-limits', { overrides: { activations: null } }));
    expect(await verdict({ ...asked, fingerprint: 'another' })).toBe('device.not-activated');
    await next('license.expired', () => change('renew', { period: 'P1M', basis: 'now' }));
    const valid = await holder.done('/v1/license/validate', asked);
    expect(valid).toMatchObject({ valid: true, code: 'license.valid', entitlements: { pro: true } });
    expect(valid.checks.every(({ passed }: { passed: boolean }) => passed)).toBe(true);
    await change('revoke');
    expect(await verdict(asked)).toBe('license.revoked');
  });

  it('never writes', async () => {
    const { holder } = await licensed({ activations: 1 });
    const before = (await holder.post('/v1/license/validate', device)).headers.get('keyledger-position');
    for (let n = 0; n < 20; n++) await holder.done('/v1/license/validate', device);
    const after = (await holder.post('/v1/license/validate', device)).headers.get('keyledger-position');
    expect(after).toBe(before);
  });
});
