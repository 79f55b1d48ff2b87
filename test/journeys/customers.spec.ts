// Organizations, their people and their places, with many hands at work at once (licensing.md §2.10).
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { startServer, type RunningServer } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';
import { firstVendor, type Vendor } from '../support/vendor.js';
import { contactOf, organizationOf, staffed } from '../support/vendors.js';

let server: RunningServer;
let vendor: Vendor;
let staff: Client;
beforeAll(async () => {
  server = await startServer({ env: UNLIMITED });
  vendor = await firstVendor(server);
  ({ staff } = vendor);
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.dispose();
}, 60_000);

const codeOf = async (path: string, body: object = {}) => (await staff.post(path, body)).body.code as string | undefined;

describe('what is unique', () => {
  it('is given to one of many who ask at once, and again once it is free', async () => {
    const ask = (n: number) =>
      staff.post('/v1/contacts', { name: `Nr ${n}`, email: n % 2 ? 'one@ex.example' : 'ONE@ex.example' });
    const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n)));
    const made = asked.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    const codes = asked.filter(({ status }) => status !== 201).map(({ body }) => body.code as string);
    expect(new Set(codes)).toEqual(new Set(['contact-email.taken']));
    await staff.done(`/v1/contacts/${made[0]!.body.id}/set-email`, { email: 'other@ex.example' });
    const { id } = await staff.done('/v1/contacts', { name: 'Next', email: 'one@ex.example' });
    expect((await staff.read('/v1/contacts?email=One@EX.example')).data).toMatchObject([{ id, email: 'one@ex.example' }]);
  });

  it('spans organizations and contacts for account numbers', async () => {
    const [organization, contact] = [await organizationOf(staff, { accountNumber: 'X-1' }), await contactOf(staff)];
    const account = `/v1/contacts/${contact}/set-account`;
    expect(await codeOf(account, { accountNumber: 'x-1', company: null })).toBe('account-number.taken');
    await staff.done(`/v1/organizations/${organization}/set-account-number`, { accountNumber: null });
    await staff.done(account, { accountNumber: 'x-1', company: vendor.legalEntityId });
    expect(await codeOf('/v1/organizations', { name: 'Late', accountNumber: 'X-1' })).toBe('account-number.taken');
    expect(await staff.read(`/v1/contacts/${contact}`)).toMatchObject({ accountNumber: 'x-1', company: { name: 'Acme Inc.' } });
  });
});

describe('the places of an organization', () => {
  const holders = async (id: string) => {
    const { primary, secondary } = await staff.read(`/v1/organizations/${id}`);
    return { primary: primary?.id ?? null, secondary: secondary?.id ?? null };
  };

  it('go to members; the primary one stays filled once it is', async () => {
    const { organization, ada, bob } = await staffed(staff);
    const path = `/v1/organizations/${organization}`;
    const assign = (place: string, contactId: string) => codeOf(`${path}/contacts/assign`, { place, contactId });
    expect(await assign('secondary', await contactOf(staff))).toBe('organization.not-member');
    expect(await assign('secondary', ada)).toBe('organization.holds-other-place');
    expect(await assign('secondary', bob)).toBeUndefined();
    expect(await holders(organization)).toEqual({ primary: ada, secondary: bob });
    expect(await codeOf(`${path}/contacts/unassign`, { place: 'primary' })).toBe('organization.primary-stays');
    expect(await codeOf(`${path}/members/${bob}/remove`)).toBe('organization.member-holds-place');
    expect(await codeOf(`/v1/contacts/${ada}/archive`)).toBe('contact.holds-place');
    expect(await codeOf(`${path}/contacts/unassign`, { place: 'secondary' })).toBeUndefined();
    expect(await assign('primary', bob)).toBeUndefined();
    expect(await holders(organization)).toEqual({ primary: bob, secondary: null });
    expect(await codeOf(`${path}/members/${ada}/remove`)).toBeUndefined();
    expect(await codeOf(`/v1/contacts/${ada}/archive`)).toBeUndefined();
    expect(await codeOf(`${path}/members`, { contactId: ada })).toBe('contact.archived');
  });

  it('want a primary contact before a secondary one', async () => {
    const [organization, contactId] = [await organizationOf(staff), await contactOf(staff)];
    await staff.done(`/v1/organizations/${organization}/members`, { contactId });
    const body = { place: 'secondary', contactId };
    expect(await codeOf(`/v1/organizations/${organization}/contacts/assign`, body)).toBe('organization.primary-first');
  });

  it('stay filled while all hands try to empty and to fill them', async () => {
    const { organization, ada, bob } = await staffed(staff);
    const path = `/v1/organizations/${organization}`;
    const moves = Array.from({ length: 30 }, (_, n) =>
      [
        () => staff.post(`${path}/contacts/assign`, { place: 'primary', contactId: n % 2 ? ada : bob }),
        () => staff.post(`${path}/members/${n % 2 ? ada : bob}/remove`),
        () => staff.post(`${path}/members`, { contactId: n % 2 ? bob : ada }),
      ][n % 3]!(),
    );
    const statuses = (await Promise.all(moves)).map(({ status }) => status);
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    const { primary } = await holders(organization);
    expect([ada, bob]).toContain(primary);
    const { data } = await staff.read(`${path}/members`);
    expect(data).toContainEqual(expect.objectContaining({ id: primary, place: 'primary' }));
  });
});

describe('a person', () => {
  it('belongs to several organizations, and each customer sees his own side of it', async () => {
    const [mine, theirs] = [await staffed(staff), await staffed(staff)];
    await staff.done(`/v1/organizations/${theirs.organization}/members`, { contactId: mine.ada });
    const { organizations } = await staff.read(`/v1/contacts/${mine.ada}`);
    expect(organizations.map(({ id }: { id: string }) => id).sort()).toEqual([mine.organization, theirs.organization].sort());
    const { secret } = await staff.done('/v1/tokens', {
      ...{ name: 'portal', role: 'organization-administrator', organizationId: theirs.organization },
    });
    const portal = vendor.bearer(secret);
    const seen = await portal.read(`/v1/contacts/${mine.ada}`);
    expect(seen.organizations).toMatchObject([{ id: theirs.organization, place: null }]);
    expect((await portal.get(`/v1/contacts/${mine.bob}`)).status).toBe(404);
    await staff.done(`/v1/organizations/${theirs.organization}/members/${mine.ada}/remove`);
    expect((await portal.get(`/v1/contacts/${mine.ada}`)).status).toBe(404);
  });

  it('owns licenses; suspended, none of them validates, nor where his organization is', async () => {
    const { organization, ada } = await staffed(staff);
    const owner = { policyId: vendor.policyId, organizationId: organization, contactId: ada };
    const { key } = await staff.done('/v1/licenses', owner);
    const verdict = async () => (await vendor.holder(key).done('/v1/license/validate')).code as string;
    const story = [
      [`/v1/contacts/${ada}/suspend`, 'license.contact-suspended'],
      [`/v1/contacts/${ada}/resume`, 'license.valid'],
      [`/v1/organizations/${organization}/suspend`, 'license.organization-suspended'],
      [`/v1/organizations/${organization}/resume`, 'license.valid'],
    ] as const;
    for (const [path, code] of story) {
      await staff.done(path);
      expect([path, await verdict()]).toEqual([path, code]);
    }
    expect(await codeOf('/v1/licenses', { ...owner, contactId: await contactOf(staff) })).toBe('license.contact-not-member');
  });
});
