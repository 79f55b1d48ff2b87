// What a login page is told of the ways in.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '#http/testing/raw-request.js';
import { clientOf } from '../support/client.js';
import { openLoginApp, type LoginApp } from '../support/login-app.js';

const google = { kind: 'google', clientId: 'client-1', clientSecret: 'hush' };

let app: LoginApp;
let elsewhere: LoginApp;
beforeAll(async () => {
  app = await openLoginApp({ publicUrl: 'http://localhost:8080' });
  elsewhere = await openLoginApp();
});
afterAll(async () => {
  await app.close();
  await elsewhere.close();
});

async function enabled(of: LoginApp, name: string): Promise<string> {
  const { id } = await of.staff.done('/v1/login-providers', { ...google, name });
  await of.staff.done(`/v1/login-providers/${id}/enable`);
  return id as string;
}
const ways = (of: LoginApp) => of.browser().read('/v1/login');

describe('the ways to log in', () => {
  it('are told to anybody: the providers that are switched on', async () => {
    const id = await enabled(app, 'On');
    await app.staff.done('/v1/login-providers', { ...google, name: 'Off' });
    expect(await ways(app)).toEqual({
      ...{ customerLogin: 'users', password: true, passkey: true },
      providers: [{ id, kind: 'google', name: 'On' }],
    });
  });

  it.each(['off', 'contacts', 'users'])('say which customers are let in: %s', async (mode) => {
    await app.staff.done('/v1/tenant/set-customer-login', { mode });
    expect(await ways(app)).toMatchObject({ customerLogin: mode });
  });

  it('of a vendor that is not there are those of one that has set up nothing', async () => {
    const nothing = { customerLogin: 'off', password: true, passkey: true, providers: [] };
    expect(await app.browser('nobody').read('/v1/login')).toEqual(nothing);
    expect(await clientOf(app.url).read('/v1/login')).toEqual(nothing);
  });

  it('leave out what would be refused: providers that nobody comes back from, and anything over plain http', async () => {
    await enabled(elsewhere, 'Google');
    expect(await ways(elsewhere)).toEqual({ customerLogin: 'users', password: true, passkey: false, providers: [] });
    const headers = { host: 'plain.example', 'keyledger-tenant': 'acme' };
    const plain = await rawRequest(Number(new URL(app.url).port), { method: 'GET', path: '/v1/login', headers });
    expect(plain.json).toMatchObject({ password: false, passkey: false, providers: [] });
  });
});
