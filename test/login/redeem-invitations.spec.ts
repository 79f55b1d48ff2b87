// Invitations as who is invited meets them: looked up, redeemed into a session, and undone.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';
import { INVITED, invitedCustomer, MAILBOX, type InvitedCustomer } from '../support/invited.js';
import { mailed } from '../support/mailed.js';

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

const customer = () => invitedCustomer(app.staff);
const given = ({ groupId }: InvitedCustomer) => ({ roles: ['organization-administrator'], groups: [groupId] });
const invite = async (body: object) => app.staff.done('/v1/invitations', { name: 'Welcome', ...body });

describe('an invitation that was mailed', () => {
  it('says what it offers, makes a user and logs him in, and is undone with all that it gave', async () => {
    const them = await customer();
    const { id } = await invite({ kind: 'single', contactId: them.ada, message: 'Hello', ...given(them) });
    const code = await mailed(app.staff, them.ada, INVITED);
    const browser = app.browser();
    expect(await browser.done('/v1/invitations/look-up', { code })).toMatchObject({
      ...{ vendor: 'Acme', kind: 'single', organization: them.name, inviter: null, message: 'Hello' },
      ...{ address: 'a…@globex.example', roles: ['Organization administrator'], proof: 'none' },
    });
    const { userId } = await browser.done('/v1/invitations/redeem', { code, password: PASSWORD });
    expect(userId).toBe(them.ada);
    expect(await browser.read('/v1/me')).toMatchObject({ id: them.ada });
    expect((await browser.read('/v1/invitations')).data).toMatchObject([{ id, status: 'redeemed', used: 1 }]);
    expect((await app.staff.read(`/v1/groups/${them.groupId}/members`)).data).toMatchObject([{ id: them.ada }]);
    for (const path of ['look-up', 'redeem']) {
      const answer = await app
        .browser()
        .post(`/v1/invitations/${path}`, { code, ...(path === 'redeem' && { password: PASSWORD }) });
      expect(codeOf(answer)).toEqual([409, 'invitation.redeemed']);
    }
    await app.staff.done(`/v1/invitations/${id}/undo`, { contactId: them.ada });
    expect((await browser.get('/v1/me')).status).toBe(401);
    expect((await app.staff.get(`/v1/users/${them.ada}`)).status).toBe(404);
    expect((await app.staff.read(`/v1/groups/${them.groupId}/members`)).data).toEqual([]);
    const { data } = await app.staff.read(`/v1/organizations/${them.organizationId}/members`);
    expect((data as { id: string; roles: string[] }[]).find((member) => member.id === them.ada)).toMatchObject({ roles: [] });
    expect(codeOf(await app.browser().post('/v1/invitations/look-up', { code }))).toEqual([404, 'invitation.not-found']);
    expect(codeOf(await app.staff.post(`/v1/invitations/${id}/undo`, { contactId: them.ada }))).toEqual([
      409,
      'invitation.not-redeemed-by',
    ]);
  });

  it('asks before somebody else is logged out', async () => {
    const them = await customer();
    const other = await app.ready(app.customer(`other-of-${them.ada}`));
    await invite({ kind: 'single', contactId: them.ada });
    const code = await mailed(app.staff, them.ada, INVITED);
    const browser = app.browser();
    await browser.login(other.email, PASSWORD);
    const redeem = (more: object) => browser.post('/v1/invitations/redeem', { code, password: PASSWORD, ...more });
    expect(codeOf(await redeem({}))).toEqual([409, 'invitation.signed-in-as-another']);
    expect(await browser.read('/v1/me')).toMatchObject({ id: other.id });
    expect((await redeem({ confirm: true })).body).toMatchObject({ userId: them.ada });
    expect(await browser.read('/v1/me')).toMatchObject({ id: them.ada });
  });

  it('is of no use with another code, with a weak password, or from another site', async () => {
    const them = await customer();
    const { id } = await invite({ kind: 'single', contactId: them.ada });
    const code = await mailed(app.staff, them.ada, INVITED);
    const browser = app.browser();
    const redeem = (body: object, headers = {}) =>
      browser.post('/v1/invitations/redeem', { code, password: PASSWORD, ...body }, headers);
    expect(codeOf(await redeem({ code: `${id}.${'x'.repeat(22)}` }))).toEqual([404, 'invitation.not-found']);
    expect(codeOf(await redeem({ code: 'no code at all' }))).toEqual([404, 'invitation.not-found']);
    expect(codeOf(await redeem({ password: 'short' }))).toEqual([422, 'password.too-short']);
    expect(codeOf(await redeem({}, { 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'auth.cross-site']);
    await app.staff.done(`/v1/invitations/${id}/resend`, { mail: false });
    expect(codeOf(await redeem({}))).toEqual([409, 'invitation.code-replaced']);
    expect(codeOf(await browser.post('/v1/users', { contactId: them.ada }))).toEqual([401, 'auth.required']);
  });
});

describe('an invitation that was handed over', () => {
  it('wants the mailbox proven by a code that is sent there, once', async () => {
    const them = await customer();
    const { code } = await invite({ kind: 'single', contactId: them.ada, mail: false });
    const browser = app.browser();
    expect(await browser.done('/v1/invitations/look-up', { code })).toMatchObject({ proof: 'mailbox-code' });
    const redeem = (more: object) => browser.post('/v1/invitations/redeem', { code, password: PASSWORD, ...more });
    expect(codeOf(await redeem({}))).toEqual([403, 'invitation.mailbox-unproven']);
    await browser.done('/v1/invitations/prove', { code });
    await browser.done('/v1/invitations/prove', { code });
    const mailboxCode = await mailed(app.staff, them.ada, MAILBOX);
    expect(codeOf(await redeem({ mailboxCode: 'BBBB-BBBB' }))).toEqual([403, 'invitation.mailbox-unproven']);
    expect((await redeem({ mailboxCode })).body).toMatchObject({ userId: them.ada });
  });
});

describe('an invitation of several', () => {
  it('is for members of the organization who prove their address, as many as it says', async () => {
    const [them, others] = [await customer(), await customer()];
    const { organizationId } = them;
    const { id, code } = await invite({ kind: 'group', organizationId, limit: 1, ...given(them) });
    const redeem = async (email: string, contactId: string) => {
      const browser = app.browser();
      await browser.done('/v1/invitations/prove', { code, email });
      const mailboxCode = contactId === '' ? 'BBBB-BBBB' : await mailed(app.staff, contactId, MAILBOX);
      return browser.post('/v1/invitations/redeem', { code, email, mailboxCode, password: PASSWORD });
    };
    for (const stranger of [others.emails[0], 'nobody@globex.example']) {
      expect(codeOf(await redeem(stranger, ''))).toEqual([403, 'invitation.mailbox-unproven']);
    }
    expect((await app.staff.read(`/v1/outbox?contactId=${others.ada}`)).data).toEqual([]);
    await app.browser().done('/v1/invitations/prove', { code, email: them.emails[1] });
    const late = await mailed(app.staff, them.bob, MAILBOX);
    expect((await redeem(them.emails[0], them.ada)).body).toMatchObject({ userId: them.ada });
    const used = await app
      .browser()
      .post('/v1/invitations/redeem', { code, email: them.emails[1], mailboxCode: late, password: PASSWORD });
    expect(codeOf(used)).toEqual([409, 'invitation.used-up']);
    expect(await app.staff.read(`/v1/invitations/${id}`)).toMatchObject({
      status: 'used-up',
      redemptions: [{ contactId: them.ada }],
    });
  });
});
