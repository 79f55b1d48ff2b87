// Histories of things over a real installation: who changed what from what to what, when, and why.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { startServer, temporaryFolder, type RunningServer } from './support/server.js';
import { firstVendor, type Vendor } from './support/vendor.js';
import type { Client } from './support/client.js';

let folder: string;
let server: RunningServer;
let vendor: Vendor;
let license: { readonly id: string; readonly key: string };
let other: string;

beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer({ folder });
  vendor = await firstVendor(server, { activations: 2, duration: 'P1Y' });
  license = await vendor.issue();
  const command = (verb: string, body: object) => vendor.staff.done(`/v1/licenses/${license.id}/${verb}`, body);
  await command('suspend', { reason: 'overdue' });
  await command('resume', { reason: 'paid' });
  await command('renew', { period: 'P1Y' });
  await command('override-limits', { overrides: { activations: 7 }, reason: 'grows' });
  other = (await vendor.staff.done('/v1/organizations', { name: 'Other Ltd' })).id;
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => `/v1/licenses/${license.id}/history`;
interface Entry {
  readonly revision: number;
  readonly what: { readonly type: string; readonly words: string };
  readonly changes: readonly { pointer: string; from?: unknown; to?: unknown }[];
}
const types = (data: readonly Entry[]) => data.map(({ what }) => what.type);

async function customer(organizationId: string): Promise<Client> {
  const body = { name: 'Portal', role: 'organization-administrator', organizationId };
  return vendor.bearer((await vendor.staff.done('/v1/tokens', body)).secret);
}

describe('the history of a license', () => {
  it('tells each event with what it changed and why, newest first', async () => {
    const before = (await vendor.staff.read(path())).data as Entry[];
    expect(types(before)).toEqual([
      'LicenseLimitsOverridden',
      'LicenseRenewed',
      'LicenseResumed',
      'LicenseSuspended',
      'LicenseIssued',
    ]);
    const { expiresAt } = await vendor.staff.read(`/v1/licenses/${license.id}`);
    expect(before[1]!.changes).toEqual([{ pointer: '/facts/expiresAt', from: expect.any(String), to: expiresAt }]);
    expect(before[1]!.what.words).toContain(`→ ${expiresAt}`);
    expect(before[3]).toMatchObject({ who: expect.stringMatching(/^token:/), why: { reason: 'overdue' } });
  });

  it('holds neither the key nor its hash', async () => {
    const { text } = { text: JSON.stringify(await vendor.staff.read(path())) };
    expect(text).not.toContain(license.key);
    expect(text).not.toContain('keyHash');
  });

  it.each(['at', '-at'])('comes page by page without gap or double, sorted by %s', async (sort) => {
    const all = (await vendor.staff.read(`${path()}?sort=${sort}&limit=100`)).data as Entry[];
    const paged: Entry[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await vendor.staff.read(`${path()}?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`);
      paged.push(...page.data);
      cursor = page.page.next;
    }
    expect(paged).toEqual(all);
    expect(all.length).toBe(5);
  });

  it('refuses the cursor of another history', async () => {
    const { id } = await vendor.issue();
    const { page } = await vendor.staff.read(`${path()}?limit=2`);
    const { body } = await vendor.staff.get(`/v1/licenses/${id}/history?limit=2&cursor=${page.next}`);
    expect(body.code).toBe('read.bad-cursor');
  });

  it('is shown to its customer without reasons, to another one not at all', async () => {
    const seen = await (await customer(vendor.organizationId)).read(path());
    expect(seen.data).toHaveLength(5);
    expect(JSON.stringify(seen)).not.toMatch(/overdue|paid|grows/);
    const { status, body } = await (await customer(other)).get(path());
    expect([status, body.code]).toEqual([404, 'history.not-found']);
  });

  it('shows a new owner nothing of the time before, and the old one nothing any more', async () => {
    const moved = await vendor.issue();
    await vendor.staff.done(`/v1/licenses/${moved.id}/suspend`, { reason: 'secret of the first' });
    await vendor.staff.done(`/v1/licenses/${moved.id}/change-owner`, { organizationId: other, contactId: null });
    const at = `/v1/licenses/${moved.id}/history`;
    const seen = await (await customer(other)).read(at);
    expect(types(seen.data)).toEqual(['LicenseOwnerChanged']);
    expect(JSON.stringify(seen)).not.toContain(vendor.organizationId);
    expect((await (await customer(vendor.organizationId)).get(at)).status).toBe(404);
  });
});

describe('what was done with a license key', () => {
  it('is shown to its holder: his own actions, either way round, and nobody else’s', async () => {
    const own = await vendor.issue();
    const holder = vendor.holder(own.key);
    expect((await holder.read('/v1/license/history')).data).toEqual([]);
    const { id } = await holder.done('/v1/license/activations', { fingerprint: 'laptop-1', name: 'Laptop' });
    await vendor.staff.done(`/v1/licenses/${own.id}/suspend`, { reason: 'a mistake' });
    await vendor.staff.done(`/v1/licenses/${own.id}/resume`);
    await holder.done(`/v1/license/activations/${id}/name`, { name: 'Desk' });
    await holder.done(`/v1/license/activations/${id}/deactivate`);
    const told = ['KeyDeactivated', 'ActivationNamed', 'KeyActivated'];
    const { data } = await holder.read('/v1/license/history');
    expect(types(data)).toEqual(told);
    expect(data.every(({ who }: { who: string }) => who === `license:${own.id}`)).toBe(true);
    const first = await holder.read('/v1/license/history?sort=at&limit=2');
    const second = await holder.read(`/v1/license/history?sort=at&limit=2&cursor=${first.page.next}`);
    expect(types([...first.data, ...second.data])).toEqual(told.reverse());
    expect(JSON.stringify(data)).not.toContain('mistake');
  });
});

describe('the history of', () => {
  it('an organization is shown to itself; those of policies and contacts are the vendor’s', async () => {
    const portal = await customer(vendor.organizationId);
    const own = await portal.read(`/v1/organizations/${vendor.organizationId}/history`);
    expect(types(own.data)).toEqual(['OrganizationAdded']);
    expect((await portal.get(`/v1/organizations/${other}/history`)).status).toBe(404);
    const policy = await vendor.staff.read(`/v1/policies/${vendor.policyId}/history`);
    expect(types(policy.data)).toEqual(['PolicyAdded']);
    const contact = await vendor.staff.done('/v1/contacts', { name: 'Ada', email: 'ada@road.example' });
    await vendor.staff.done(`/v1/contacts/${contact.id}/rename`, { name: 'Ada B.' });
    const lived = await vendor.staff.read(`/v1/contacts/${contact.id}/history`);
    expect(lived.data[0].changes).toEqual([{ pointer: '/name', from: 'Ada', to: 'Ada B.' }]);
    expect((await portal.get(`/v1/contacts/${contact.id}/history`)).status).toBe(404);
  });
});
