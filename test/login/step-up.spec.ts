import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';
import { codeAt } from '../support/second-factor.js';
import { withApp } from '../support/with-app.js';

const MINUTE = 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

const now = () => Date.parse(app.clock.instant);

describe('proving once more who one is', () => {
  it('goes on in the same session under another cookie', async () => {
    const { browser, secret, recoveryCodes } = await withApp(app, 'vic');
    const [session] = (await browser.read('/v1/sessions')).sessions;
    for (const body of [{ password: PASSWORD }, { code: codeAt(secret, now()) }, { recoveryCode: recoveryCodes[0] }]) {
      const before = browser.cookie();
      await app.pass(MINUTE / 10);
      const { authenticatedAt } = await browser.done('/v1/me/step-up', body);
      expect(authenticatedAt).toBe(app.clock.instant);
      const stale = app.browser();
      stale.plant(before);
      expect(codeOf(await stale.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    }
    expect((await browser.read('/v1/sessions')).sessions).toMatchObject([{ id: session.id, endsAt: session.endsAt }]);
    expect((await browser.read('/v1/me')).person.factors).toEqual(['password', 'totp', 'recovery-code']);
  });

  it('is refused for what is wrong', async () => {
    const { browser } = await withApp(app, 'wes');
    expect(codeOf(await browser.post('/v1/me/step-up', { password: 'not the right one' }))).toEqual([403, 'password.wrong']);
    expect(codeOf(await browser.post('/v1/me/step-up', { code: '000000' }))).toEqual([403, 'factor.wrong']);
    expect(codeOf(await app.staff.post('/v1/me/step-up', { password: PASSWORD }))).toEqual([403, 'auth.forbidden']);
  });
});
