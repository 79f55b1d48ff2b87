import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { licensingApp, type LicensingApp } from './testing/licensing-app.js';

let app: LicensingApp;
let standard: string;
beforeAll(async () => {
  app = await licensingApp();
  standard = await app.policy({ activations: 2, duration: 'P1Y', grace: 'P7D', entitlements: { export: true } });
});
afterAll(() => app.close());

const ids = (answer: { json: { data: { id: string }[] } }) => answer.json.data.map(({ id }) => id);

describe('issuing', () => {
  it('answers the key in full, once, and the same when repeated', async () => {
    const headers = { 'idempotency-key': 'order-1' };
    const body = { policyId: standard, organizationId: app.ids.globex, contactId: app.ids.ada, name: 'Design' };
    const first = await app.ask('vendor', 'POST', '/v1/licenses', body, headers);
    expect(first.status).toBe(201);
    expect(first.headers['location']).toBe(`/v1/licenses/${first.json.id}`);
    expect(first.json.key.slice(-5)).toBe(first.json.maskedKey.slice(-5));
    const again = await app.ask('vendor', 'POST', '/v1/licenses', body, headers);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json).toEqual(first.json);
    const read = await app.ask('vendor', 'GET', `/v1/licenses/${first.json.id}`);
    expect(read.json).toMatchObject({
      ...{
        name: 'Design',
        maskedKey: first.json.maskedKey,
        status: 'unused',
        suspendedBy: null,
        expiresAt: '2027-06-01T12:00:00.000Z',
      },
      ...{
        product: { id: app.ids.product, name: 'Editor' },
        organization: { id: app.ids.globex, name: 'Globex' },
        contact: { id: app.ids.ada, name: 'Ada Lovelace' },
      },
      ...{ activations: { allowed: 2, used: 0, overAllocated: false }, entitlements: { export: true }, revision: 0 },
    });
    expect(read.text).not.toContain(first.json.key);
  });

  it('issues many in one request, with a key and a result each, and is repeatable as a whole', async () => {
    const body = { policyId: standard, organizationId: app.ids.initech, quantity: 120 };
    const headers = { 'idempotency-key': 'order-2' };
    const first = await app.ask('vendor', 'POST', '/v1/licenses', body, headers);
    expect(first.status).toBe(201);
    const keys = first.json.licenses.map(({ key }: { key: string }) => key);
    expect(new Set(keys).size).toBe(120);
    const again = await app.ask('vendor', 'POST', '/v1/licenses', body, headers);
    expect(again.json).toEqual(first.json);
    const listed = await app.ask('vendor', 'GET', `/v1/licenses?organizationId=${app.ids.initech}&limit=100`);
    expect(listed.json.data).toHaveLength(100);
    expect(listed.json.page.next).toEqual(expect.any(String));
  });

  it('goes on after a crash under the version that it began with', async () => {
    const policy = await app.policy({ keyFormat: { groups: 4 } });
    const body = { policyId: policy, organizationId: app.ids.globex, quantity: 5 };
    const request = () => app.ask('vendor', 'POST', '/v1/licenses', body, { 'idempotency-key': 'order-3' });
    const execute = app.executor.execute.bind(app.executor);
    let commands = 0;
    const crash = jest.spyOn(app.executor, 'execute').mockImplementation((...command) => {
      return ++commands > 2 ? Promise.reject(new Error('crash')) : execute(...command);
    });
    expect((await request()).status).toBe(500);
    crash.mockRestore();
    await app.ask('vendor', 'POST', `/v1/policies/${policy}/revise`, { terms: { activations: 9, keyFormat: { groups: 6 } } });
    const repeated = await request();
    expect([repeated.status, repeated.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect(repeated.json.licenses.map(({ key }: { key: string }) => key.split('-').length)).toEqual([4, 4, 4, 4, 4]);
    const listed = (await app.ask('vendor', 'GET', `/v1/licenses?policyId=${policy}`)).json.data;
    expect(listed.map((one: { policy: { version: number } }) => one.policy.version)).toEqual([1, 1, 1, 1, 1]);
    expect((await request()).headers['idempotency-replayed']).toBe('true');
  });

  it('refuses what cannot be issued', async () => {
    const refused = async (body: object, who: 'vendor' | 'support' | 'globex' = 'vendor') =>
      (await app.ask(who, 'POST', '/v1/licenses', body)).json.code;
    expect(await refused({ policyId: app.ids.globex, organizationId: app.ids.globex })).toBe('policy.not-found');
    expect(await refused({ policyId: standard })).toBe('license.owner-needed');
    expect(await refused({ policyId: standard, organizationId: app.ids.ada })).toBe('license.unknown-organization');
    expect(await refused({ policyId: standard, policyVersion: 7, organizationId: app.ids.globex })).toBe(
      'policy.version-not-found',
    );
    expect(await refused({ policyId: standard, organizationId: app.ids.globex, quantity: 1001 })).toBe('request.invalid');
    expect(await refused({ policyId: standard, organizationId: app.ids.globex }, 'support')).toBe('auth.forbidden');
  });

  it('shapes the key as the policy says', async () => {
    const policy = await app.policy({ keyFormat: { prefix: 'ED', groups: 4, groupLength: 6 } });
    expect((await app.issue(policy)).key).toMatch(/^ED(-[0-9A-Z]{6}){4}$/);
  });
});

describe('finding licenses', () => {
  it('by key, however it is written', async () => {
    const { id, key } = await app.issue(standard);
    const lookup = (typed: string, who: 'vendor' | 'globex' | 'initech' = 'vendor') =>
      app.ask(who, 'POST', '/v1/licenses/lookup', { key: typed });
    expect((await lookup(key.toLowerCase().replaceAll('-', ' '))).json.id).toBe(id);
    expect((await lookup(key, 'globex')).json.id).toBe(id);
    expect((await lookup(key, 'initech')).json.code).toBe('license.not-found');
    expect((await lookup(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`)).json.code).toBe('license-key.malformed');
  });

  it('by status at the instant of the request', async () => {
    const policy = await app.policy({ duration: 'P1Y', grace: 'P7D' });
    const at = async (more: object, ...commands: string[]) => {
      const { id } = await app.issue(policy, more);
      for (const command of commands) await app.ask('vendor', 'POST', `/v1/licenses/${id}/${command}`, {});
      return id;
    };
    const made = {
      unused: await at({}),
      archived: await at({}, 'archive'),
      revoked: await at({}, 'revoke'),
      suspended: await at({}, 'suspend'),
      'not-yet-effective': await at({ effectiveFrom: '2026-07-01T00:00:00Z' }),
      grace: await at({ effectiveFrom: '2025-01-01T00:00:00Z', expiresAt: '2026-05-31T00:00:00Z' }),
      expired: await at({ effectiveFrom: '2025-01-01T00:00:00Z' }),
      'expiring-soon': await at({ expiresAt: '2026-06-10T00:00:00Z' }),
    };
    for (const [status, id] of Object.entries(made)) {
      const found = await app.ask('vendor', 'GET', `/v1/licenses?policyId=${policy}&status=${status}`);
      expect([status, ids(found)]).toEqual([status, [id]]);
      expect(found.json.data[0].status).toBe(status);
    }
    const both = await app.ask('vendor', 'GET', `/v1/licenses?policyId=${policy}&status=grace,expired&sort=expiresAt`);
    expect(ids(both)).toEqual([made.expired, made.grace]);
    expect(ids(await app.ask('vendor', 'GET', `/v1/licenses?policyId=${policy}`))).not.toContain(made.archived);
    const window = await app.ask(
      'vendor',
      'GET',
      `/v1/licenses?policyId=${policy}&expiresFrom=2026-05-01T00:00:00Z&expiresTo=2026-06-15T00:00:00Z&sort=expiresAt`,
    );
    expect(ids(window)).toEqual([made.grace, made['expiring-soon']]);
  });

  it('by device and by text', async () => {
    const { id, key } = await app.issue(standard, { name: 'Résumé builders' });
    await app.ask({ key }, 'POST', '/v1/license/activations', { fingerprint: 'text-machine', name: 'Wolfram workstation' });
    const { device, licenseIds } = (await app.ask('vendor', 'POST', '/v1/devices/lookup', { fingerprint: 'text-machine' })).json;
    expect(licenseIds).toEqual([id]);
    const found = async (query: string) => ids(await app.ask('vendor', 'GET', `/v1/licenses?${query}`));
    expect(await found(`device=${device}`)).toEqual([id]);
    expect(await found('q=resume%20BUILD')).toEqual([id]);
    expect(await found('q=wolfram')).toEqual([id]);
    expect(await found('q=resume%20wolfram')).toEqual([]);
    expect(await found(`q=${key.slice(-5)}`)).toEqual([id]);
    expect((await app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.devices).toMatchObject([
      { device, name: 'Wolfram workstation' },
    ]);
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/revoke`, {});
    expect((await app.ask('vendor', 'GET', `/v1/licenses/${id}`)).json.devices).toEqual([]);
    expect(await found(`device=${device}`)).toEqual([]);
  });

  it('page by page, each license once', async () => {
    const policy = await app.policy({});
    for (let i = 0; i < 5; i++) await app.issue(policy);
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const answer = await app.ask('vendor', 'GET', `/v1/licenses?policyId=${policy}&limit=2${next && `&cursor=${next}`}`);
      seen.push(...ids(answer));
      next = answer.json.page.next;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });
});

describe('who sees what', () => {
  it('an organization sees its own licenses only, and no archived ones', async () => {
    const { id } = await app.issue(standard);
    const asks = (who: 'vendor' | 'globex' | 'initech' | 'stranger', path = `/v1/licenses/${id}`) => app.ask(who, 'GET', path);
    expect((await asks('globex')).status).toBe(200);
    const foreign = await asks('initech');
    const missing = await asks('initech', `/v1/licenses/${app.ids.ada}`);
    const without = ({ json }: { json: Record<string, unknown> }) => ({ ...json, requestId: '', instance: '' });
    expect(foreign.status).toBe(404);
    expect(without(foreign)).toEqual(without(missing));
    expect((await asks('stranger')).status).toBe(404);
    expect(ids(await asks('initech', `/v1/licenses?organizationId=${app.ids.globex}`))).toEqual([]);
    await app.ask('vendor', 'POST', `/v1/licenses/${id}/archive`, {});
    expect((await asks('globex')).status).toBe(404);
    expect((await asks('vendor')).json.status).toBe('archived');
  });

  it('a customer never changes a license', async () => {
    const { id } = await app.issue(standard);
    for (const command of ['suspend', 'resume', 'revoke', 'undo-revocation', 'renew', 'change-owner', 'archive', 'reveal-key']) {
      expect([command, (await app.ask('globex', 'POST', `/v1/licenses/${id}/${command}`, {})).status]).toEqual([command, 403]);
    }
  });
});

describe('changing a license', () => {
  it('answers with the revision, which the next change may insist on', async () => {
    const { id } = await app.issue(standard);
    const suspended = await app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, { reason: 'unpaid' }, { 'if-match': '"0"' });
    expect([suspended.status, suspended.headers['etag'], suspended.json]).toEqual([200, '"1"', { id, revision: 1 }]);
    expect((await app.ask('vendor', 'POST', `/v1/licenses/${id}/resume`, {}, { 'if-match': '"0"' })).status).toBe(412);
    expect((await app.ask('vendor', 'POST', `/v1/licenses/${id}/suspend`, {})).json.revision).toBe(1);
  });

  it('renews, sets the expiry, overrides limits, changes the owner', async () => {
    const { id } = await app.issue(standard);
    const change = (command: string, body: object) => app.ask('vendor', 'POST', `/v1/licenses/${id}/${command}`, body);
    expect((await change('renew', {})).status).toBe(200);
    expect((await change('override-limits', { overrides: { activations: 9, entitlements: { tier: 'pro' } } })).status).toBe(200);
    expect(
      (await change('override-limits', { overrides: { activations: 20 }, effectiveAt: '2026-08-01T00:00:00Z' })).status,
    ).toBe(200);
    expect((await change('change-owner', { organizationId: app.ids.initech })).status).toBe(200);
    const read = (await app.ask('initech', 'GET', `/v1/licenses/${id}`)).json;
    expect(read).toMatchObject({
      expiresAt: '2028-06-01T12:00:00.000Z',
      activations: { allowed: 9 },
      entitlements: { export: true, tier: 'pro' },
      organization: { name: 'Initech' },
    });
    expect(read.scheduledLimits).toEqual([{ effectiveAt: '2026-08-01T00:00:00.000Z', limits: { activations: 20 } }]);
    expect((await change('set-expiry', { expiresAt: null })).status).toBe(200);
    expect((await change('renew', {})).json.code).toBe('license.runs-for-ever');
  });

  it('reveals the key, and records it', async () => {
    const { id, key } = await app.issue(standard);
    expect((await app.ask('vendor', 'POST', `/v1/licenses/${id}/reveal-key`, { reason: 'lost' })).json).toEqual({
      id,
      revision: 1,
      key,
    });
    expect((await app.ask('support', 'POST', `/v1/licenses/${id}/reveal-key`, {})).status).toBe(403);
  });
});
