// Groups of an organization through their doors: who forms them, who sees what of them, and what counts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BUILT_IN_ROLES, CONTACT_GRANTS, type Grant } from '#kernel/permissions.js';
import { LicenseCommandsController } from '#licensing/license-commands.http.js';
import { LicenseController } from '#licensing/license.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { ProductController } from '#licensing/product.http.js';
import { ContactController } from '#organizations/contact.http.js';
import { GroupContentController } from '#organizations/group-content.http.js';
import { GroupController } from '#organizations/group.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { staffed } from './support/vendors.js';

const MISSING = '01j00000000000000000000000';

let doors: Doors;
let staff: Client;
let policyId: string;
let organization: string;
let [ada, bob] = ['', ''];
beforeAll(async () => {
  const licensing = [LicenseController, LicenseCommandsController, ProductController, PolicyController];
  const organizations = [OrganizationController, MembershipController, ContactController];
  doors = await openDoors(...licensing, ...organizations, GroupController, GroupContentController);
  staff = doors.as();
  const { id: productId } = await staff.done('/v1/products', { name: 'Studio', code: 'studio' });
  policyId = (await staff.done('/v1/policies', { productId, name: 'Yearly', code: 'yearly', terms: {} })).id;
});
afterAll(() => doors.close());
beforeEach(async () => ({ organization, ada, bob } = await staffed(staff)));

let number = 0;
const form = async (name = `Group ${++number}`, organizationId = organization): Promise<string> =>
  (await staff.done('/v1/groups', { organizationId, name })).id;
const issue = async (organizationId: string | null = organization): Promise<string> =>
  (await staff.done('/v1/licenses', { policyId, organizationId, ...(organizationId === null && { contactId: ada }) })).id;
const idsAt = async (client: Client, path: string): Promise<string[]> =>
  ((await client.read(path)).data as { id: string }[]).map(({ id }) => id);
const refused = async (client: Client, path: string, body: object = {}) => {
  const { status, body: problem } = await client.post(path, body);
  return [status, problem.code];
};

/** A signed-in member of the organization with these rights there. */
const person = (contactId: string, grants: readonly Grant[], groups: readonly string[] = []) =>
  doors.as({
    person: {
      contactId,
      rights: rightsIn(organization, grants),
      organizations: [organization],
      groups: groups.map((id) => ({ id, organizationId: organization })),
    },
  });

describe('a group', () => {
  it('has members of its organization and licenses of its organization', async () => {
    const id = await form('Design');
    const license = await issue();
    await staff.done(`/v1/groups/${id}/members`, { contactId: bob });
    await staff.done(`/v1/groups/${id}/licenses`, { licenseId: license });
    expect(await staff.read(`/v1/groups/${id}`)).toMatchObject({
      name: 'Design',
      organization: { id: organization, name: expect.stringContaining('Globex') },
      members: 1,
      licenses: 1,
    });
    const { data } = await staff.read(`/v1/groups/${id}/members`);
    expect(data).toEqual([{ id: bob, name: 'Bob', email: expect.stringContaining('@'), place: null }]);
    expect(await idsAt(staff, `/v1/licenses?groupId=${id}`)).toEqual([license]);
    expect(await idsAt(staff, `/v1/groups?contactId=${bob}&licenseId=${license}`)).toEqual([id]);
    expect(await idsAt(staff, `/v1/groups?contactId=${ada}`)).toEqual([]);
  });

  it('refuses people and licenses of others, and tells of them what it tells of none', async () => {
    const id = await form();
    const other = await staffed(staff);
    for (const contactId of [other.ada, MISSING])
      expect(await refused(staff, `/v1/groups/${id}/members`, { contactId })).toEqual([409, 'group.not-of-organization']);
    for (const licenseId of [await issue(other.organization), await issue(null), MISSING])
      expect(await refused(staff, `/v1/groups/${id}/licenses`, { licenseId })).toEqual([422, 'group.license-unknown']);
  });

  it('has a name that no other group of its organization has, whatever its case', async () => {
    const id = await form('Design');
    const asked = { organizationId: organization, name: 'DESIGN' };
    expect(await refused(staff, '/v1/groups', asked)).toEqual([409, 'group-name.taken']);
    await form('Design', (await staffed(staff)).organization);
    await staff.done(`/v1/groups/${id}/rename`, { name: 'Draft' });
    await form('Design');
    expect(await refused(staff, `/v1/groups/${id}/rename`, { name: 'design' })).toEqual([409, 'group-name.taken']);
  });

  it('is found in the list of its organization, by name', async () => {
    const [b, a] = [await form('B team'), await form('A team')];
    expect(await idsAt(staff, `/v1/groups?organizationId=${organization}`)).toEqual([a, b]);
    expect(await idsAt(staff, `/v1/groups?organizationId=${organization}&sort=-name`)).toEqual([b, a]);
    expect(await idsAt(staff, `/v1/groups?organizationId=${organization}&q=b`)).toEqual([b]);
    const first = await staff.read(`/v1/groups?organizationId=${organization}&limit=1`);
    const second = `/v1/groups?organizationId=${organization}&limit=1&cursor=${first.page.next}`;
    expect(await idsAt(staff, second)).toEqual([b]);
  });

  it('no longer counts a member who left the organization, until he comes back', async () => {
    const id = await form();
    await staff.done(`/v1/groups/${id}/members`, { contactId: bob });
    await staff.done(`/v1/organizations/${organization}/members/${bob}/remove`);
    expect([(await staff.read(`/v1/groups/${id}`)).members, await idsAt(staff, `/v1/groups/${id}/members`)]).toEqual([0, []]);
    expect(await idsAt(staff, `/v1/groups?contactId=${bob}`)).toEqual([]);
    await staff.done(`/v1/organizations/${organization}/members`, { contactId: bob });
    expect(await idsAt(staff, `/v1/groups/${id}/members`)).toEqual([bob]);
  });

  it('no longer counts a license that came to another organization, until it comes back', async () => {
    const [id, licenseId] = [await form(), await issue()];
    await staff.done(`/v1/groups/${id}/licenses`, { licenseId });
    const seen = async () => [(await staff.read(`/v1/groups/${id}`)).licenses, await idsAt(staff, `/v1/licenses?groupId=${id}`)];
    const move = (organizationId: string) =>
      staff.done(`/v1/licenses/${licenseId}/change-owner`, { organizationId, contactId: null });
    await move((await staffed(staff)).organization);
    expect(await seen()).toEqual([0, []]);
    await move(organization);
    expect(await seen()).toEqual([1, [licenseId]]);
  });
});

