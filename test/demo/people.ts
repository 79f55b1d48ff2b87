import { browserOf, type Browser } from '../support/browser.js';
import { mailed } from '../support/mailed.js';
import { TENANT, type Scene } from './scene.js';
import { refused, same, type Telling } from './telling.js';

const EMAIL = 'bo@halvorsen.example';
const PASSWORD = 'nine lamps beside a river';

/** A colleague at the customer is invited, logs in, and sees more from the moment on when he becomes a contact. */
export async function tellPeople(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter("The customer's people log in");
  const browser = browserOf(scene.server.url, TENANT);
  const seen = async () => (await browser.read('/v1/licenses?limit=100')).data.length as number;
  const bo = await tellInvitation(scene, telling, browser);
  await telling.step('he sees the license that is his own, and none of his company', async () => {
    same(await seen(), 1);
    const [license] = (await browser.read('/v1/licenses')).data;
    return { maskedKey: license.maskedKey, status: license.status };
  });
  await telling.step('he logs out, and in again by his password; a wrong one is refused', async () => {
    await browser.done('/v1/logout');
    same((await browser.get('/v1/me')).status, 401);
    refused(await browser.post('/v1/login', { email: EMAIL, password: `${PASSWORD}!` }), 401, 'login.failed');
    const { kind, endsAt } = await browser.login(EMAIL, PASSWORD);
    return { kind, endsAt };
  });
  await telling.step(
    'staff makes him the secondary contact: his next request shows every license of the organization',
    async () => {
      await scene.staff.done(`/v1/organizations/${scene.organizationId}/contacts/assign`, { place: 'secondary', contactId: bo });
      const licenses = await seen();
      const { data } = await scene.staff.read(`/v1/licenses?organizationId=${scene.organizationId}&limit=100`);
      same(licenses, data.length);
      return { licenses };
    },
  );
  await telling.step('a contact still renews and revokes nothing', async () => {
    refused(await browser.post(`/v1/licenses/${scene.licenseId}/renew`), 403, 'auth.forbidden');
    return refused(await browser.post(`/v1/licenses/${scene.licenseId}/revoke`), 403, 'auth.forbidden').detail;
  });
  await telling.step('the place is taken from him, and with it what it showed; disabled, he is out at once', async () => {
    await scene.staff.done(`/v1/organizations/${scene.organizationId}/contacts/unassign`, { place: 'secondary' });
    same(await seen(), 1);
    await scene.staff.done(`/v1/users/${bo}/disable`, { reason: 'On leave.' });
    return refused(await browser.get('/v1/licenses'), 401, 'auth.session-ended').detail;
  });
}

async function tellInvitation(scene: Scene, telling: Telling, browser: Browser): Promise<string> {
  let bo = '';
  await telling.step('customers may log in; a colleague of the contact is known, with a license of his own', async () => {
    await scene.staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
    ({ id: bo } = await scene.staff.done('/v1/contacts', { name: 'Bo Halvorsen', email: EMAIL }));
    await scene.staff.done(`/v1/organizations/${scene.organizationId}/members`, { contactId: bo });
    const owner = { organizationId: scene.organizationId, contactId: bo };
    const { id } = await scene.staff.done('/v1/licenses', { policyId: scene.policyId, ...owner });
    return { contactId: bo, licenseId: id };
  });
  let code = '';
  await telling.step('he is invited: the mail waits in the outbox, its code behind the # of a link', async () => {
    const invitation = { kind: 'single', contactId: bo, name: 'Welcome to Northwind', roles: ['authorized-user'] };
    const { id, expiresAt } = await scene.staff.done('/v1/invitations', invitation);
    code = await mailed(scene.staff, bo, /#(\S+)/);
    return { id, expiresAt, code: `${code.slice(0, 6)}…` };
  });
  await telling.step('he looks at it, accepts it with a password, and is logged in', async () => {
    const { vendor, organization, address, roles } = await browser.done('/v1/invitations/look-up', { code });
    const { userId } = await browser.done('/v1/invitations/redeem', { code, password: PASSWORD });
    same(userId, bo);
    return { vendor, organization, address, roles };
  });
  await telling.step('a second time it opens nothing', async () => {
    return refused(await browser.post('/v1/invitations/look-up', { code }), 409, 'invitation.redeemed').detail;
  });
  return bo;
}
