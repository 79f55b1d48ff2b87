// Doors to the exchange with an outside system, over a real installation.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrganizationsModule } from '#organizations/organizations.module.js';
import { TenantController } from '#tenants/tenant.http.js';
import type { Body, Client } from './support/client.js';
import { openDoors, rightsIn, type Doors } from './support/doors.js';
import { contactOf, createVendor, organizationOf } from './support/vendors.js';

let doors: Doors;
let vendor: Client;
/** The outside system's. */
let crm: Client;
let europe: string;
let number = 0;

beforeAll(async () => {
  doors = await openDoors({ module: OrganizationsModule }, TenantController);
  europe = await createVendor(doors, 'acme');
  vendor = doors.as();
  crm = doors.as({ permissions: ['mapping.synchronize'] });
});
afterAll(() => doors.close());

const external = () => `P-${++number}`;
const confirm = async (...items: object[]): Promise<Body> => crm.done('/v1/mappings/confirm', { items });
const contacts = async (...items: object[]): Promise<Body> => crm.done('/v1/mappings/upsert-contacts', { items });
const organizations = async (...items: object[]): Promise<Body> => crm.done('/v1/mappings/upsert-organizations', { items });
const stateOf = async (id: string): Promise<Body> => vendor.read(`/v1/mappings/${id}`);
const person = (name: string) => ({ name, email: `${name.toLowerCase()}-${++number}@globex.example` });

/** A contact who is synchronized. */
async function known(): Promise<{ id: string; externalId: string; sent: { name: string; email: string } }> {
  const [externalId, sent] = [external(), person('Ada')];
  const { data } = await contacts({ externalId, version: '1', ...sent });
  return { id: data[0].id, externalId, sent };
}

/** Both sides change him. */
async function disputed() {
  const one = await known();
  await vendor.done(`/v1/contacts/${one.id}/rename`, { name: 'Ours' });
  const { data } = await contacts({ externalId: one.externalId, version: '2', ...one.sent, name: 'Theirs' });
  expect(data[0]).toMatchObject({ result: 'conflict', id: one.id });
  return one;
}

describe('without an outside system', () => {
  it('nothing is confirmed or sent, and contacts show nothing of it', async () => {
    const id = await contactOf(vendor);
    const named = { externalId: external(), version: '1' };
    const off = { result: null, refusal: { code: 'mapping.off' } };
    expect((await confirm({ kind: 'contact', id, revision: 0, ...named })).data[0]).toMatchObject(off);
    expect((await contacts({ ...named, ...person('Ada') })).data[0]).toMatchObject(off);
    expect((await vendor.read(`/v1/contacts/${id}`)).mapping).toBeNull();
    const wrong = await vendor.post('/v1/tenant/set-contact-mapping', { system: null, requiredToInvite: true });
    expect(wrong.body).toMatchObject({ status: 422, code: 'request.invalid' });
    await vendor.done('/v1/tenant/set-contact-mapping', { system: 'CRM' });
    expect((await vendor.read('/v1/tenant')).contactMapping).toEqual({ system: 'CRM', requiredToInvite: false });
    expect((await vendor.read(`/v1/contacts/${id}`)).mapping).toMatchObject({ state: 'pending', externalId: null });
  });
});

