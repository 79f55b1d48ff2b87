// A vendor gives one of its customers a login, seen from outside: the built server, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserOf, type Browser } from '../support/browser.js';
import { startServer, type RunningServer } from '../support/server.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const EMAIL = 'grace@road-runner.example';
const GIVEN = 'a tin whistle for bees';
const CHOSEN = 'violet tram under rain';

let server: RunningServer;
let again: RunningServer | undefined;
let vendor: Vendor;
let id: string;
let browser: Browser;
beforeAll(async () => {
  server = await startServer();
  vendor = await firstVendor(server);
  browser = browserOf(server.url, vendor.tenant, vendor.positions);
}, 60_000);
afterAll(async () => {
  await again?.dispose();
  await server.dispose();
});

const login = (password: string) => browserOf(server.url, vendor.tenant).post('/v1/login', { email: EMAIL, password });

describe('a customer', () => {
  it('is given a login by staff, with a password to be changed', async () => {
    const { staff, organizationId } = vendor;
    ({ id } = await staff.done('/v1/contacts', { name: 'Grace Hopper', email: EMAIL }));
    await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: id });
    await staff.done(`/v1/organizations/${organizationId}/contacts/assign`, { place: 'primary', contactId: id });
    await staff.done('/v1/users', { contactId: id });
    await staff.done(`/v1/users/${id}/set-password`, { password: GIVEN });
  });

  it('is let in only once the vendor lets customers in', async () => {
    expect((await login(GIVEN)).body.code).toBe('login.off');
    await vendor.staff.done('/v1/tenant/set-customer-login', { mode: 'contacts' });
    expect(await browser.login(EMAIL, GIVEN)).toMatchObject({ userId: id, kind: 'customer', mustChangePassword: true });
  });

  it('changes the password first, then sees what is of his organization', async () => {
    const { id: licenseId } = await vendor.issue();
    expect((await browser.get(`/v1/licenses/${licenseId}`)).body.code).toBe('auth.password-change-due');
    await browser.done('/v1/me/password', { current: GIVEN, next: CHOSEN });
    const seen = await browser.get(`/v1/licenses/${licenseId}`);
    expect([seen.status, seen.body.id]).toEqual([200, licenseId]);
    expect((await browser.read('/v1/me')).person).toMatchObject({ email: EMAIL, factors: ['password'] });
    expect((await login(GIVEN)).body.code).toBe('login.failed');
  });

  it('stays logged in over a restart of the server', async () => {
    const { folder } = server;
    await server.end();
    again = await startServer({ folder, env: { KEYLEDGER_PORT: new URL(server.url).port } });
    expect((await browser.get('/v1/me')).status).toBe(200);
  });

  it('is out at once when he is disabled, and stays out when he is enabled, until he logs in again', async () => {
    await vendor.staff.done(`/v1/users/${id}/disable`, { reason: 'left the company' });
    expect((await browser.get('/v1/me')).body.code).toBe('auth.session-ended');
    expect((await login(CHOSEN)).body.code).toBe('login.disabled');
    await vendor.staff.done(`/v1/users/${id}/enable`);
    expect((await browser.get('/v1/me')).status).toBe(401);
    expect((await login(CHOSEN)).status).toBe(200);
  });
});
