import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { Sessions, MOST_SESSIONS } from '#identity/sessions.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';

const MINUTE = 60_000;
const HOUR = 60 * 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

describe('a session', () => {
  it('ends without requests, and in any case', async () => {
    const mia = await app.ready(app.administrator('mia'));
    const browser = await app.loggedIn(mia);
    for (let i = 0; i < 24; i++) {
      await app.pass(29 * MINUTE);
      expect((await browser.get('/v1/me')).status).toBe(200);
    }
    await app.pass(29 * MINUTE); // 12 h 5 min after its beginning
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    const idle = await app.loggedIn(mia);
    await app.pass(30 * MINUTE);
    expect(codeOf(await idle.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('of a customer lasts longer', async () => {
    const ned = await app.ready(app.customer('ned'));
    const browser = await app.loggedIn(ned);
    for (let i = 0; i < 28; i++) {
      await app.pass(12 * HOUR - MINUTE);
      expect((await browser.get('/v1/me')).status).toBe(200);
    }
    await app.pass(HOUR);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('is written down at most once a minute', async () => {
    const ole = await app.ready(app.customer('ole'));
    const browser = await app.loggedIn(ole);
    const seen = async () => (await browser.read('/v1/sessions')).sessions[0].seenAt;
    const begun = app.clock.instant;
    await app.pass(MINUTE - 1);
    expect(await seen()).toBe(begun);
    await app.pass(1);
    await seen();
    expect(await seen()).toBe(app.clock.instant);
  });

  it('is another one after each login: one that was planted, or that was there, is of no use', async () => {
    const pia = await app.ready(app.customer('pia'));
    const attacker = await app.loggedIn(await app.ready(app.customer('attacker')));
    const browser = app.browser();
    browser.plant(attacker.cookie());
    await browser.login(pia.email, PASSWORD);
    expect(browser.cookie()).not.toBe(attacker.cookie());
    expect(codeOf(await attacker.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect((await browser.read('/v1/me')).id).toBe(pia.id);
    browser.plant('__Host-keyledger-acme=klu_chosen-by-somebody; Path=/');
    await browser.login(pia.email, PASSWORD);
    expect(browser.cookie()).not.toContain('chosen');
  });

  it('ends by logging out, with the cookie', async () => {
    const rex = await app.ready(app.customer('rex'));
    const browser = await app.loggedIn(rex);
    const stolen = browser.cookie();
    const left = await browser.post('/v1/logout');
    expect([left.status, browser.cookie()]).toEqual([204, '']);
    browser.plant(stolen);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('is listed for its user, and ended by him', async () => {
    const sam = await app.ready(app.customer('sam'));
    const first = await app.loggedIn(sam);
    await app.pass(MINUTE);
    const second = await app.loggedIn(sam);
    const { sessions } = await second.read('/v1/sessions');
    expect(sessions).toEqual([
      expect.objectContaining({ current: true, factors: ['password'], address: '127.0.0.1', agent: 'Test/1' }),
      expect.objectContaining({
        current: false,
        idleEndsAt: new Date(Date.parse(app.clock.instant) + 12 * HOUR - MINUTE).toISOString(),
      }),
    ]);
    await second.done(`/v1/sessions/${sessions[1].id}/end`);
    expect(codeOf(await first.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect(codeOf(await second.post(`/v1/sessions/${sessions[1].id}/end`))).toEqual([404, 'session.not-found']);
    await second.done(`/v1/sessions/${sessions[0].id}/end`);
    expect(second.cookie()).toBe('');
  });

  it('is not seen or ended by another user', async () => {
    const [tom, una] = [await app.ready(app.customer('tom')), await app.ready(app.customer('una'))];
    const [his, hers] = [await app.loggedIn(tom), await app.loggedIn(una)];
    const [{ id }] = (await his.read('/v1/sessions')).sessions;
    expect(codeOf(await hers.post(`/v1/sessions/${id}/end`))).toEqual([404, 'session.not-found']);
    expect(codeOf(await hers.get(`/v1/users/${tom.id}/sessions`))).toEqual([403, 'auth.forbidden']);
    expect((await his.get('/v1/me')).status).toBe(200);
  });

  it('is listed and ended by an administrator', async () => {
    const vic = await app.ready(app.customer('vic'));
    const browser = await app.loggedIn(vic);
    const { sessions } = await app.staff.read(`/v1/users/${vic.id}/sessions`);
    expect(sessions).toMatchObject([{ current: false, address: '127.0.0.1' }]);
    await app.staff.done(`/v1/users/${vic.id}/sessions/${sessions[0].id}/end`);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect(codeOf(await app.staff.post(`/v1/users/${vic.id}/sessions/${sessions[0].id}/end`))).toEqual([
      404,
      'session.not-found',
    ]);
    expect(codeOf(await app.staff.get(`/v1/users/${newId()}/sessions`))).toEqual([404, 'user.not-found']);
  });

  it('is one of at most 50 of a user: the oldest ends', async () => {
    const wes = await app.ready(app.customer('wes'));
    const { id } = wes;
    const life = { idle: HOUR, longest: HOUR };
    const sessions = new Sessions(app.installation.records, app.installation.keyring, { staff: life, customer: life });
    const about = {
      tenant: 'acme',
      userId: id,
      kind: 'customer' as const,
      factors: ['password'],
      place: { address: null, agent: null },
    };
    for (let i = 0; i < MOST_SESSIONS + 5; i++) {
      app.clock.pass(1);
      await sessions.begin({ ...about, authenticatedAt: app.clock.instant }, app.clock.instant);
    }
    const left = await sessions.ofUser('acme', id, app.clock.instant);
    expect(left).toHaveLength(MOST_SESSIONS);
    expect(left[0]!.startedAt).toBe(app.clock.instant);
  });

  it('does not show its secret to who reads the records', async () => {
    const xia = await app.ready(app.customer('xia'));
    const browser = await app.loggedIn(xia);
    const secret = browser.cookie().split('=')[1]!;
    const kept = await app.installation.records.list('sessions', app.clock.instant, { limit: 1_000 });
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(JSON.stringify(kept)).not.toContain('127.0.0.1');
    expect(app.logged.join('')).not.toContain(secret);
  });
});
