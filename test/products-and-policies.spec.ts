// The vendor's doors to products, policies and migrations, over a real installation.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DeviceBlockController } from '#licensing/device-block.http.js';
import { PolicyController } from '#licensing/policy.http.js';
import { PolicyMigrationController } from '#licensing/policy-migration.http.js';
import { ProductController } from '#licensing/product.http.js';
import { openDoors, type Doors } from './support/doors.js';
import type { Client } from './support/client.js';

let doors: Doors;
let vendor: Client;
beforeAll(async () => {
  doors = await openDoors(ProductController, PolicyController, PolicyMigrationController, DeviceBlockController);
  vendor = doors.as();
});
afterAll(() => doors.close());

let number = 0;
async function addProduct(data: object = {}): Promise<string> {
  const { id } = await vendor.done('/v1/products', { name: 'Photo Studio', code: `photo-${++number}`, ...data });
  return id as string;
}
async function addPolicy(data: object = {}): Promise<{ id: string; productId: string }> {
  const productId = (data as { productId?: string }).productId ?? (await addProduct());
  const { id } = await vendor.done('/v1/policies', { productId, name: 'Standard', code: 'standard', ...data });
  return { id: id as string, productId };
}

describe('products', () => {
  it('are added, read and changed', async () => {
    const added = await vendor.post('/v1/products', { name: 'Editor', code: 'editor', platforms: ['linux'] });
    expect(added.status).toBe(201);
    const location = added.headers.get('location')!;
    expect(location).toBe(`/v1/products/${added.body.id}`);
    const read = await vendor.get(location);
    expect(read.body).toMatchObject({
      id: added.body.id,
      name: 'Editor',
      code: 'editor',
      platforms: ['linux'],
      status: 'active',
      revision: 0,
    });
    expect(read.headers.get('etag')).toBe('"0"');
    await vendor.done(`${location}/change`, { name: 'Editor Pro', description: 'Edits.' });
    expect(await vendor.read(location)).toMatchObject({ name: 'Editor Pro', description: 'Edits.', revision: 2 });
    await vendor.done(`${location}/retire`, { reason: 'old' });
    expect(await vendor.read(location)).toMatchObject({ status: 'retired' });
    await vendor.done(`${location}/reinstate`);
    expect(await vendor.read(location)).toMatchObject({ status: 'active' });
  });

  it('have a code of their own in the tenant', async () => {
    await addProduct({ code: 'taken' });
    expect((await vendor.post('/v1/products', { name: 'Other', code: 'taken' })).body).toMatchObject({
      status: 409,
      code: 'product-code.taken',
    });
    expect((await doors.as({ tenant: 'globex' }).post('/v1/products', { name: 'Other', code: 'taken' })).status).toBe(201);
  });

  it('are listed by status, code and words, sorted, page by page', async () => {
    const list = doors.as({ tenant: 'lists' });
    for (const name of ['Zebra', 'Ábacus', 'Music', 'Maps'])
      await list.done('/v1/products', { name, code: name.normalize('NFKD').replace(/\W/g, '').toLowerCase() });
    const names = async (query: string) =>
      ((await list.read(`/v1/products?${query}`)).data as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['Ábacus', 'Maps', 'Music', 'Zebra']);
    expect(await names('sort=-code')).toEqual(['Zebra', 'Music', 'Maps', 'Ábacus']);
    expect(await names('q=m')).toEqual(['Maps', 'Music']);
    expect(await names('code=zebra')).toEqual(['Zebra']);
    expect(await names('status=retired')).toEqual([]);
    const first = await list.read('/v1/products?limit=3');
    expect(first.page).toEqual({ limit: 3, next: expect.any(String) });
    expect(await names(`limit=3&cursor=${first.page.next}`)).toEqual(['Zebra']);
    expect((await list.get(`/v1/products?limit=3&sort=code&cursor=${first.page.next}`)).body.code).toBe('read.bad-cursor');
  });

  it('answer like missing ones to another tenant, and give no hold to a customer’s token', async () => {
    const id = await addProduct();
    const stranger = doors.as({ tenant: 'globex' });
    expect((await stranger.get(`/v1/products/${id}`)).body).toMatchObject({ status: 404, code: 'product.not-found' });
    expect((await stranger.post(`/v1/products/${id}/retire`)).body).toMatchObject({ status: 404, code: 'product.not-found' });
    const customer = doors.as({ organization: '01j00000000000000000000009' });
    expect((await customer.get(`/v1/products/${id}`)).status).toBe(200);
    expect((await customer.post(`/v1/products/${id}/retire`)).body.code).toBe('auth.forbidden');
    expect((await doors.as({ permissions: ['product.read'] }).post(`/v1/products/${id}/retire`)).body.code).toBe(
      'auth.forbidden',
    );
  });

  it('are made once by a repeated request', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await vendor.post('/v1/products', { name: 'Once', code: 'once' }, key);
    const again = await vendor.post('/v1/products', { name: 'Once', code: 'once' }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('policies', () => {
  it('are added with the terms of version 1 and get more by revisions', async () => {
    const { id, productId } = await addPolicy({ terms: { activations: 3, entitlements: { export: true } } });
    expect(await vendor.read(`/v1/policies/${id}`)).toMatchObject({
      productId,
      productName: 'Photo Studio',
      version: 1,
      terms: { activations: 3, overAllocated: 'valid' },
    });
    const revised = await vendor.done(`/v1/policies/${id}/revise`, { terms: { activations: 5 } });
    expect(revised).toEqual({ id, revision: 1, version: 2, changes: [{ pointer: '/activations', from: 3, to: 5 }] });
    expect(await vendor.done(`/v1/policies/${id}/revise`, { terms: { activations: 5 } })).toEqual({
      id,
      revision: 1,
      version: 2,
      changes: [],
    });
    expect((await vendor.read(`/v1/policies/${id}/versions`)).data.map((item: { version: number }) => item.version)).toEqual([
      2, 1,
    ]);
    expect(await vendor.read(`/v1/policies/${id}/versions/1`)).toMatchObject({
      version: 1,
      terms: { activations: 3 },
      by: 'token:told',
    });
    expect(await vendor.read(`/v1/policies/${id}/versions/2`)).toMatchObject({
      changes: revised.changes,
      terms: { entitlements: { export: true } },
    });
    expect((await vendor.get(`/v1/policies/${id}/versions/3`)).body.code).toBe('policy.version-not-found');
  });

  it('are renamed, retired, reinstated', async () => {
    const { id } = await addPolicy();
    await vendor.done(`/v1/policies/${id}/rename`, { name: 'Basic' });
    await vendor.done(`/v1/policies/${id}/retire`);
    expect(await vendor.read(`/v1/policies/${id}`)).toMatchObject({ name: 'Basic', status: 'retired' });
    await vendor.done(`/v1/policies/${id}/reinstate`);
    expect(await vendor.read(`/v1/policies/${id}`)).toMatchObject({ status: 'active' });
  });

  it('are refused with the reason', async () => {
    const { id, productId } = await addPolicy();
    const add = (data: object) => vendor.post('/v1/policies', { productId, name: 'Other', code: 'other', ...data });
    expect((await add({ code: 'standard' })).body).toMatchObject({ status: 409, code: 'policy-code.taken' });
    expect((await add({ productId: id })).body).toMatchObject({ status: 404, code: 'product.not-found' });
    expect((await add({ terms: { activations: -2 } })).body).toMatchObject({
      status: 422,
      code: 'request.invalid',
      pointers: [{ pointer: '/terms/activations' }],
    });
    expect((await add({ terms: { seats: 3 } })).body).toMatchObject({ status: 422, code: 'request.invalid' });
    const unfit = await vendor.post(`/v1/policies/${id}/revise`, { terms: { keyFormat: { groups: 2 } } });
    expect(unfit.body).toMatchObject({
      status: 422,
      code: 'policy.terms-do-not-fit',
      pointers: [{ pointer: '/terms/keyFormat' }],
    });
    await vendor.done(`/v1/products/${productId}/retire`);
    expect((await add({})).body).toMatchObject({ status: 409, code: 'product.retired' });
  });

  it('have a code of their own in the product', async () => {
    await addPolicy({ code: 'yearly' });
    await addPolicy({ code: 'yearly' });
  });

  it('are listed by product, status and words', async () => {
    const productId = await addProduct();
    await addPolicy({ productId, name: 'Trial', code: 'trial' });
    const { id } = await addPolicy({ productId, name: 'Yearly', code: 'yearly' });
    await vendor.done(`/v1/policies/${id}/retire`);
    const names = async (query: string) =>
      ((await vendor.read(`/v1/policies?productId=${productId}${query}`)).data as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['Trial', 'Yearly']);
    expect(await names('&sort=-name')).toEqual(['Yearly', 'Trial']);
    expect(await names('&status=active')).toEqual(['Trial']);
    expect(await names('&status=active,retired&q=yea')).toEqual(['Yearly']);
    expect(await names('&code=trial')).toEqual(['Trial']);
  });

  it('are the vendor’s alone', async () => {
    const { id } = await addPolicy();
    const customer = doors.as({ organization: '01j00000000000000000000009' });
    for (const path of [`/v1/policies`, `/v1/policies/${id}`, `/v1/policies/${id}/versions`, `/v1/policies/${id}/versions/1`]) {
      expect((await customer.get(path)).body.code).toBe('auth.forbidden');
    }
    const stranger = doors.as({ tenant: 'globex' });
    expect((await stranger.get(`/v1/policies/${id}`)).body.code).toBe('policy.not-found');
    expect((await stranger.get(`/v1/policies/${id}/versions`)).body.code).toBe('policy.not-found');
    expect((await stranger.get(`/v1/policies/${id}/versions/1`)).body.code).toBe('policy.version-not-found');
    expect((await stranger.post(`/v1/policies/${id}/revise`, { terms: { activations: 2 } })).body.code).toBe('policy.not-found');
  });
});

describe('device blocks', () => {
  it('name the device by its fingerprint, are listed, and lifted', async () => {
    const made = await vendor.post('/v1/device-blocks', { fingerprint: 'the old laptop', reason: 'stolen' });
    expect(made.status).toBe(201);
    const { device } = made.body as { device: string };
    expect((await vendor.post('/v1/device-blocks', { device, reason: 'again' })).body).toEqual({ device, revision: 0 });
    expect(await vendor.read(`/v1/device-blocks/${device}`)).toMatchObject({
      device,
      reason: 'stolen',
      until: null,
      revision: 0,
    });
    expect((await vendor.read('/v1/device-blocks')).data).toHaveLength(1);
    await vendor.done(`/v1/device-blocks/${device}/lift`);
    expect((await vendor.get(`/v1/device-blocks/${device}`)).body.code).toBe('device-block.not-found');
    expect((await vendor.read('/v1/device-blocks')).data).toHaveLength(0);
  });

  it('run out by themselves', async () => {
    const until = '2026-07-01T00:00:00.000Z';
    const { device } = await vendor.done('/v1/device-blocks', { fingerprint: 'a phone', until });
    const listed = async (query: string) =>
      ((await vendor.read(`/v1/device-blocks?${query}`)).data as { device: string }[]).map((item) => item.device);
    expect(await listed('inForce=true')).toEqual([device]);
    expect(await listed('inForce=false')).toEqual([]);
    doors.clock.instant = until;
    expect(await listed('inForce=true')).toEqual([]);
    expect(await listed('inForce=false')).toEqual([device]);
  });

  it('are refused with the reason', async () => {
    const block = (data: object) => vendor.post('/v1/device-blocks', data);
    expect((await block({ fingerprint: 'some device', until: '2020-01-01T00:00:00Z' })).body.code).toBe(
      'device-block.in-the-past',
    );
    expect((await block({})).body.code).toBe('request.invalid');
    expect((await vendor.post(`/v1/device-blocks/${'x'.repeat(43)}/lift`)).body.code).toBe('device-block.not-found');
  });

  it('are the vendor’s alone', async () => {
    const { device } = await vendor.done('/v1/device-blocks', { fingerprint: 'our own block' });
    const customer = doors.as({ organization: '01j00000000000000000000009' });
    const stranger = doors.as({ tenant: 'globex' });
    for (const path of ['/v1/device-blocks', `/v1/device-blocks/${device}`])
      expect((await customer.get(path)).body.code).toBe('auth.forbidden');
    expect((await customer.post('/v1/device-blocks', { device })).body.code).toBe('auth.forbidden');
    expect((await customer.post(`/v1/device-blocks/${device}/lift`)).body.code).toBe('auth.forbidden');
    expect((await stranger.get(`/v1/device-blocks/${device}`)).body.code).toBe('device-block.not-found');
    expect((await stranger.post(`/v1/device-blocks/${device}/lift`)).body.code).toBe('device-block.not-found');
    expect(await vendor.read(`/v1/device-blocks/${device}`)).toMatchObject({ device, revision: 0 });
  });
});
