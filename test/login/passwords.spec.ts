import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';

const GIVEN = 'a tin whistle for bees';
const NEXT = 'nine lamps beside a river';

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

describe('a password that was given by somebody else', () => {
  it('must be changed before anything else', async () => {
    const eve = await app.customer('eve');
    await app.staff.done(`/v1/users/${eve.id}/set-password`, { password: GIVEN });
    const browser = app.browser();
    expect(await browser.login(eve.email, GIVEN)).toMatchObject({ mustChangePassword: true });
    for (const path of ['/v1/me', '/v1/sessions', '/v1/licenses'])
      expect(codeOf(await browser.get(path))).toEqual([403, 'auth.password-change-due']);
    const before = browser.cookie();
    expect(await browser.done('/v1/me/password', { current: GIVEN, next: NEXT })).toMatchObject({ mustChangePassword: false });
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.get('/v1/me')).status).toBe(200);
    expect(codeOf(await app.browser().post('/v1/login', { email: eve.email, password: GIVEN }))).toEqual([401, 'login.failed']);
    expect(await app.browser().login(eve.email, NEXT)).toMatchObject({ mustChangePassword: false });
  });

  it('may still be left by logging out', async () => {
    const fay = await app.customer('fay');
    await app.staff.done(`/v1/users/${fay.id}/set-password`, { password: GIVEN });
    const browser = await app.loggedIn(fay, GIVEN);
    expect((await browser.post('/v1/logout')).status).toBe(204);
    expect(browser.cookie()).toBe('');
  });

  it('follows the policy, and stands in no event, log or idempotency record', async () => {
    const gil = await app.customer('gil');
    const set = (password: string) => app.staff.post(`/v1/users/${gil.id}/set-password`, { password });
    for (const [password, wanted] of [
      ['short', 'password.too-short'],
      ['x'.repeat(129), 'password.too-long'],
      ['gil@globex.example', 'password.too-easy'],
    ] as const)
      expect(codeOf(await set(password))).toEqual([422, wanted]);
    expect((await set(GIVEN)).status).toBe(200);
    const stored = await app.installation.events.readStream(`user-acme~${gil.id}`);
    expect(stored.map(({ type }) => type)).toEqual(['UserCreated', 'PasswordSet']);
    for (const text of [JSON.stringify(stored), app.logged.join('')]) expect(text).not.toMatch(/argon2|tin whistle/);
  });

  it('is set once by the same idempotency key', async () => {
    const hal = await app.customer('hal');
    const set = (password: string) =>
      app.staff.post(`/v1/users/${hal.id}/set-password`, { password }, { 'idempotency-key': 'hal' });
    expect((await set(GIVEN)).status).toBe(200);
    expect((await set(GIVEN)).headers.get('idempotency-replayed')).toBe('true');
    expect(codeOf(await set(NEXT))).toEqual([422, 'idempotency.key-reused']);
    expect((await app.browser().post('/v1/login', { email: hal.email, password: GIVEN })).status).toBe(200);
  });

  it('is neither given to nor taken from nobody', async () => {
    for (const verb of ['set-password', 'remove-password'])
      expect(
        codeOf(await app.staff.post(`/v1/users/${newId()}/${verb}`, verb === 'set-password' ? { password: GIVEN } : {})),
      ).toEqual([404, 'user.not-found']);
  });

  it('is taken: he does not log in by it, and his sessions end', async () => {
    const ivy = await app.ready(app.customer('ivy'));
    const browser = await app.loggedIn(ivy);
    await app.staff.done(`/v1/users/${ivy.id}/remove-password`);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect(codeOf(await app.browser().post('/v1/login', { email: ivy.email, password: PASSWORD }))).toEqual([
      401,
      'login.failed',
    ]);
    expect((await app.staff.post(`/v1/users/${ivy.id}/remove-password`)).status).toBe(200);
  });

  it('is given to an administrator only by one: support gives it to customers', async () => {
    const [support, boss, jim] = [
      await app.ready(app.person('support', 'staff', ['support'])),
      await app.ready(app.administrator('boss')),
      await app.customer('jim'),
    ];
    const browser = await app.loggedIn(support);
    const set = (id: string) => browser.post(`/v1/users/${id}/set-password`, { password: GIVEN });
    expect(codeOf(await set(boss.id))).toEqual([403, 'user.more-than-yours']);
    expect((await set(jim.id)).status).toBe(200);
    expect((await (await app.loggedIn(boss)).post(`/v1/users/${support.id}/set-password`, { password: GIVEN })).status).toBe(200);
  });
});

describe('changing your own password', () => {
  it('asks for the one you have, and for another one', async () => {
    const kay = await app.ready(app.customer('kay'));
    const browser = await app.loggedIn(kay);
    const change = (current: string, next: string) => browser.post('/v1/me/password', { current, next });
    expect(codeOf(await change('not the right one', NEXT))).toEqual([403, 'password.wrong']);
    expect(codeOf(await change(PASSWORD, PASSWORD))).toEqual([422, 'password.unchanged']);
    expect(codeOf(await change(PASSWORD, 'kay'))).toEqual([422, 'password.too-short']);
    expect((await browser.get('/v1/me')).status).toBe(200);
  });

  it('ends all other sessions and goes on in this one', async () => {
    const leo = await app.ready(app.customer('leo'));
    const [one, other] = [await app.loggedIn(leo), await app.loggedIn(leo)];
    await one.done('/v1/me/password', { current: PASSWORD, next: NEXT });
    expect((await one.get('/v1/me')).status).toBe(200);
    expect(codeOf(await other.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect((await one.read('/v1/sessions')).sessions).toHaveLength(1);
  });

  it('is for signed-in users alone', async () => {
    expect(codeOf(await app.staff.post('/v1/me/password', { current: 'x', next: 'y' }))).toEqual([403, 'auth.forbidden']);
  });
});