describe('ours to theirs', () => {
  it('contacts and organizations are pending until they are confirmed, and shown so', async () => {
    const [id, organization] = [await contactOf(vendor), await organizationOf(vendor)];
    await vendor.done(`/v1/contacts/${id}/rename`, { name: 'Grace' });
    const counts = async (): Promise<Body> => vendor.read('/v1/mappings/counts');
    const before = await counts();
    const [externalId, other] = [external(), external()];
    const { data, totals } = await confirm(
      { kind: 'contact', id, revision: 0, externalId, version: '1' },
      { kind: 'organization', id: organization, revision: 0, externalId: other, version: '1' },
    );
    expect(totals).toEqual({ applied: 2, known: 0, conflict: 0, refused: 0 });
    expect(data[0]).toEqual({ externalId, id, result: 'applied', confirmed: 0, version: '1', refusal: null });
    expect(await stateOf(id)).toMatchObject({ name: 'Grace', state: 'pending', externalId, confirmed: 0, revision: 1 });
    expect((await vendor.read(`/v1/organizations/${organization}`)).mapping).toMatchObject({ state: 'synchronized' });
    await confirm({ kind: 'contact', id, revision: 1, externalId, version: '2' });
    expect((await vendor.read(`/v1/contacts/${id}`)).mapping).toMatchObject({ state: 'synchronized', externalId });
    const after = await counts();
    expect(after.contact.synchronized - before.contact.synchronized).toBe(1);
    expect(before.contact.pending - after.contact.pending).toBe(1);
    expect(after.organization.synchronized - before.organization.synchronized).toBe(1);
  });

  it('are listed by kind, state and external id, page by page', async () => {
    const ids = [await contactOf(vendor), await contactOf(vendor)];
    const pages: string[] = [];
    for (let cursor = ''; ;) {
      const { data, page } = await vendor.read(`/v1/mappings?kind=contact&state=pending&limit=1${cursor}`);
      pages.push(...data.map((one: Body) => one.id));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(pages).toEqual([...new Set(pages)]);
    expect(pages).toEqual(expect.arrayContaining(ids));
    const { id, externalId } = await known();
    expect((await vendor.read(`/v1/mappings?externalId=${externalId}`)).data).toMatchObject([{ id, state: 'synchronized' }]);
    expect((await vendor.read('/v1/mappings?state=conflict,pending&kind=organization')).data).not.toContainEqual(
      expect.objectContaining({ kind: 'contact' }),
    );
  });

  it('are refused one by one', async () => {
    const [id, { externalId }] = [await contactOf(vendor), await known()];
    const { data } = await confirm(
      { kind: 'contact', id, revision: 0, externalId, version: '1' },
      { kind: 'contact', id, revision: 9, externalId: external(), version: '1' },
      { kind: 'organization', id, revision: 0, externalId: external(), version: '1' },
    );
    const codes = ['external-id.taken', 'mapping.revision-ahead', 'organization.not-found'];
    expect(data.map(({ refusal }: Body) => refusal.code)).toEqual(codes);
    expect((await vendor.get(`/v1/mappings/01j00000000000000000000001`)).body).toMatchObject({ code: 'mapping.not-found' });
  });
});

describe('theirs to ours', () => {
  it('makes organizations and their contacts, which are synchronized at once, and once only', async () => {
    const [company, externalId, sent] = [external(), external(), person('Ada')];
    const added = { externalId: company, version: '1', name: 'Initech', accountNumber: `I-${number}`, company: europe };
    const one = { externalId, version: '1', ...sent, organization: company };
    const { data: made } = await organizations(added);
    const { data, totals } = await contacts(one);
    expect(totals).toEqual({ applied: 1, known: 0, conflict: 0, refused: 0 });
    const shown = await vendor.read(`/v1/contacts/${data[0].id}`);
    expect(shown).toMatchObject({ ...sent, organizations: [{ id: made[0].id }], mapping: { state: 'synchronized' } });
    expect((await vendor.read(`/v1/organizations/${made[0].id}`)).mapping).toMatchObject({ state: 'pending' }); // of its member
    expect((await contacts(one)).data[0]).toMatchObject({ id: data[0].id, result: 'known', refusal: null });
    expect((await organizations(added)).totals).toMatchObject({ known: 1 });
    const keyed = { 'idempotency-key': 'again' };
    const again = { items: [{ ...one, externalId: external(), ...person('Bob') }] };
    const answers = [1, 2].map(() => crm.post('/v1/mappings/upsert-contacts', again, keyed));
    const ids = (await Promise.all(answers)).map(({ body }) => body.data[0].id);
    expect(new Set(ids).size).toBe(1);
  });

  it('makes one of a thing that is sent from two sides at once', async () => {
    const [externalId, sent] = [external(), person('Zoe')];
    const all = await Promise.all(['1', '2', '3'].map((version) => contacts({ externalId, version, ...sent })));
    expect(new Set(all.map(({ data }) => data[0].id)).size).toBe(1);
    expect(all.map(({ totals }) => totals.refused)).toEqual([0, 0, 0]);
    expect(await stateOf(all[0].data[0].id)).toMatchObject({ state: 'synchronized', version: '3' });
  });

  it('changes by the same rules as everything else, and tells which item they refuse', async () => {
    const [ada, bob] = [await known(), await known()];
    const { data } = await contacts(
      { externalId: ada.externalId, version: '2', ...ada.sent, email: bob.sent.email },
      { externalId: bob.externalId, version: '2', ...bob.sent, name: 'Bob' },
      { externalId: external(), version: '1', ...person('Eve'), organization: 'nobody' },
      { externalId: external(), version: '1', ...person('Eve'), company: '01j00000000000000000000001' },
    );
    expect(data.map(({ refusal, result }: Body) => refusal?.code ?? result)).toEqual([
      'contact-email.taken',
      'applied',
      'organization.not-found',
      'company.not-found',
    ]);
    expect(await stateOf(ada.id)).toMatchObject({ state: 'synchronized', version: '1' });
    expect(await vendor.read(`/v1/contacts/${bob.id}`)).toMatchObject({ name: 'Bob', mapping: { state: 'synchronized' } });
    const domains = { externalId: external(), version: '1', name: 'Hooli', domains: ['hooli.example'] };
    const [{ id }] = (await organizations(domains)).data;
    await organizations({ externalId: domains.externalId, version: '2', name: 'Hooli Inc.' });
    expect(await vendor.read(`/v1/organizations/${id}`)).toMatchObject({ name: 'Hooli Inc.', domains: ['hooli.example'] });
  });

  it('names ours by its id where it knows it: what it made because of an event of ours', async () => {
    const id = await contactOf(vendor, { name: 'Mae', email: 'mae@globex.example' });
    const mae = { externalId: external(), version: '1', id, name: 'Mae', email: 'MAE@globex.example' };
    expect((await contacts(mae)).data[0]).toMatchObject({ id, result: 'applied', confirmed: 0 });
    expect(await stateOf(id)).toMatchObject({ state: 'synchronized', externalId: mae.externalId });
    expect((await contacts({ ...mae, externalId: external(), version: '2' })).data[0].refusal.code).toBe(
      'mapping.other-external-id',
    );
    const taken = { ...mae, id: await contactOf(vendor), name: 'Other', email: 'other@globex.example' };
    expect((await contacts(taken)).data[0].refusal.code).toBe('external-id.taken');
    const nobody = { ...mae, id: '01j00000000000000000000001', externalId: external() };
    expect((await contacts(nobody)).data[0].refusal.code).toBe('contact.not-found');
  });

  it('gets a refusal for who is archived or erased, and confirms that it heard of it', async () => {
    const { id, externalId, sent } = await known();
    await vendor.done(`/v1/contacts/${id}/archive`);
    const changed = (version: string) => contacts({ externalId, version, ...sent, name: 'Changed' });
    expect((await changed('2')).data[0].refusal.code).toBe('contact.archived');
    await vendor.done(`/v1/contacts/${id}/erase`);
    expect((await changed('3')).data[0].refusal.code).toBe('contact.erased');
    expect(await stateOf(id)).toMatchObject({ state: 'pending', externalId: '\u0000erased', revision: 2 });
    expect((await vendor.read(`/v1/mappings?externalId=${externalId}`)).data).toEqual([]);
    const gone = { kind: 'contact', id, revision: 2, externalId, version: '4' };
    expect((await confirm(gone)).data[0]).toMatchObject({ result: 'applied', refusal: null });
    expect(await stateOf(id)).toMatchObject({ state: 'synchronized', externalId: '\u0000erased' });
    const organization = { externalId: external(), version: '1', name: 'Umbrella' };
    const [{ id: umbrella }] = (await organizations(organization)).data;
    await vendor.done(`/v1/organizations/${umbrella}/archive`);
    expect((await organizations({ ...organization, version: '2', name: 'U' })).data[0].refusal.code).toBe(
      'organization.archived',
    );
  });
});

describe('a conflict', () => {
  it('overwrites nothing, and shows both sides', async () => {
    const { id, sent } = await disputed();
    const shown = await stateOf(id);
    expect(shown).toMatchObject({ state: 'conflict', name: 'Ours', version: '2', since: doors.clock.instant });
    expect(shown.conflict).toEqual({
      at: doors.clock.instant,
      theirs: { ...sent, name: 'Theirs' },
      ours: { ...sent, name: 'Ours' },
    });
    expect((await vendor.read('/v1/mappings?state=conflict')).data).toContainEqual(expect.objectContaining({ id }));
    expect((await vendor.read(`/v1/contacts/${id}`)).mapping.state).toBe('conflict');
  });

  it('is decided for ours, which is told then', async () => {
    const { id, externalId } = await disputed();
    const early = await confirm({ kind: 'contact', id, revision: 1, externalId, version: '3' });
    expect(early.data[0].refusal.code).toBe('mapping.in-conflict');
    await vendor.done(`/v1/mappings/${id}/resolve`, { keep: 'ours' });
    expect(await stateOf(id)).toMatchObject({ state: 'pending', name: 'Ours', conflict: null });
    await confirm({ kind: 'contact', id, revision: 1, externalId, version: '3' });
    expect(await stateOf(id)).toMatchObject({ state: 'synchronized' });
    expect((await vendor.post(`/v1/mappings/${id}/resolve`, { keep: 'ours' })).body.code).toBe('mapping.no-conflict');
  });

  it('is decided for theirs, which becomes ours', async () => {
    const { id } = await disputed();
    await vendor.done(`/v1/mappings/${id}/resolve`, { keep: 'theirs' });
    expect(await vendor.read(`/v1/contacts/${id}`)).toMatchObject({ name: 'Theirs', mapping: { state: 'synchronized' } });
  });

  it('is decided by who may: neither the outside system, nor support, nor a customer', async () => {
    const { id } = await disputed();
    const support = doors.as({ permissions: ['mapping.read'] });
    expect((await support.read(`/v1/mappings/${id}`)).state).toBe('conflict');
    for (const client of [crm, support])
      expect((await client.post(`/v1/mappings/${id}/resolve`, { keep: 'ours' })).body.code).toBe('auth.forbidden');
    const customer = doors.as({
      person: { contactId: id, rights: rightsIn(null, [{ permission: 'contact.read', scope: 'own' }]) },
    });
    expect((await customer.read(`/v1/contacts/${id}`)).mapping).toBeNull();
    const bound = doors.as({ organization: await organizationOf(vendor) });
    for (const path of ['/v1/mappings', '/v1/mappings/counts', `/v1/mappings/${id}`])
      expect((await bound.get(path)).body.code).toBe('auth.forbidden');
  });
});

it('a mapping that ends leaves its external id to another', async () => {
  const { id, externalId } = await known();
  await vendor.done(`/v1/mappings/${id}/end`);
  expect(await stateOf(id)).toMatchObject({ state: 'pending', externalId: null, confirmed: -1 });
  const [other] = (await contacts({ externalId, version: '1', ...person('New') })).data;
  expect(other.id).not.toBe(id);
  expect((await vendor.post(`/v1/mappings/${id}/end`)).body.code).toBe('mapping.not-found');
});
