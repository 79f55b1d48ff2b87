// People of a customer are invited and come in, seen from outside: the built server, over HTTP.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserOf, type Browser } from '../support/browser.js';
import { mailed } from '../support/mailed.js';
import { startServer, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const PASSWORD = 'violet tram under rain';
const INVITED = /invite#([0-9a-z]{26}\.[\w-]{22})/;
const MAILBOX = /30 minutes:\s+([B-Z2-9]{4}-[B-Z2-9]{4})/;

let server: RunningServer;
let vendor: Vendor;
beforeAll(async () => {
  server = await startServer();
  vendor = await firstVendor(server);
  await vendor.staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
}, 60_000);
afterAll(() => server.dispose());

const open = (): Browser => browserOf(server.url, vendor.tenant, vendor.positions);
const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

async function member(name: string): Promise<string> {
  const { staff, organizationId } = vendor;
  const { id } = await staff.done('/v1/contacts', { name, email: addressOf(name) });
  await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: id });
  return id as string;
}
const addressOf = (name: string) => `${name.toLowerCase()}@road-runner.example`;

describe('an invitation of one', () => {
  let [ada, invitation, group, code] = ['', '', '', ''];
  const browser = { current: null as Browser | null };
  const redeem = (body: object) => open().post('/v1/invitations/redeem', { code, password: PASSWORD, ...body });

  it('waits in the outbox as a mail to the contact, and nowhere else', async () => {
    ada = await member('Ada');
    const { organizationId } = vendor;
    ({ id: group } = await vendor.staff.done('/v1/groups', { organizationId, name: 'Pilots' }));
    const offered = { roles: ['organization-administrator'], groups: [group], message: 'Come in' };
    const made = await vendor.staff.done('/v1/invitations', { kind: 'single', contactId: ada, name: 'Welcome', ...offered });
    invitation = made.id;
    expect(made.code).toBeNull();
    code = await mailed(vendor.staff, ada, INVITED);
    const shown = await vendor.staff.read(`/v1/invitations/${invitation}`);
    expect([shown.status, JSON.stringify(shown).includes(code)]).toEqual(['open', false]);
    expect(server.output()).not.toContain(code);
  });

  it('is sent again with another code, and the one before opens nothing', async () => {
    const before = code;
    await vendor.staff.done(`/v1/invitations/${invitation}/resend`, {});
    expect(codeOf(await redeem({ code: before }))).toEqual([409, 'invitation.code-replaced']);
    await until(async () => (code = await mailed(vendor.staff, ada, INVITED)) !== before);
  });

  it('is redeemed once, into a session with the roles and groups that it gave', async () => {
    browser.current = open();
    const own = browser.current;
    await own.done('/v1/invitations/redeem', { code, password: PASSWORD });
    expect(await own.read('/v1/me')).toMatchObject({ id: ada });
    const { data } = await own.read(`/v1/groups/${group}/members`);
    expect((data as { id: string }[]).map(({ id }) => id)).toEqual([ada]);
    expect(codeOf(await redeem({}))).toEqual([409, 'invitation.redeemed']);
  });

  it('lets who redeemed it log in from then on', async () => {
    const other = open();
    expect(await other.login(addressOf('Ada'), PASSWORD)).toMatchObject({ userId: ada, kind: 'customer' });
    const { id } = await vendor.issue();
    expect((await other.get(`/v1/licenses/${id}`)).status).toBe(200);
  });

  it('is undone with all that it gave: the session, the login, the role, the group', async () => {
    await vendor.staff.done(`/v1/invitations/${invitation}/undo`, { contactId: ada });
    expect((await browser.current!.get('/v1/me')).status).toBe(401);
    expect(codeOf(await open().post('/v1/login', { email: addressOf('Ada'), password: PASSWORD }))).toEqual([
      401,
      'login.failed',
    ]);
    expect((await vendor.staff.read(`/v1/groups/${group}/members`)).data).toEqual([]);
    expect((await vendor.staff.get(`/v1/users/${ada}`)).status).toBe(404);
  });
});

describe('an invitation of several', () => {
  it('is for members who prove their address, in the domains and as many as it says', async () => {
    const { staff, organizationId } = vendor;
    const [bob, cid] = [await member('Bob'), await member('Cid')];
    const { id: dan } = await staff.done('/v1/contacts', { name: 'Dan', email: 'dan@elsewhere.example' });
    await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: dan });
    const limits = { limit: 1, domains: ['road-runner.example'] };
    const { id, code } = await staff.done('/v1/invitations', { kind: 'group', organizationId, name: 'All', ...limits });
    const prove = (email: string) => open().post('/v1/invitations/prove', { code, email });
    const redeem = (email: string, mailboxCode: string) =>
      open().post('/v1/invitations/redeem', { code, email, mailboxCode, password: PASSWORD });
    const proven = async (email: string, contactId: string) => {
      expect((await prove(email)).status).toBeLessThan(300);
      return mailed(staff, contactId, MAILBOX);
    };
    expect((await prove('nobody@road-runner.example')).status).toBeLessThan(300);
    expect(codeOf(await redeem('nobody@road-runner.example', 'BBBB-BBBB'))).toEqual([403, 'invitation.mailbox-unproven']);
    const ofDan = await proven('dan@elsewhere.example', dan as string);
    expect(codeOf(await redeem('dan@elsewhere.example', ofDan))).toEqual([403, 'invitation.domain-not-allowed']);
    const [ofBob, ofCid] = [await proven(addressOf('Bob'), bob), await proven(addressOf('Cid'), cid)];
    expect((await redeem(addressOf('Bob'), ofBob)).body).toMatchObject({ userId: bob });
    expect(codeOf(await redeem(addressOf('Cid'), ofCid))).toEqual([409, 'invitation.used-up']);
    expect(await staff.read(`/v1/invitations/${id}`)).toMatchObject({ status: 'used-up', redemptions: [{ contactId: bob }] });
  });

  it('opens nothing once it is revoked', async () => {
    const { staff, organizationId } = vendor;
    const { id, code } = await staff.done('/v1/invitations', { kind: 'group', organizationId, name: 'Late', limit: 3 });
    await staff.done(`/v1/invitations/${id}/revoke`);
    expect(codeOf(await open().post('/v1/invitations/look-up', { code }))).toEqual([409, 'invitation.revoked']);
    expect(codeOf(await open().post('/v1/invitations/prove', { code, email: addressOf('Cid') }))).toEqual([
      409,
      'invitation.revoked',
    ]);
  });
});
