import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { user } from '#identity/user.js';
import { rawRequest } from '#http/testing/raw-request.js';
import { browserOf } from '../support/browser.js';
import { clientOf } from '../support/client.js';
import { mailed } from '../support/mailed.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp, type Known } from '../support/login-app.js';

const NEXT = 'nine lamps beside a river';
const MINUTE = 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

describe('another password by mail', () => {
  const RESET = /(klo_\w+)/;
  const told = (person: Known) => mailed(app.staff, person.id, /^([^]*klo_[^]*)$/);
  const mailsTo = async ({ id }: Known) => (await app.staff.read(`/v1/outbox?contactId=${id}`)).data as readonly object[];
  const asked = async (person: Known): Promise<string> => {
    const answer = await app.browser().post('/v1/password-reset', { email: person.email });
    expect([answer.status, answer.body]).toEqual([202, {}]);
    return mailed(app.staff, person.id, RESET);
  };
  const redeem = (sent: string, password = NEXT) => app.browser().post('/v1/password-reset/redeem', { code: sent, password });

  it('is chosen by the code, once, and ends all sessions', async () => {
    const amy = await app.ready(app.customer('amy'));
    const browser = await app.loggedIn(amy);
    const sent = await asked(amy);
    expect(await told(amy)).toContain(`${app.url}/t/acme/reset-password#code=${sent}`);
    expect((await browser.get('/v1/me')).status).toBe(200);
    expect(codeOf(await redeem(sent, 'amy@globex.example'))).toEqual([422, 'password.too-easy']);
    const redeemed = await redeem(sent);
    expect([redeemed.status, redeemed.headers.getSetCookie()]).toEqual([204, []]);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect(await app.browser().login(amy.email, NEXT)).toMatchObject({ mustChangePassword: false });
    expect(codeOf(await redeem(sent))).toEqual([422, 'password-reset.invalid']);
  });

  it('is of no use after 30 minutes, in another tenant, after the password was changed, or made up', async () => {
    const ben = await app.ready(app.customer('ben'));
    const first = await asked(ben);
    const elsewhere = await browserOf(app.url, 'beta').post('/v1/password-reset/redeem', { code: first, password: NEXT });
    expect(codeOf(elsewhere)).toEqual([422, 'password-reset.invalid']);
    await (await app.loggedIn(ben)).done('/v1/me/password', { current: PASSWORD, next: NEXT });
    expect(codeOf(await redeem(first))).toEqual([422, 'password-reset.invalid']);
    expect(codeOf(await redeem('klo_made-up'))).toEqual([422, 'password-reset.invalid']);
    const cat = await app.ready(app.customer('cat'));
    const late = await asked(cat);
    await app.pass(30 * MINUTE);
    expect(codeOf(await redeem(late))).toEqual([422, 'password-reset.invalid']);
  });

  it('is answered the same to everybody, and mailed only to who has a way in and may log in', async () => {
    const none = await app.customer('never-had-one');
    const off = await app.ready(app.customer('switched-off'));
    await app.command((ports, ctx) => ports.commands.send(user, off.id, 'disable', { reason: null }, ctx));
    const last = await app.ready(app.customer('last-asked'));
    for (const email of ['nobody@globex.example', none.email, off.email]) {
      const { status, body } = await app.browser().post('/v1/password-reset', { email });
      expect([status, body]).toEqual([202, {}]);
    }
    await asked(last);
    expect([await mailsTo(none), await mailsTo(off)]).toEqual([[], []]);
    expect(codeOf(await clientOf(app.url).post('/v1/password-reset', { email: last.email }))).toEqual([
      400,
      'auth.tenant-required',
    ]);
  });

  it('is of no use once the contact has another address', async () => {
    const eli = await app.ready(app.customer('eli'));
    const sent = await asked(eli);
    await app.staff.done(`/v1/contacts/${eli.id}/set-email`, { email: 'eli-moved@globex.example' });
    expect(codeOf(await redeem(sent))).toEqual([422, 'password-reset.invalid']);
  });

  it('is mailed once, however often it is asked for within a minute', async () => {
    const dot = await app.ready(app.customer('dot'));
    const sent = await asked(dot);
    for (let i = 0; i < 5; i++) await app.browser().post('/v1/password-reset', { email: dot.email });
    const end = await app.ready(app.customer('end-of-mails'));
    await asked(end);
    expect(await mailsTo(dot)).toHaveLength(1);
    expect((await redeem(sent)).status).toBe(204);
  });

  it('leads only to where the operator says that the server is', async () => {
    const flo = await app.ready(app.customer('flo'));
    const headers = { host: 'evil.example', 'keyledger-tenant': 'acme' };
    const asking = { method: 'POST', path: '/v1/password-reset', headers, body: { email: flo.email } };
    expect((await rawRequest(Number(new URL(app.url).port), asking)).status).toBe(202);
    expect(await told(flo)).not.toMatch(/evil|http/);
  });
});
