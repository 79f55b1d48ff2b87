import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDoors, type Doors } from './support/doors.js';
import { LoginWaysController } from '#identity/providers/login-ways.http.js';
import { ProviderController } from '#identity/providers/provider.http.js';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors(ProviderController, LoginWaysController);
});
afterAll(() => doors.close());

const secret = 'the-one-marker-of-a-secret';
const google = { kind: 'google', name: 'Google', clientId: 'client-1', clientSecret: secret };

describe('the doors to login providers', () => {
  it('never show a secret again, and leave it readable in no file', async () => {
    const vendor = doors.as();
    const { id } = await vendor.done('/v1/login-providers', google);
    await vendor.done(`/v1/login-providers/${id}/enable`);
    for (const path of ['/v1/login-providers', `/v1/login-providers/${id}`, '/v1/login'])
      expect(JSON.stringify(await vendor.read(path))).not.toContain(secret);
    const { folder } = doors.installation;
    for (const file of readdirSync(folder).filter((name) => /\.db/.test(name)))
      expect([file, readFileSync(join(folder, file)).includes(secret)]).toEqual([file, false]);
  });

  it('are closed to who may not manage logins', async () => {
    const refused = await doors.as({ permissions: ['tenant.manage'] }).post('/v1/login-providers', google);
    expect(refused.body).toMatchObject({ status: 403, permission: 'login.manage' });
  });

  it('say what is wrong with a setting', async () => {
    const wrong = await doors.as().post('/v1/login-providers', { ...google, kind: 'oidc', issuer: 'http://id.example.com' });
    expect(wrong.body).toMatchObject({ code: 'request.invalid', pointers: [{ pointer: '/issuer' }] });
  });

  it('answer 404 for what is not there', async () => {
    const missing = '/v1/login-providers/01j0000000000000000000zzzz';
    expect((await doors.as().get(missing)).body).toMatchObject({ status: 404, code: 'provider.not-found' });
  });
});
