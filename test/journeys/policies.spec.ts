// Products and policies: licenses pin the version that they were sold under; a migration does what its preview said.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { startServer, type RunningServer } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

let server: RunningServer;
let vendor: Vendor;
let policyId: string;
let licenses: string[];
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
const FIRST = { activations: 3, duration: 'P1Y', grace: 'P14D', maintenance: 'P1Y', entitlements: { pro: true, seats: 5 } };
const SECOND = {
  ...{ activations: 2, duration: 'P6M', grace: null, expiryStrategy: 'maintain' },
  ...{ deactivations: { allowed: 1 }, entitlements: { pro: false, team: 'blue' } },
};

beforeAll(async () => {
  server = await startServer({ env: UNLIMITED });
  vendor = await firstVendor(server, FIRST);
  ({ policyId } = vendor);
  const { staff, organizationId } = vendor;
  const issue = async (more: object = {}) => staff.done('/v1/licenses', { policyId, organizationId, ...more });
  const made = [await issue(), await issue({ effectiveFrom: inDays(-400) }), await issue({ effectiveFrom: inDays(-360) })];
  made.push(await issue(), await issue({ expiresAt: null }), await issue({ effectiveFrom: inDays(30) }));
  licenses = made.map(({ id }) => id as string);
  for (const n of [1, 2, 3]) await staff.done(`/v1/licenses/${licenses[0]}/activations`, { fingerprint: `device-${n}` });
  const holder = vendor.holder(made[3].key as string);
  const { id } = await holder.done('/v1/license/activations', { fingerprint: 'device' });
  await holder.done(`/v1/license/activations/${id}/deactivate`);
  await staff.done(`/v1/licenses/${licenses[4]}/override-limits`, { overrides: { activations: 9 } });
  await staff.done(`/v1/licenses/${licenses[5]}/suspend`);
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.dispose();
}, 60_000);

const shown = (id: string) => vendor.staff.read(`/v1/licenses/${id}`);
const OUTLOOK = ['status', 'expiresAt', 'graceEndsAt', 'maintenanceEndsAt', 'activations', 'deactivations', 'entitlements'];

/** What a customer would notice of a license, by JSON pointer. */
async function outlookOf(id: string): Promise<Record<string, unknown>> {
  const license = await shown(id);
  const all: Record<string, unknown> = { '/expiryStrategy': license.terms.expiryStrategy };
  for (const name of OUTLOOK) {
    const value: unknown = license[name];
    if (typeof value !== 'object' || value === null) all[`/${name}`] = value;
    else for (const [member, inner] of Object.entries(value)) all[`/${name}/${member}`] = inner;
  }
  for (const unseen of ['/deactivations/window', '/deactivations/resetsAt']) delete all[unseen];
  return all;
}

function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>) {
  const pointers = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const pairs = pointers.map((pointer) => ({ pointer, from: before[pointer] ?? null, to: after[pointer] ?? null }));
  return pairs.filter(({ from, to }) => from !== to);
}

const byPointer = (a: { pointer: string }, b: { pointer: string }) => (a.pointer < b.pointer ? -1 : 1);

