import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from '../support/browser.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';
import { addApp, codeAt } from '../support/second-factor.js';

const STEP = 30_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

const now = () => Date.parse(app.clock.instant);
const enter = (browser: Browser, { email }: Known) => browser.post('/v1/login', { email, password: PASSWORD });

describe('who must have a second factor', () => {
  it('is every administrator: let in to add one, and to nothing else', async () => {
    const rex = await app.ready(app.administrator('rex'));
    const browser = app.browser();
    const first = await enter(browser, rex);
    expect(first.body.due).toBe('factor');
    for (const path of ['/v1/me', '/v1/licenses', '/v1/sessions'])
      expect(codeOf(await browser.get(path))).toEqual([403, 'auth.factor-due']);
    expect((await browser.read('/v1/me/factors')).factors).toEqual([]);
    await addApp(browser, now());
    expect((await browser.get('/v1/licenses')).status).toBe(200);
  });

  it('is asked at the next request of a session that was begun before', async () => {
    const sue = await app.ready(app.administrator('sue'));
    const [one, other] = [app.browser(), app.browser()];
    for (const browser of [one, other]) await enter(browser, sue);
    const { secret } = await addApp(one, now());
    expect(codeOf(await other.get('/v1/me'))).toEqual([403, 'auth.factor-due']);
    await app.pass(STEP);
    await other.done('/v1/me/step-up', { code: codeAt(secret, now()) });
    expect((await other.read('/v1/me')).person.factors).toEqual(['password', 'totp']);
  });

  it('is due again once it is removed', async () => {
    const tom = await app.ready(app.administrator('tom'));
    const browser = await app.loggedIn(tom);
    const [{ id }] = (await browser.read('/v1/me/factors')).factors;
    await browser.done(`/v1/me/factors/${id}/remove`);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([403, 'auth.factor-due']);
  });

  it('is decided by the vendor for his other people and for customers', async () => {
    const [support, customer] = [await app.ready(app.person('uma', 'staff', ['support'])), await app.ready(app.customer('una'))];
    const [hers, his] = [await app.loggedIn(support), await app.loggedIn(customer)];
    const set = (requiredOf: string) => app.staff.done('/v1/tenant/set-factor-policy', { requiredOf });
    await set('staff');
    expect(codeOf(await hers.get('/v1/me'))).toEqual([403, 'auth.factor-due']);
    expect((await his.get('/v1/me')).status).toBe(200);
    await set('everyone');
    expect(codeOf(await his.get('/v1/me'))).toEqual([403, 'auth.factor-due']);
    expect((await app.staff.read('/v1/tenant')).factorPolicy).toBe('everyone');
    await set('administrators');
    for (const browser of [hers, his]) expect((await browser.get('/v1/me')).status).toBe(200);
  });
});
