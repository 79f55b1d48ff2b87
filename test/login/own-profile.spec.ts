// What a person changes of himself: his address, once he has proven the new one, and his name.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';
import type { Browser } from '../support/browser.js';
import { mailed } from '../support/mailed.js';

const CODE = /30 minutes:\s+([B-Z2-9]{4}-[B-Z2-9]{4})/;
const MINUTE = 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

async function somebody(name: string): Promise<{ known: Known; browser: Browser }> {
  const known = await app.ready(app.customer(name));
  return { known, browser: await app.loggedIn(known) };
}
const login = (email: string) => app.browser().post('/v1/login', { email, password: PASSWORD });
const moved = (name: string) => `${name}@moved.example`;
const ask = (browser: Browser, email: string) => browser.post('/v1/me/email', { email });
const prove = (browser: Browser, code: string) => browser.post('/v1/me/email/prove', { code });
const mailsTo = async ({ id }: Known): Promise<readonly { template: string; to: { address: string } }[]> =>
  (await app.staff.read(`/v1/outbox?contactId=${id}`)).data;

describe('another address of one’s own', () => {
  it('counts once it is proven: for the contact and for logging in; the old one is told', async () => {
    const { known, browser } = await somebody('amy');
    expect([(await ask(browser, moved('amy'))).status, (await browser.read('/v1/me')).person.email]).toEqual([202, known.email]);
    expect(await browser.done('/v1/me/email/prove', { code: await mailed(app.staff, known.id, CODE) })).toMatchObject({
      userId: known.id,
    });
    expect((await browser.read('/v1/me')).person.email).toBe(moved('amy'));
    expect((await app.staff.read(`/v1/contacts/${known.id}`)).email).toBe(moved('amy'));
    expect((await login(moved('amy'))).status).toBe(200);
    expect(codeOf(await login(known.email))).toEqual([401, 'login.failed']);
    const told = await mailed(app.staff, known.id, /from now on you log in at Acme by another address \((a…@moved.example)\)/);
    expect(told).toBe('a…@moved.example');
    const addresses = (await mailsTo(known)).map(({ template, to }) => [template, to.address]);
    expect(addresses).toEqual([
      ['address-changed', known.email],
      ['new-address', moved('amy')],
    ]);
  });

  it('ends the other sessions, and what was mailed to the old one', async () => {
    const { known, browser } = await somebody('ben');
    const other = await app.loggedIn(known);
    await app.browser().done('/v1/password-reset', { email: known.email });
    const reset = await mailed(app.staff, known.id, /(klo_\w+)/);
    await ask(browser, moved('ben'));
    const before = browser.cookie();
    await app.pass(1);
    await browser.done('/v1/me/email/prove', { code: await mailed(app.staff, known.id, CODE) });
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.get('/v1/me')).status).toBe(200);
    expect(codeOf(await other.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    const redeemed = await app
      .browser()
      .post('/v1/password-reset/redeem', { code: reset, password: 'nine lamps beside a river' });
    expect(codeOf(redeemed)).toEqual([422, 'password-reset.invalid']);
  });

  it('wants a login of the last ten minutes, and a code that is right, his own, unused and not old', async () => {
    const { known, browser } = await somebody('cat');
    const { browser: stranger } = await somebody('dan');
    await ask(browser, moved('cat'));
    const code = await mailed(app.staff, known.id, CODE);
    for (const wrong of [prove(browser, 'BBBB-BBBB'), prove(stranger, code)])
      expect(codeOf(await wrong)).toEqual([422, 'email.wrong-code']);
    await app.pass(30 * MINUTE);
    expect(codeOf(await prove(browser, code))).toEqual([422, 'email.wrong-code']);
    expect(codeOf(await ask(browser, moved('cat')))).toEqual([403, 'auth.step-up-needed']);
  });

  it('is not told from one that somebody else has, who is mailed nothing', async () => {
    const [{ browser }, { known: other }] = [await somebody('eve'), await somebody('fay')];
    const answer = await ask(browser, other.email);
    expect([answer.status, Object.keys(answer.body)]).toEqual([202, ['asOf']]);
    const { known: last, browser: later } = await somebody('gil');
    await ask(later, moved('gil'));
    await mailed(app.staff, last.id, CODE);
    expect(await mailsTo(other)).toEqual([]);
  });

  it('goes to who proves it first, and is not what the vendor has changed meanwhile', async () => {
    const [one, two] = [await somebody('hal'), await somebody('ida')];
    for (const { browser } of [one, two]) await ask(browser, 'wanted@moved.example');
    const [first, second] = [await mailed(app.staff, one.known.id, CODE), await mailed(app.staff, two.known.id, CODE)];
    expect((await prove(one.browser, first)).status).toBe(200);
    expect(codeOf(await prove(two.browser, second))).toEqual([409, 'contact-email.taken']);
    const { known, browser } = await somebody('jon');
    await ask(browser, moved('jon'));
    const code = await mailed(app.staff, known.id, CODE);
    await app.staff.done(`/v1/contacts/${known.id}/set-email`, { email: 'jon@vendor-knows.example' });
    expect(codeOf(await prove(browser, code))).toEqual([422, 'email.wrong-code']);
  });

  it('is asked for five times a day at most', async () => {
    const { browser } = await somebody('kim');
    for (let asked = 0; asked < 5; asked++) expect((await ask(browser, moved('kim'))).status).toBe(202);
    expect(codeOf(await ask(browser, moved('kim')))).toEqual([429, 'email.too-many-codes']);
  });
});

describe('a name of one’s own', () => {
  it('is first and last name, and both together everywhere', async () => {
    const { known, browser } = await somebody('leo');
    await browser.done('/v1/me/set-name', { firstName: 'Leo', lastName: 'da Vinci' });
    const named = { name: 'Leo da Vinci', firstName: 'Leo', lastName: 'da Vinci' };
    expect((await browser.read('/v1/me')).person).toMatchObject(named);
    expect((await app.staff.read(`/v1/contacts/${known.id}`)).name).toBe('Leo da Vinci');
    await browser.done(`/v1/users/${known.id}/set-profile`, { locale: 'it' });
    expect((await browser.read('/v1/me')).person).toMatchObject({ ...named, locale: 'it' });
  });

  it('is told apart no more once the vendor calls him otherwise', async () => {
    const { known, browser } = await somebody('mia');
    await browser.done('/v1/me/set-name', { firstName: 'Mia', lastName: 'Wallace' });
    await app.staff.done(`/v1/contacts/${known.id}/rename`, { name: 'M. Wallace' });
    expect((await browser.read('/v1/me')).person).toMatchObject({ name: 'M. Wallace', firstName: null, lastName: null });
  });
});
