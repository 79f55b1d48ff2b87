import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { until } from '../support/until.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

describe('the security history of a login', () => {
  it('tells its user of logins, failures, passwords and ends of sessions, the latest first', async () => {
    const ada = await app.ready(app.customer('ada'));
    const wrong = () => app.browser().post('/v1/login', { email: ada.email, password: 'not the right one' });
    for (let i = 0; i < 3; i++) await wrong();
    const browser = await app.loggedIn(ada);
    const read = async () => (await browser.read('/v1/me/security')).entries;
    await until(async () => (await read()).length === 7);
    const [login] = await read();
    expect(login).toMatchObject({
      what: 'LoggedIn',
      actor: `user:${ada.id}`,
      factors: ['password'],
      address: '127.0.0.1',
      agent: 'Test/1',
    });
    const told = (await read()).map(({ what, by, attempts }: Record<string, unknown>) => [what, by ?? attempts]);
    expect(told.sort()).toEqual([
      ...[['LoggedIn', null], ['LoggedIn', null], ['LoginFailed', 1], ['PasswordSet', 'self'], ['PasswordSet', 'staff']], // prettier-ignore
      ...[['SessionEnded', 'self'], ['UserCreated', null]], // prettier-ignore
    ]);
  });

  it('is read by administrators, and by nobody else', async () => {
    const [bob, eve] = [await app.ready(app.customer('bob')), await app.ready(app.customer('eve'))];
    const { entries } = await app.staff.read(`/v1/users/${bob.id}/security`);
    expect(entries.at(-1)).toMatchObject({ what: 'UserCreated' });
    expect(codeOf(await (await app.loggedIn(eve)).get(`/v1/users/${bob.id}/security`))).toEqual([403, 'auth.forbidden']);
    expect(codeOf(await app.staff.get(`/v1/users/${newId()}/security`))).toEqual([404, 'user.not-found']);
    expect(codeOf(await app.staff.get('/v1/me/security'))).toEqual([403, 'auth.forbidden']);
  });

  it('keeps the last hundred', async () => {
    const kim = await app.ready(app.customer('kim'));
    const browser = await app.loggedIn(kim);
    for (let i = 0; i < 100; i++)
      await app.command(async (ports, ctx) => {
        const { user } = await import('#identity/user.js');
        const noted = { way: 'password', attempts: i + 1, address: null, agent: null };
        await ports.commands.send(user, kim.id, 'noteFailure', noted, ctx);
      });
    const { entries } = await browser.read('/v1/me/security');
    expect([entries.length, entries[0].attempts, entries[99].attempts]).toEqual([100, 100, 1]);
    expect(await app.browser().login(kim.email, PASSWORD)).toMatchObject({ userId: kim.id });
  });
});
