// Doors to the vendor's own record and its legal entities, over a real installation.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantController } from '#tenants/tenant.http.js';
import { openDoors, type Doors } from './support/doors.js';
import { createVendor } from './support/vendors.js';

const missing = '01j00000000000000000000000';
let doors: Doors;
beforeAll(async () => {
  doors = await openDoors(TenantController);
});
afterAll(() => doors.close());

describe("the vendor's record", () => {
  it('is read, renamed, and keeps an open legal entity', async () => {
    const own = doors.as({ tenant: 'record' });
    const first = await createVendor(doors, 'record');
    expect(await own.read('/v1/tenant')).toMatchObject({
      id: 'record',
      name: 'record',
      legalEntities: [{ id: first, name: 'record Europe', status: 'open' }],
    });
    expect(await own.done('/v1/tenant/rename', { name: 'Record Ltd' })).toEqual({ id: 'record', revision: 2 });
    expect((await own.post(`/v1/legal-entities/${first}/close`)).body).toMatchObject({
      status: 409,
      code: 'legal-entity.last-open',
    });
    const added = await own.post('/v1/legal-entities', { name: 'America' });
    expect(added.headers.get('location')).toBe(`/v1/legal-entities/${added.body.id}`);
    await own.done(`/v1/legal-entities/${added.body.id}/rename`, { name: 'US' });
    await own.done(`/v1/legal-entities/${first}/close`);
    expect(await own.read(`/v1/legal-entities/${added.body.id}`)).toMatchObject({ name: 'US', status: 'open' });
    expect((await own.read('/v1/legal-entities')).data).toEqual([
      { id: first, name: 'record Europe', status: 'closed' },
      { id: added.body.id, name: 'US', status: 'open' },
    ]);
    expect((await own.post(`/v1/legal-entities/${first}/rename`, { name: 'X' })).body).toMatchObject({
      code: 'legal-entity.closed',
    });
  });

  it('says which customers may log in, as who decides on logins wants it', async () => {
    const own = doors.as({ tenant: 'doorkeeper' });
    await createVendor(doors, 'doorkeeper');
    expect(await own.read('/v1/tenant')).toMatchObject({ customerLogin: 'off' });
    await own.done('/v1/tenant/set-customer-login', { mode: 'contacts' });
    expect(await own.read('/v1/tenant')).toMatchObject({ customerLogin: 'contacts' });
    expect((await own.post('/v1/tenant/set-customer-login', { mode: 'everybody' })).body).toMatchObject({ status: 422 });
  });

  it('is nobody else’s', async () => {
    expect((await doors.as({ tenant: 'nobody' }).get('/v1/tenant')).body).toMatchObject({
      status: 404,
      code: 'tenant.not-found',
    });
    await createVendor(doors, 'acme');
    expect((await doors.as().get(`/v1/legal-entities/${missing}`)).body).toMatchObject({
      status: 404,
      code: 'legal-entity.not-found',
    });
    expect((await doors.as({ organization: missing }).get('/v1/tenant')).status).toBe(403);
  });
});
