// Doors to organizations, members and contacts, over a real installation.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContactController } from '#organizations/contact.http.js';
import { MembershipController } from '#organizations/membership.http.js';
import { OrganizationController } from '#organizations/organization.http.js';
import type { Client } from './support/client.js';
import { openDoors, type Doors } from './support/doors.js';
import { contactOf, createVendor, organizationOf, staffed } from './support/vendors.js';

let doors: Doors;
let vendor: Client;
let europe: string;

beforeAll(async () => {
  doors = await openDoors(OrganizationController, MembershipController, ContactController);
  europe = await createVendor(doors, 'acme');
  vendor = doors.as();
});
afterAll(() => doors.close());

const addOrganization = (data: object = {}, client = vendor) => organizationOf(client, data);
const addContact = (data: object = {}, client = vendor) => contactOf(client, data);

describe('organizations', () => {
  it('are added and read with the names of what they point to', async () => {
    const added = await vendor.post('/v1/organizations', {
      name: 'Initech',
      accountNumber: 'I-1',
      company: europe,
      domains: ['Initech.example'],
    });
    expect(added.status).toBe(201);
    const read = await vendor.get(added.headers.get('location')!);
    expect(read.body).toMatchObject({
      id: added.body.id,
      accountNumber: 'I-1',
      company: { id: europe, name: 'acme Europe' },
      domains: ['initech.example'],
      primary: null,
      members: 0,
      status: 'active',
    });
    expect(read.headers.get('etag')).toBe('"0"');
  });

  it('keep an account number to themselves, also against contacts, and give it back', async () => {
    const first = await addOrganization({ accountNumber: 'Same' });
    const second = await addOrganization();
    const taken = { status: 409, code: 'account-number.taken' };
    expect((await vendor.post(`/v1/organizations/${second}/set-account-number`, { accountNumber: 'SAME' })).body).toMatchObject(
      taken,
    );
    expect(
      (await vendor.post(`/v1/contacts/${await addContact()}/set-account`, { accountNumber: 'same', company: null })).body,
    ).toMatchObject(taken);
    await vendor.done(`/v1/organizations/${first}/set-account-number`, { accountNumber: 'same' });
    await vendor.done(`/v1/organizations/${first}/set-account-number`, { accountNumber: null });
    await vendor.done(`/v1/organizations/${second}/set-account-number`, { accountNumber: 'Same' });
  });

  it('are served by an open legal entity of their own vendor', async () => {
    const foreign = await createVendor(doors, 'foreign');
    expect((await vendor.post('/v1/organizations', { name: 'X', company: foreign })).body).toMatchObject({
      status: 422,
      code: 'company.not-found',
    });
    const id = await addOrganization();
    await vendor.done(`/v1/organizations/${id}/set-company`, { company: europe });
    await vendor.done(`/v1/organizations/${id}/rename`, { name: 'Renamed' });
    await vendor.done(`/v1/organizations/${id}/set-domains`, { domains: ['b.example', 'a.example'] });
    const shown = { name: 'Renamed', company: { id: europe }, domains: ['a.example', 'b.example'] };
    expect(await vendor.read(`/v1/organizations/${id}`)).toMatchObject(shown);
  });

  it('are suspended, resumed, archived and restored', async () => {
    const id = await addOrganization();
    const status = async () => (await vendor.read(`/v1/organizations/${id}`)).status as string;
    await vendor.done(`/v1/organizations/${id}/suspend`, { reason: 'unpaid' });
    expect(await status()).toBe('suspended');
    await vendor.done(`/v1/organizations/${id}/resume`);
    expect(await status()).toBe('active');
    await vendor.done(`/v1/organizations/${id}/archive`);
    expect(await status()).toBe('archived');
    expect((await vendor.post(`/v1/organizations/${id}/rename`, { name: 'X' })).body).toMatchObject({
      code: 'organization.archived',
    });
    await vendor.done(`/v1/organizations/${id}/restore`);
    expect(await status()).toBe('active');
  });

  it('are found by status, company, account number, domain and words, page by page', async () => {
    const own = doors.as({ tenant: 'lists' });
    const company = await createVendor(doors, 'lists');
    for (const [name, accountNumber] of [
      ['Zürich AG', 'L-1'],
      ['Alpha', 'L-2'],
      ['Beta', 'L-3'],
      ['Alpine', 'L-4'],
    ]) {
      await addOrganization(
        { name, accountNumber, company: name === 'Beta' ? company : null, domains: name === 'Alpha' ? ['alpha.example'] : [] },
        own,
      );
    }
    const names = async (query: string) =>
      ((await own.read(`/v1/organizations?${query}`)).data as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['Alpha', 'Alpine', 'Beta', 'Zürich AG']);
    expect(await names('sort=-accountNumber')).toEqual(['Alpine', 'Beta', 'Alpha', 'Zürich AG']);
    expect(await names('q=zur')).toEqual(['Zürich AG']);
    expect(await names('q=al%20l-4')).toEqual(['Alpine']);
    expect(await names(`company=${company}`)).toEqual(['Beta']);
    expect(await names('accountNumber=l-2')).toEqual(['Alpha']);
    expect(await names('domain=ALPHA.example')).toEqual(['Alpha']);
    expect(await names('status=archived')).toEqual([]);
    const first = await own.read('/v1/organizations?limit=3');
    expect(first.data).toHaveLength(3);
    expect((await own.read(`/v1/organizations?limit=3&cursor=${first.page.next}`)).data).toMatchObject([{ name: 'Zürich AG' }]);
  });
});

