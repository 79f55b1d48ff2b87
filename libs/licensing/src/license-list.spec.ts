import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itemCommandId } from '#kernel/ids.js';
import { testContext } from '#kernel/testing/given.js';
import { license } from './license.js';
import { licensingApp, type LicensingApp, type Who } from './testing/licensing-app.js';

/** More than one page of documents, on purpose: the device and its name are everywhere in the vendor's licenses. */
const EVERYWHERE = 1001;
const BATCH = '0190a000-0000-7000-8000-0000000000aa';

describe('finding licenses by a device that many licenses of the vendor have', () => {
  let app: LicensingApp;
  let device: string;
  let own: { id: string };
  beforeAll(async () => {
    app = await licensingApp();
    const policyId = await app.policy({});
    own = await app.issue(policyId);
    device = (await app.ask('vendor', 'POST', '/v1/devices/lookup', { fingerprint: 'everywhere' })).json.device;
    const issued: string[] = [];
    for (const quantity of [1000, EVERYWHERE - 1000]) {
      const { json } = await app.ask('vendor', 'POST', '/v1/licenses', { policyId, organizationId: app.ids.initech, quantity });
      issued.push(...json.licenses.map(({ id }: { id: string }) => id));
    }
    const command = { fingerprint: device, name: 'Office laptop', platform: null, components: null, publicKey: null };
    const all = [...issued, own.id].map((id, i) =>
      app.executor.execute(
        license,
        id,
        'activate',
        { ...command, cause: 'vendor' },
        { ...testContext, commandId: itemCommandId(BATCH, i) },
      ),
    );
    await Promise.all(all);
  }, 60_000);
  afterAll(() => app.close());

  const ask = (who: Who, query: string) => app.ask(who, 'GET', `/v1/licenses?${query}`);
  const ids = ({ json }: { json: { data: { id: string }[] } }) => json.data.map(({ id }) => id);

  it('an organization finds all of its own', async () => {
    expect(ids(await ask('globex', `device=${device}`))).toEqual([own.id]);
    expect(ids(await ask('globex', 'q=laptop'))).toEqual([own.id]);
    expect((await app.ask('globex', 'POST', '/v1/devices/lookup', { fingerprint: 'everywhere' })).json.licenseIds).toEqual([
      own.id,
    ]);
  });

  it('a vendor is told to narrow the search, and finds all once he did', async () => {
    for (const query of [`device=${device}`, 'q=laptop', `organizationId=${app.ids.initech}&q=laptop`]) {
      const { status, json } = await ask('vendor', query);
      expect([query, status, json.code]).toEqual([query, 422, 'license.search-too-wide']);
    }
    expect(ids(await ask('vendor', `organizationId=${app.ids.globex}&device=${device}`))).toEqual([own.id]);
    expect(ids(await ask('vendor', `organizationId=${app.ids.globex}&q=office%20lap`))).toEqual([own.id]);
  });

  it('a license with more such devices than fit on a page is found like any other', async () => {
    const { id } = await app.issue(await app.policy({ activations: -1 }));
    const agents = Array.from({ length: EVERYWHERE }, (_, i) => {
      const command = {
        fingerprint: `agent-${i}-`.padEnd(43, 'x'),
        name: 'Build agent',
        platform: null,
        components: null,
        publicKey: null,
      };
      const context = { ...testContext, commandId: itemCommandId(BATCH, 10_000 + i) };
      return app.executor.execute(license, id, 'activate', { ...command, cause: 'vendor' }, context);
    });
    await Promise.all(agents);
    expect(ids(await ask('vendor', 'q=agent'))).toEqual([id]);
    expect(ids(await ask('globex', 'q=build'))).toEqual([id]);
  }, 60_000);
});