describe('deleting a group', () => {
  it('is told beforehand, refused while somebody would be surprised, and lets all go when asked to', async () => {
    const [id, other, both, only] = [await form(), await form(), await issue(), await issue()];
    for (const contactId of [ada, bob]) await staff.done(`/v1/groups/${id}/members`, { contactId });
    for (const licenseId of [both, only]) await staff.done(`/v1/groups/${id}/licenses`, { licenseId });
    await staff.done(`/v1/groups/${other}/members`, { contactId: bob });
    await staff.done(`/v1/groups/${other}/licenses`, { licenseId: both });
    const told = await staff.done(`/v1/groups/${id}/preview-delete`);
    expect(told).toMatchObject({
      members: [
        { id: ada, name: 'Ada' },
        { id: bob, name: 'Bob' },
      ],
      licenses: [
        { id: both, members: 1 },
        { id: only, members: 2 },
      ],
      needsCascade: true,
    });
    const { body } = await staff.post(`/v1/groups/${id}/delete`);
    expect(body).toMatchObject({ code: 'group.not-empty', members: 2, licenses: 2 });
    const stale = await staff.post(`/v1/groups/${id}/delete`, { cascade: true }, { 'if-match': `"${told.revision - 1}"` });
    expect(stale.status).toBe(412);
    await staff.done(`/v1/groups/${id}/delete`, { cascade: true });
    expect((await staff.get(`/v1/groups/${id}`)).body.code).toBe('group.not-found');
    expect(await idsAt(staff, `/v1/licenses?groupId=${id},${other}`)).toEqual([both]);
    expect(await idsAt(staff, `/v1/groups?contactId=${ada}`)).toEqual([]);
  });

  it('needs no word where it is empty', async () => {
    const id = await form();
    expect(await staff.done(`/v1/groups/${id}/preview-delete`)).toMatchObject({ members: [], licenses: [], needsCascade: false });
    await staff.done(`/v1/groups/${id}/delete`);
    expect(await refused(staff, `/v1/groups/${id}/rename`, { name: 'X' })).toEqual([404, 'group.not-found']);
  });
});

