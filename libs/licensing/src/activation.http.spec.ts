import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SqliteReadStore } from '#read-models/sqlite.read-store.js';
import { licensingApp, type LicensingApp, type Who } from './testing/licensing-app.js';

let app: LicensingApp;
let two: string;
beforeAll(async () => {
  app = await licensingApp();
  two = await app.policy({ activations: 2, deactivations: { allowed: 1 } });
});
afterAll(() => app.close());

describe('a device with its license key', () => {
  it('activates at once after the issue, validates, and releases itself', async () => {
    const { id, key } = await app.issue(two);
    const device = { fingerprint: 'machine-1', name: "Ada's laptop", platform: 'linux/x64', components: { board: 'B-1' } };
    const before = await app.ask({ key }, 'POST', '/v1/license/validate', { fingerprint: 'machine-1' });
    expect(before.json).toMatchObject({ valid: false, code: 'device.not-activated', licenseId: id });
    const made = await app.ask({ key }, 'POST', '/v1/license/activations', device);
    expect(made.status).toBe(201);
    expect(made.headers['location']).toBe(`/v1/license/activations/${made.json.id}`);
    expect(made.json).toMatchObject({ name: "Ada's laptop", status: 'active', activations: { allowed: 2, used: 1 } });
    expect(made.text).not.toContain('machine-1');
    const again = await app.ask({ key }, 'POST', '/v1/license/activations', device);
    expect(again.json).toEqual(made.json);
    const valid = await app.ask({ key }, 'POST', '/v1/license/validate', { fingerprint: 'machine-1' });
    expect(valid.json).toMatchObject({ valid: true, code: 'license.valid', activationId: made.json.id, at: app.clock.instant });
    const listed = await app.ask({ key }, 'GET', '/v1/license/activations');
    expect(listed.json.data).toEqual([
      {
        ...{ id: made.json.id, device: made.json.device, name: "Ada's laptop", platform: 'linux/x64' },
        ...{ publicKey: null, by: 'license-key', userId: null, activatedAt: app.clock.instant },
      },
    ]);
    const released = await app.ask({ key }, 'POST', `/v1/license/activations/${made.json.id}/deactivate`, {});
    expect(released.json).toMatchObject({ id: made.json.id, activations: { used: 0 } });
    expect((await app.ask({ key }, 'GET', '/v1/license')).json).toMatchObject({
      id,
      status: 'unused',
      deactivations: { allowed: 1, used: 1, exhausted: true },
    });
  });

  it('is known before any view has seen the license', async () => {
    const { key } = await app.issue(two);
    const made = await app.ask(
      { key },
      'POST',
      '/v1/license/activations',
      { fingerprint: 'early' },
      { 'keyledger-position': '0'.repeat(20) },
    );
    expect(made.status).toBe(201);
    expect((await app.ask({ key }, 'GET', '/v1/license', undefined, { 'keyledger-position': '0'.repeat(20) })).status).toBe(200);
  });

  it('has its license read once, unless it wants to see something newer', async () => {
    const { id, key } = await app.issue(two);
    await app.ask({ key }, 'GET', '/v1/license');
    const read = jest.spyOn(SqliteReadStore.prototype, 'get');
    try {
      expect((await app.ask({ key }, 'POST', '/v1/license/validate', {})).json.licenseId).toBe(id);
      expect(read).not.toHaveBeenCalled();
      await app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, {});
      expect((await app.ask({ key }, 'POST', '/v1/license/validate', {})).json.code).toBe('license.suspended');
      expect(read.mock.calls.map(([view, , document]) => [view.name, document])).toEqual([['licenses', id]]);
    } finally {
      read.mockRestore();
    }
  });

  it('is refused at the limit with what could be released, and replaces a device in one step', async () => {
    const { key } = await app.issue(two);
    const activate = (fingerprint: string) =>
      app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint, name: fingerprint });
    const first = await activate('device-1');
    await activate('device-2');
    const refused = await activate('device-3');
    expect([refused.status, refused.json.code]).toEqual([409, 'license.activation-limit-reached']);
    expect(refused.json).toMatchObject({ allowed: 2, used: 2, resetsAt: null });
    expect(refused.json.releasable.map(({ name }: { name: string }) => name).sort()).toEqual(['device-1', 'device-2']);
    const replaced = await app.ask({ key }, 'POST', `/v1/license/activations/${first.json.id}/replace`, {
      fingerprint: 'device-3',
    });
    expect(replaced.json).toMatchObject({ activations: { allowed: 2, used: 2 } });
    const verdict = (fingerprint: string) => app.ask({ key }, 'POST', '/v1/license/validate', { fingerprint });
    expect([(await verdict('device-1')).json.code, (await verdict('device-3')).json.code]).toEqual([
      'device.not-activated',
      'license.valid',
    ]);
    const spent = await app.ask({ key }, 'POST', `/v1/license/activations/${replaced.json.id}/deactivate`, {});
    expect(spent.json).toMatchObject({ code: 'license.deactivation-limit-reached', allowed: 1, used: 1, resetsAt: null });
  });

  it('names its devices', async () => {
    const { key } = await app.issue(two);
    const { json } = await app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint: 'to-be-named' });
    expect((await app.ask({ key }, 'POST', `/v1/license/activations/${json.id}/name`, { name: 'den' })).status).toBe(200);
    expect((await app.ask({ key }, 'GET', '/v1/license/activations?q=den')).json.data).toHaveLength(1);
  });

  it('gets nowhere with a wrong, archived or access-expired key, nor in a foreign tenant', async () => {
    const ask = async (key: string, headers = {}) => (await app.ask({ key }, 'GET', '/v1/license', undefined, headers)).json.code;
    const { id, key } = await app.issue(two);
    expect(await ask('AAAAA-AAAAA-AAAAA-AAAAA-AAAAA')).toBe('auth.invalid');
    expect(await ask('nonsense')).toBe('auth.invalid');
    expect(await ask(key, { 'keyledger-tenant': 'umbrella' })).toBe('auth.invalid');
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/archive`, {});
    expect(await ask(key)).toBe('auth.invalid');
    const strict = await app.policy({ expiryStrategy: 'revoke' });
    const gone = await app.issue(strict, { effectiveFrom: '2025-01-01T00:00:00Z', expiresAt: '2026-01-01T00:00:00Z' });
    expect(await ask(gone.key)).toBe('auth.expired');
  });

  it('is told why, once its license is stopped', async () => {
    const { id, key } = await app.issue(two);
    const says = async () => [
      (await app.ask({ key }, 'POST', '/v1/license/validate', {})).json.code,
      (await app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint: 'told-why' })).json.code,
    ];
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, {});
    expect(await says()).toEqual(['license.suspended', 'license.suspended']);
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/revoke`, {});
    expect(await says()).toEqual(['license.revoked', 'license.revoked']);
  });

  it('sees nothing of the vendor', async () => {
    const { id, key } = await app.issue(two);
    expect((await app.ask({ key }, 'GET', `/v1/licenses/${id}`)).status).toBe(403);
    expect((await app.ask('vendor', 'GET', '/v1/license')).status).toBe(403);
  });
});

