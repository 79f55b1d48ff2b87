import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailed } from '../support/mailed.js';
import { until } from '../support/until.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp, type Known } from '../support/login-app.js';

const NEXT = 'nine lamps beside a river';

describe('guessing passwords', () => {
  let guarded: LoginApp;
  beforeAll(async () => {
    guarded = await openLoginApp({ trustProxy: ['127.0.0.1'] });
  });
  afterAll(() => guarded.close());

  const enter = (email: string, password: string, from: string) =>
    guarded.browser().post('/v1/login', { email, password }, { 'x-forwarded-for': from });
  const history = async ({ id }: Known) =>
    (await guarded.installation.events.readStream(`user-acme~${id}`))
      .map(({ type }) => type)
      .filter((type) => type === 'LoginFailed');

  it('is slowed down after five times, whether there is such an account or not', async () => {
    const jon = await guarded.ready(guarded.customer('jon'));
    const answers = [];
    for (const email of [jon.email, 'nobody@globex.example']) {
      const said = [];
      for (let i = 0; i < 7; i++) {
        const answer = await enter(email, 'not the right one', '10.0.0.1');
        said.push([...codeOf(answer), answer.headers.get('retry-after')]);
      }
      answers.push(said);
    }
    expect(answers[0]).toEqual([...Array(5).fill([401, 'login.failed', null]), ...Array(2).fill([429, 'login.throttled', '1'])]);
    expect(answers[1]).toEqual(answers[0]);
    expect(codeOf(await enter(jon.email, PASSWORD, '10.0.0.1'))).toEqual([429, 'login.throttled']);
    await guarded.pass(1_000);
    expect((await enter(jon.email, PASSWORD, '10.0.0.1')).status).toBe(200);
  });

  it('never locks out whom the account belongs to, and is told to him', async () => {
    const liz = await guarded.ready(guarded.customer('liz'));
    expect((await enter(liz.email, PASSWORD, '10.0.0.7')).status).toBe(200);
    for (let i = 1; i <= 20; i++)
      expect(codeOf(await enter(liz.email, 'not the right one', `10.1.0.${i}`))).toEqual([401, 'login.failed']);
    const shut = await enter(liz.email, PASSWORD, '10.2.0.1');
    expect([...codeOf(shut), shut.headers.get('retry-after')]).toEqual([429, 'login.throttled', '86400']);
    expect((await enter(liz.email, PASSWORD, '10.0.0.7')).status).toBe(200);
    await mailed(guarded.staff, liz.id, /(a wrong password was given twenty times)/);
    await until(async () => (await history(liz)).length === 3);
    await guarded.browser().post('/v1/password-reset', { email: liz.email });
    const sent = await mailed(guarded.staff, liz.id, /(klo_\w+)/);
    expect((await guarded.browser().post('/v1/password-reset/redeem', { code: sent, password: NEXT })).status).toBe(204);
    expect((await enter(liz.email, NEXT, '10.2.0.1')).status).toBe(200);
  });

  it('is slowed down also for who holds a session and not the password', async () => {
    const max = await guarded.ready(guarded.customer('max'));
    const browser = guarded.browser();
    await browser.login(max.email, PASSWORD);
    const change = () => browser.post('/v1/me/password', { current: 'not the right one', next: NEXT });
    for (let i = 0; i < 5; i++) expect(codeOf(await change())).toEqual([403, 'password.wrong']);
    expect(codeOf(await change())).toEqual([429, 'login.throttled']);
  });
});