describe('a policy', () => {
  it('revised, changes no license; new ones get the new version, or the one that is asked for', async () => {
    const before = await Promise.all(licenses.map(shown));
    const revised = await vendor.staff.done(`/v1/policies/${policyId}/revise`, { terms: SECOND });
    expect(revised).toMatchObject({ id: policyId });
    for (const [n, license] of before.entries()) {
      const { asOf: _then, ...now } = await shown(licenses[n]!);
      expect(license).toMatchObject(now);
    }
    const { organizationId } = vendor;
    const [newest, pinned] = [
      await vendor.staff.done('/v1/licenses', { policyId, organizationId }),
      await vendor.staff.done('/v1/licenses', { policyId, organizationId, policyVersion: 1 }),
    ];
    expect(await shown(newest.id)).toMatchObject({ policy: { version: 2 }, activations: { allowed: 2 } });
    expect(await shown(pinned.id)).toMatchObject({ policy: { version: 1 }, activations: { allowed: 3 } });
    const third = await vendor.staff.post('/v1/licenses', { policyId, organizationId, policyVersion: 3 });
    expect(third.body.code).toBe('policy.version-not-found');
  });

  it('migrates licenses to exactly what the preview showed', async () => {
    const path = `/v1/policies/${policyId}/versions/2`;
    const preview = await vendor.staff.done(`${path}/preview-migration`, { licenses });
    const before = await Promise.all(licenses.map(outlookOf));
    expect(preview.data.map(({ licenseId }: { licenseId: string }) => licenseId)).toEqual(licenses);
    const migrated = await vendor.staff.post(`${path}/migrate`, { licenses }, { 'idempotency-key': 'migrate' });
    expect(migrated.body.totals).toEqual({ migrated: licenses.length, unchanged: 0, refused: 0 });
    for (const [n, id] of licenses.entries()) {
      const { effects, warnings } = preview.data[n].preview;
      const after = await outlookOf(id);
      expect([n, changesBetween(before[n]!, after)]).toEqual([n, [...effects].sort(byPointer)]);
      expect(warnings.includes('over-allocated')).toBe(after['/activations/overAllocated'] === true);
      expect(warnings.includes('status-changes')).toBe(before[n]!['/status'] !== after['/status']);
    }
    const again = await vendor.staff.post(`${path}/migrate`, { licenses }, { 'idempotency-key': 'migrate' });
    expect(again.body).toEqual(migrated.body);
    const { totals } = await vendor.staff.done(`${path}/migrate`, { licenses });
    expect(totals).toEqual({ migrated: 0, unchanged: licenses.length, refused: 0 });
  });

  it('counts anew from the start where that is asked for, as previewed', async () => {
    const options = { licenses, recalculateExpiry: true };
    const path = `/v1/policies/${policyId}/versions/1`;
    const preview = await vendor.staff.done(`${path}/preview-migration`, options);
    const before = await Promise.all(licenses.map(outlookOf));
    await vendor.staff.done(`${path}/migrate`, options);
    for (const [n, id] of licenses.entries()) {
      const effects = [...preview.data[n].preview.effects].sort(byPointer);
      expect([n, changesBetween(before[n]!, await outlookOf(id))]).toEqual([n, effects]);
    }
  });

  it('does not migrate what is not its own, and says so for each', async () => {
    const { data } = await vendor.staff.read('/v1/products');
    const other = await vendor.staff.done('/v1/policies', { productId: data[0].id, name: 'Other', code: 'other' });
    const { organizationId } = vendor;
    const { id: stranger } = await vendor.staff.done('/v1/licenses', { policyId: other.id, organizationId });
    const missing = '01j00000000000000000000000';
    const asked = [stranger, licenses[0]!, missing];
    const { data: results, totals } = await vendor.staff.done(`/v1/policies/${policyId}/versions/2/migrate`, { licenses: asked });
    expect(results.map(({ refusal }: { refusal: { code: string } | null }) => refusal?.code ?? null)).toEqual([
      'policy.not-of-license',
      null,
      'license.not-found',
    ]);
    expect(totals).toEqual({ migrated: 1, unchanged: 0, refused: 2 });
  });

  it('retired, gives no new licenses; nor does a retired product', async () => {
    const { organizationId, staff } = vendor;
    const issue = async () => (await staff.post('/v1/licenses', { policyId, organizationId })).body.code as string | undefined;
    await staff.done(`/v1/policies/${policyId}/retire`, { reason: 'Old.' });
    expect(await issue()).toBe('policy.retired');
    await staff.done(`/v1/policies/${policyId}/reinstate`);
    const { product } = await shown(licenses[0]!);
    await staff.done(`/v1/products/${product.id}/retire`);
    expect(await issue()).toBe('product.retired');
    await staff.done(`/v1/products/${product.id}/reinstate`);
    expect(await issue()).toBeUndefined();
    expect((await shown(licenses[0]!)).status).toBe('active');
  });
});