describe('devices by token', () => {
  const activate = (who: Who, id: string, fingerprint: string) =>
    app.ask(who, 'POST', `/v1/licenses/${id}/activations`, { fingerprint });

  it("are counted against the customer's budget, not the vendor's", async () => {
    const { id } = await app.issue(two);
    const release = async (who: Who, fingerprint: string) => {
      const { json } = await activate(who, id, fingerprint);
      return (await app.ask(who, 'POST', `/v1/licenses/${id}/activations/${json.id}/deactivate`, {})).json;
    };
    expect(await release('vendor', 'budget-1')).toMatchObject({ activations: { used: 0 } });
    expect(await release('globex', 'budget-2')).toMatchObject({ activations: { used: 0 } });
    expect((await release('globex', 'budget-3')).code).toBe('license.deactivation-limit-reached');
    expect(await release('vendor', 'budget-3')).toMatchObject({ activations: { used: 0 } });
  });

  it('are out of reach for others, as if the license were missing', async () => {
    const { id } = await app.issue(two);
    const { json } = await activate('vendor', id, 'mine');
    for (const who of ['initech', 'stranger'] as const) {
      const asked = [
        activate(who, id, 'theirs'),
        app.ask(who, 'GET', `/v1/licenses/${id}/activations`),
        app.ask(who, 'POST', `/v1/licenses/${id}/validate`, {}),
        ...['deactivate', 'name'].map((verb) =>
          app.ask(who, 'POST', `/v1/licenses/${id}/activations/${json.id}/${verb}`, verb === 'name' ? { name: 'x' } : {}),
        ),
        app.ask(who, 'POST', `/v1/licenses/${id}/activations/${json.id}/replace`, { fingerprint: 'theirs' }),
      ];
      for (const answer of await Promise.all(asked))
        expect([answer.status, answer.json.code]).toEqual([404, 'license.not-found']);
    }
  });

  it('at the limit are not shown to who may not read licenses', async () => {
    const { id } = await app.issue(two);
    await activate('vendor', id, 'seen-1');
    await activate('vendor', id, 'seen-2');
    expect((await activate('vendor', id, 'seen-3')).json.releasable).toHaveLength(2);
    const blind = (await activate('activator', id, 'seen-3')).json;
    expect(blind).toMatchObject({ code: 'license.activation-limit-reached', allowed: 2, used: 2 });
    expect(blind).not.toHaveProperty('releasable');
  });

  it('are not shown to them either where one is to take the place of another', async () => {
    const { id } = await app.issue(two);
    const { json } = await activate('vendor', id, 'shown-1');
    await activate('vendor', id, 'shown-2');
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/override-limits`, { overrides: { activations: 1 } });
    const replace = (who: Who) =>
      app.ask(who, 'POST', `/v1/licenses/${id}/activations/${json.id}/replace`, { fingerprint: 'shown-3' });
    expect((await replace('vendor')).json.releasable).toHaveLength(2);
    const blind = (await replace('activator')).json;
    expect(blind).toMatchObject({ code: 'license.activation-limit-reached', allowed: 1, used: 2 });
    expect(blind).not.toHaveProperty('releasable');
  });

  it('can be blocked by fingerprint or by hash', async () => {
    const { id } = await app.issue(two);
    const { json } = await activate('vendor', id, 'stolen');
    const block = (verb: string, body: object) => app.ask('vendor', 'POST', `/v1/licenses/${id}/${verb}-device`, body);
    const verdict = async () =>
      (await app.ask('vendor', 'POST', `/v1/licenses/${id}/validate`, { fingerprint: 'stolen' })).json.code;
    expect((await block('block', { fingerprint: 'stolen', reason: 'reported' })).status).toBe(200);
    expect(await verdict()).toBe('device.blocked');
    expect((await app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.blockedDevices).toEqual([
      { device: json.device, until: null },
    ]);
    expect((await block('unblock', { device: json.device })).status).toBe(200);
    expect(await verdict()).toBe('license.valid');
    expect((await block('block', {})).json.code).toBe('request.invalid');
  });
});

describe('validating', () => {
  it('finds no archived license, whoever asks', async () => {
    const { id, key } = await app.issue(two);
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/archive`, {});
    for (const who of ['vendor', 'globex'] as const)
      expect((await app.ask(who, 'POST', `/v1/licenses/${id}/validate`, {})).json.code).toBe('license.not-found');
    expect((await app.ask({ key }, 'POST', '/v1/license/validate', {})).json.code).toBe('auth.invalid');
  });

  it('reads the standing of the owner beside the license', async () => {
    const { id } = await app.issue(two, { organizationId: app.ids.globex, contactId: app.ids.ada });
    const ask = (body: object) => app.ask('support', 'POST', `/v1/licenses/${id}/validate`, body);
    expect((await ask({ productId: app.ids.product, contactId: app.ids.ada })).json).toMatchObject({
      valid: true,
      code: 'license.valid',
    });
    expect((await ask({ entitlements: ['export'] })).json).toMatchObject({
      valid: false,
      code: 'license.entitlements-missing',
      entitlementsMissing: ['export'],
    });
    expect((await ask({ version: '1.0' })).json.code).toBe('request.invalid');
  });
});

describe('seats', () => {
  it('are never oversold by devices that come at the same moment', async () => {
    const policy = await app.policy({ activations: 5 });
    const { key, id } = await app.issue(policy);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint: `crowd-${n % 20}` }),
      ),
    );
    const granted = answers.filter(({ status }) => status === 201);
    expect(new Set(granted.map(({ json }) => json.device)).size).toBe(5);
    expect(
      answers.filter(({ status }) => status !== 201).every(({ json }) => json.code === 'license.activation-limit-reached'),
    ).toBe(true);
    expect((await app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.activations).toEqual({
      allowed: 5,
      used: 5,
      overAllocated: false,
    });
  });
});