describe('members and contacts of an organization', () => {
  it('are listed with name, address and place', async () => {
    const { organization, ada, bob } = await staffed(vendor);
    const members = (await vendor.read(`/v1/organizations/${organization}/members`)).data;
    expect(members).toMatchObject([{ id: expect.any(String) }, { id: expect.any(String) }]);
    const byId = new Map((members as { id: string }[]).map((member) => [member.id, member]));
    expect(byId.get(ada)).toMatchObject({ name: 'Ada', place: 'primary' });
    expect(byId.get(bob)).toMatchObject({ name: 'Bob', place: null });
    const read = await vendor.read(`/v1/organizations/${organization}`);
    expect(read).toMatchObject({ members: 2, primary: { id: ada, name: 'Ada' }, secondary: null });
  });

  it('change places by the rules', async () => {
    const { organization, ada, bob } = await staffed(vendor);
    const path = `/v1/organizations/${organization}`;
    const refused = async (command: string, body: object, code: string) =>
      expect((await vendor.post(path + command, body)).body).toMatchObject({ status: 409, code });
    await refused(`/contacts/assign`, { place: 'secondary', contactId: ada }, 'organization.holds-other-place');
    await refused(`/contacts/assign`, { place: 'secondary', contactId: await addContact() }, 'organization.not-member');
    await refused(`/contacts/unassign`, { place: 'primary' }, 'organization.primary-stays');
    await refused(`/members/${ada}/remove`, {}, 'organization.member-holds-place');
    await vendor.done(`${path}/contacts/assign`, { place: 'secondary', contactId: bob });
    await vendor.done(`${path}/contacts/unassign`, { place: 'secondary' });
    await vendor.done(`${path}/contacts/assign`, { place: 'primary', contactId: bob });
    await vendor.done(`${path}/members/${ada}/remove`);
    expect(await vendor.read(path)).toMatchObject({ members: 1, primary: { id: bob }, secondary: null });
    expect(await vendor.read(`/v1/contacts/${ada}`)).toMatchObject({ organizations: [] });
  });

  it('are contacts of this vendor', async () => {
    const organization = await addOrganization();
    const foreign = await addContact({}, doors.as({ tenant: 'foreign' }));
    expect((await vendor.post(`/v1/organizations/${organization}/members`, { contactId: foreign })).body).toMatchObject({
      status: 422,
      code: 'contact.unknown',
    });
  });
});

describe('contacts', () => {
  it('keep an address to themselves, whatever its case, and give it back', async () => {
    const first = await addContact({ email: 'One@home.example' });
    const taken = { status: 409, code: 'contact-email.taken' };
    expect((await vendor.post('/v1/contacts', { name: 'Two', email: 'one@HOME.example' })).body).toMatchObject(taken);
    await vendor.done(`/v1/contacts/${first}/set-email`, { email: 'first@home.example' });
    await vendor.done('/v1/contacts', { name: 'Two', email: 'one@HOME.example' });
    expect((await vendor.read('/v1/contacts?email=ONE@home.example')).data).toMatchObject([{ name: 'Two' }]);
  });

  it('belong to several organizations and may have an account of their own', async () => {
    const id = await addContact({ name: 'Ada' });
    const organizations = [await addOrganization({ name: 'First' }), await addOrganization({ name: 'Second' })];
    for (const each of organizations) await vendor.done(`/v1/organizations/${each}/members`, { contactId: id });
    await vendor.done(`/v1/contacts/${id}/set-account`, { accountNumber: 'P-1', company: europe });
    await vendor.done(`/v1/contacts/${id}/rename`, { name: 'Ada King' });
    expect(await vendor.read(`/v1/contacts/${id}`)).toMatchObject({
      name: 'Ada King',
      accountNumber: 'P-1',
      company: { id: europe, name: 'acme Europe' },
      organizations: [
        { id: organizations[0], name: 'First', place: null },
        { id: organizations[1], name: 'Second', place: null },
      ],
    });
    const found = (await vendor.read(`/v1/contacts?organization=${organizations[1]}&q=king`)).data;
    expect(found).toMatchObject([{ id }]);
  });

  it('are suspended and resumed; archived only without a place, which is known at once', async () => {
    const { organization, ada, bob } = await staffed(vendor);
    await vendor.done(`/v1/contacts/${bob}/suspend`, { reason: 'left' });
    expect((await vendor.read('/v1/contacts?status=suspended')).data).toMatchObject([
      { id: bob, suspension: { reason: 'left' } },
    ]);
    await vendor.done(`/v1/contacts/${bob}/resume`);
    expect((await vendor.post(`/v1/contacts/${ada}/archive`)).body).toMatchObject({
      code: 'contact.holds-place',
      places: [{ organizationId: organization, place: 'primary' }],
    });
    await vendor.done(`/v1/organizations/${organization}/contacts/assign`, { place: 'primary', contactId: bob });
    await vendor.done(`/v1/contacts/${ada}/archive`, { reason: 'left' });
    expect(
      (await vendor.post(`/v1/organizations/${organization}/contacts/assign`, { place: 'secondary', contactId: ada })).body,
    ).toMatchObject({ code: 'contact.archived' });
    await vendor.done(`/v1/contacts/${ada}/restore`);
    expect(await vendor.read(`/v1/contacts/${ada}`)).toMatchObject({ status: 'active' });
  });

  it('belong to at most 100 organizations', async () => {
    const own = doors.as({ tenant: 'many' });
    const contactId = await addContact({}, own);
    const organizations = await Promise.all(
      Array.from({ length: 101 }, (_, i) => addOrganization({ name: `O${i}`, accountNumber: null }, own)),
    );
    for (const id of organizations.slice(0, 100)) await own.done(`/v1/organizations/${id}/members`, { contactId });
    await own.read(`/v1/contacts/${contactId}`);
    expect((await own.post(`/v1/organizations/${organizations[100]}/members`, { contactId })).body).toMatchObject({
      code: 'contact.too-many-organizations',
    });
  });
});