describe('what people see of groups and change', () => {
  const administrator = BUILT_IN_ROLES['organization-administrator'].grants;
  const representative = BUILT_IN_ROLES['customer-representative'].grants;
  const member = BUILT_IN_ROLES['authorized-user'].grants;

  it('is all of their organization for its contacts and administrators', async () => {
    for (const grants of [CONTACT_GRANTS, administrator]) {
      const client = person(ada, grants);
      const { id } = await client.done('/v1/groups', { organizationId: organization, name: `By ${grants.length}` });
      await client.done(`/v1/groups/${id}/members`, { contactId: bob });
      const licenseId = await issue();
      await client.done(`/v1/groups/${id}/licenses`, { licenseId });
      expect(await idsAt(client, '/v1/groups')).toContain(id);
      expect((await client.read(`/v1/groups/${id}/members`)).data).toMatchObject([{ id: bob, email: expect.any(String) }]);
      await client.done(`/v1/groups/${id}/licenses/${licenseId}/unlink`);
      await client.done(`/v1/groups/${id}/members/${bob}/remove`);
      await client.done(`/v1/groups/${id}/rename`, { name: `Again ${grants.length}` });
      await client.done(`/v1/groups/${id}/preview-delete`);
      await client.done(`/v1/groups/${id}/delete`);
    }
  });

  it('is to be read, with names, for a customer representative', async () => {
    const id = await form();
    await staff.done(`/v1/groups/${id}/members`, { contactId: bob });
    const client = person(ada, representative);
    expect(await idsAt(client, '/v1/groups')).toEqual([id]);
    expect((await client.read(`/v1/groups/${id}/members`)).data).toEqual([{ id: bob, name: 'Bob', email: null, place: null }]);
    expect(await refused(client, `/v1/groups/${id}/members`, { contactId: ada })).toEqual([403, 'auth.forbidden']);
    expect(await refused(client, `/v1/groups/${id}/preview-delete`)).toEqual([403, 'auth.forbidden']);
  });

  it('is his own for a member, and of the people in it himself', async () => {
    const [mine, other] = [await form(), await form()];
    for (const contactId of [ada, bob]) await staff.done(`/v1/groups/${mine}/members`, { contactId });
    const client = person(bob, member, [mine]);
    expect(await idsAt(client, '/v1/groups')).toEqual([mine]);
    expect((await client.read(`/v1/groups/${mine}/members`)).data).toMatchObject([{ id: bob, name: 'Bob' }]);
    expect((await client.get(`/v1/groups/${other}`)).body.code).toBe('group.not-found');
    expect(await refused(client, `/v1/groups/${mine}/rename`, { name: 'X' })).toEqual([403, 'auth.forbidden']);
  });

  it('is nothing of another organization, told as of what is not there', async () => {
    const other = (await staffed(staff)).organization;
    const id = await form('Foreign', other);
    const client = person(ada, CONTACT_GRANTS);
    expect(await idsAt(client, `/v1/groups?organizationId=${other}`)).toEqual([]);
    expect(await refused(client, '/v1/groups', { organizationId: other, name: 'X' })).toEqual([404, 'organization.not-found']);
    const licenseId = await issue(other);
    for (const [verb, body] of [
      ['rename', { name: 'X' }],
      ['members', { contactId: ada }],
      [`members/${ada}/remove`, {}],
      ['licenses', { licenseId }],
      [`licenses/${licenseId}/unlink`, {}],
      ['preview-delete', {}],
      ['delete', { cascade: true }],
    ] as const) {
      for (const each of [id, MISSING]) {
        const answer = await refused(client, `/v1/groups/${each}/${verb}`, body);
        expect([verb, ...answer]).toEqual([verb, 404, 'group.not-found']);
      }
    }
    for (const path of ['', '/members']) expect((await client.get(`/v1/groups/${id}${path}`)).body.code).toBe('group.not-found');
    expect((await doors.as({ tenant: 'beta' }).get(`/v1/groups/${id}`)).body.code).toBe('group.not-found');
  });
});

describe('how many groups there are', () => {
  it('is bounded for a person and for a license', async () => {
    const licenseId = await issue();
    const groups: string[] = [];
    for (let i = 0; i < 101; i++) groups.push(await form(`Team ${i}`));
    for (const id of groups.slice(0, 100)) {
      await staff.done(`/v1/groups/${id}/members`, { contactId: bob });
      await staff.done(`/v1/groups/${id}/licenses`, { licenseId });
    }
    const [first, last] = [groups[0]!, groups[100]!];
    const { body } = await staff.post(`/v1/groups/${last}/members`, { contactId: bob });
    expect(body).toMatchObject({ code: 'group.member-of-too-many', allowed: 100, used: 100 });
    expect(await refused(staff, `/v1/groups/${last}/licenses`, { licenseId })).toEqual([409, 'group.license-in-too-many']);
    await staff.done(`/v1/groups/${first}/members`, { contactId: bob }); // he is in it already
    await staff.done(`/v1/groups/${first}/licenses/${licenseId}/unlink`);
    await staff.done(`/v1/groups/${last}/licenses`, { licenseId });
  }, 120_000);
});
