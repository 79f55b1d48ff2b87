// What others see of organizations and contacts: a credential of one of them, and another vendor.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { staffed } from './support/vendors.js';

let doors: Doors;
let vendor: Client;
beforeAll(async () => {
  doors = await openDoors(OrganizationController, MembershipController, ContactController);
  vendor = doors.as();
});
afterAll(() => doors.close());

describe('a credential that is bound to an organization', () => {
  it('sees that organization and its members only', async () => {
    const mine = await staffed(vendor);
    const other = await staffed(vendor);
    await vendor.done(`/v1/organizations/${other.organization}/members`, { contactId: mine.ada });
    await vendor.done(`/v1/organizations/${mine.organization}/suspend`, { reason: 'unpaid, says Eve' });
    const bound = doors.as({ organization: mine.organization });
    const ids = async (path: string) => ((await bound.read(path)).data as { id: string }[]).map(({ id }) => id).sort();
    expect(await ids('/v1/organizations')).toEqual([mine.organization]);
    expect(await ids('/v1/contacts')).toEqual([mine.ada, mine.bob].sort());
    expect(await ids(`/v1/organizations/${mine.organization}/members`)).toEqual([mine.ada, mine.bob].sort());
    expect(await ids(`/v1/contacts?organization=${other.organization}`)).toEqual([]);
    expect(await bound.read(`/v1/organizations/${mine.organization}`)).toMatchObject({ suspension: { reason: null } });
    expect(await bound.read(`/v1/contacts/${mine.ada}`)).toMatchObject({ organizations: [{ id: mine.organization }] });
    expect(JSON.stringify(await bound.read('/v1/contacts'))).not.toContain(other.organization);
  });

  it('gets the same answer for what is foreign as for what is missing', async () => {
    const mine = await staffed(vendor);
    const other = await staffed(vendor);
    const bound = doors.as({ organization: mine.organization });
    const missing = '01j00000000000000000000000';
    const problem = async (path: string, body?: object) => {
      const { status, body: answer } = body ? await bound.post(path, body) : await bound.get(path);
      return { status, ...answer, requestId: null, instance: null };
    };
    for (const path of ['', '/members']) {
      expect(await problem(`/v1/organizations/${other.organization}${path}`)).toEqual(
        await problem(`/v1/organizations/${missing}${path}`),
      );
    }
    expect(await problem(`/v1/contacts/${other.ada}`)).toEqual(await problem(`/v1/contacts/${missing}`));
    const assign = { place: 'primary', contactId: other.bob };
    expect(await problem(`/v1/organizations/${other.organization}/contacts/assign`, assign)).toEqual(
      await problem(`/v1/organizations/${missing}/contacts/assign`, assign),
    );
    for (const contactId of [other.bob, missing]) {
      const own = await bound.post(`/v1/organizations/${mine.organization}/contacts/assign`, { place: 'secondary', contactId });
      expect(own.body).toMatchObject({ status: 409, code: 'organization.not-member' });
    }
    const unassign = { place: 'secondary' };
    const unassigned = await problem(`/v1/organizations/${other.organization}/contacts/unassign`, unassign);
    expect(unassigned).toMatchObject({ status: 404, code: 'organization.not-found' });
  });

  it('changes its contacts, and nothing that is the vendor’s', async () => {
    const { organization, ada, bob } = await staffed(vendor);
    const bound = doors.as({ organization });
    await bound.done(`/v1/organizations/${organization}/contacts/assign`, { place: 'secondary', contactId: bob });
    for (const [path, body] of [
      [`/v1/organizations/${organization}/rename`, { name: 'X' }],
      [`/v1/organizations/${organization}/set-allowed-users`, { allowedUsers: null }],
      ['/v1/organizations', { name: 'X' }],
      [`/v1/contacts/${ada}/set-email`, { email: 'x@globex.example' }],
      [`/v1/contacts/${ada}/archive`, {}],
    ] as const) {
      expect([path, (await bound.post(path, body)).status]).toEqual([path, 403]);
    }
  });
});

describe('another vendor', () => {
  it('sees nothing of this one', async () => {
    const { organization, ada } = await staffed(vendor);
    const foreign = doors.as({ tenant: 'foreign' });
    for (const path of [
      `/v1/organizations/${organization}`,
      `/v1/organizations/${organization}/members`,
      `/v1/contacts/${ada}`,
    ]) {
      expect([path, (await foreign.get(path)).status]).toEqual([path, 404]);
    }
    for (const path of [`/v1/organizations/${organization}/rename`, `/v1/contacts/${ada}/rename`]) {
      expect([path, (await foreign.post(path, { name: 'X' })).status]).toEqual([path, 404]);
    }
  });
});
