import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#kernel/ids.js';
import { until } from '../support/until.js';
import type { Browser } from '../support/browser.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';
import { addApp, codeAt } from '../support/second-factor.js';
import { withApp } from '../support/with-app.js';

const MINUTE = 60_000;
const STEP = 30_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp({ trustProxy: ['127.0.0.1'] });
});
afterAll(() => app.close());

const now = () => Date.parse(app.clock.instant);

const enter = (browser: Browser, { email }: Known) => browser.post('/v1/login', { email, password: PASSWORD });

describe('a login with a second factor', () => {
  it('waits, without a session, until a code is given in the same browser', async () => {
    const { person, secret } = await withApp(app, 'ada');
    const browser = app.browser();
    const first = await enter(browser, person);
    expect([first.status, first.body]).toEqual([
      200,
      { next: 'factor', factors: ['recovery-codes', 'totp'], until: new Date(now() + 5 * MINUTE).toISOString() },
    ]);
    expect(first.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-pending-login=klo_\w+; Path=\/; Max-Age=300; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.required']);
    expect(codeOf(await app.browser().post('/v1/login/factor', { code: codeAt(secret, now()) }))).toEqual([
      401,
      'login.not-pending',
    ]);
    const second = await browser.post('/v1/login/factor', { code: codeAt(secret, now()) });
    expect(second.body).toMatchObject({ userId: person.id, kind: 'customer', due: null });
    expect(browser.cookie()).toMatch(/^__Host-keyledger-acme=klu_\w+$/);
    expect((await browser.read('/v1/me')).person.factors).toEqual(['password', 'totp']);
    const { entries } = await browser.read('/v1/me/security');
    expect(entries[0]).toMatchObject({ what: 'LoggedIn', factors: ['password', 'totp'] });
  });

  it('tells nothing of factors to who has not the password', async () => {
    const { person } = await withApp(app, 'bea');
    const answer = await app.browser().post('/v1/login', { email: person.email, password: 'not the right one' });
    expect([...codeOf(answer), answer.headers.getSetCookie()]).toEqual([401, 'login.failed', []]);
  });

  it('takes each code once, also of another login, and none of another time', async () => {
    const { person, secret } = await withApp(app, 'cid');
    const give = async (code: string) => {
      const browser = app.browser();
      await enter(browser, person);
      return codeOf(await browser.post('/v1/login/factor', { code }));
    };
    expect(await give(codeAt(secret, now() - 2 * STEP))).toEqual([401, 'login.factor-wrong']);
    expect(await give(codeAt(secret, now() + 2 * STEP))).toEqual([401, 'login.factor-wrong']);
    const code = codeAt(secret, now());
    expect(await give(code)).toEqual([200, undefined]);
    expect(await give(code)).toEqual([401, 'login.factor-wrong']);
    expect(await give(codeAt(secret, now() - STEP))).toEqual([401, 'login.factor-wrong']);
    expect(await give(codeAt(secret, now() + STEP))).toEqual([200, undefined]);
  });

  it('lets one in of two who come with the same code at once', async () => {
    const { person, secret } = await withApp(app, 'dot');
    const browsers = [app.browser(), app.browser()];
    for (const browser of browsers) await enter(browser, person);
    const code = codeAt(secret, now());
    const answers = await Promise.all(browsers.map((browser) => browser.post('/v1/login/factor', { code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('waits five minutes, and is used up once', async () => {
    const { person, secret } = await withApp(app, 'eli');
    const browser = app.browser();
    await enter(browser, person);
    const cookie = browser.cookie();
    await browser.done('/v1/login/factor', { code: codeAt(secret, now()) });
    browser.plant(`${cookie}; Path=/`);
    await app.pass(STEP);
    expect(codeOf(await browser.post('/v1/login/factor', { code: codeAt(secret, now()) }))).toEqual([401, 'login.not-pending']);
    const late = app.browser();
    await enter(late, person);
    await app.pass(5 * MINUTE);
    expect(codeOf(await late.post('/v1/login/factor', { code: codeAt(secret, now()) }))).toEqual([401, 'login.not-pending']);
  });

  it('is refused where he may not log in any more meanwhile', async () => {
    const { person, secret } = await withApp(app, 'fay');
    const browser = app.browser();
    await enter(browser, person);
    await app.staff.done(`/v1/users/${person.id}/disable`, {});
    expect(codeOf(await browser.post('/v1/login/factor', { code: codeAt(secret, now()) }))).toEqual([403, 'login.disabled']);
  });

  it('is not gone around by another password', async () => {
    const { person } = await withApp(app, 'gil');
    await app.staff.done(`/v1/users/${person.id}/set-password`, { password: 'a tin whistle for bees' });
    const answer = await app.browser().post('/v1/login', { email: person.email, password: 'a tin whistle for bees' });
    expect(answer.body.next).toBe('factor');
  });

  it('slows down who guesses codes, tells it, and keeps nobody from his other ways', async () => {
    const { person, secret, recoveryCodes } = await withApp(app, 'hal');
    const give = async (body: object, from: string) => {
      const browser = app.browser();
      await browser.post('/v1/login', { email: person.email, password: PASSWORD }, { 'x-forwarded-for': from });
      return codeOf(await browser.post('/v1/login/factor', body, { 'x-forwarded-for': from }));
    };
    const wrong = { code: codeAt(secret, now() + 10 * STEP) };
    for (let i = 0; i < 5; i++) expect(await give(wrong, '10.0.0.1')).toEqual([401, 'login.factor-wrong']);
    expect(await give({ code: codeAt(secret, now()) }, '10.0.0.1')).toEqual([429, 'login.throttled']);
    for (let i = 0; i < 15; i++) expect(await give(wrong, `10.1.0.${i}`)).toEqual([401, 'login.factor-wrong']);
    expect(await give({ code: codeAt(secret, now()) }, '10.2.0.1')).toEqual([429, 'login.throttled']);
    expect(await give({ recoveryCode: recoveryCodes[0] }, '10.2.0.1')).toEqual([200, undefined]);
    const mails = async () => (await app.staff.read(`/v1/outbox?contactId=${person.id}`)).data as { id: string }[];
    await until(async () => (await mails()).length === 2);
    const texts = await Promise.all(
      (await mails()).map(async ({ id }) => (await app.staff.read(`/v1/outbox/${id}`)).text as string),
    );
    expect(texts.sort()).toEqual([
      expect.stringContaining('9 of them are left'),
      expect.stringContaining('a wrong code was given twenty times'),
    ]);
    const { entries } = await app.staff.read(`/v1/users/${person.id}/security`);
    expect(entries).toContainEqual(expect.objectContaining({ what: 'LoginFailed', attempts: 1 }));
  });

  it('takes no form of another site', async () => {
    const answer = await app.browser().post('/v1/login/factor', { code: '123456' }, { 'sec-fetch-site': 'cross-site' });
    expect(codeOf(answer)).toEqual([403, 'auth.cross-site']);
  });
});

describe('an authenticator app', () => {
  it('counts once a code of it was given, and is told in the security history', async () => {
    const person = await app.ready(app.customer('ivy'));
    const browser = await app.loggedIn(person);
    expect(codeOf(await browser.post('/v1/me/factors/totp/confirm', { code: '123456' }))).toEqual([409, 'factor.not-begun']);
    const begun = await browser.done('/v1/me/factors/totp/begin');
    expect(begun.uri).toBe(
      `otpauth://totp/Acme:ivy%40globex.example?issuer=Acme&secret=${begun.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await app.browser().login(person.email, PASSWORD)).next).toBeUndefined();
    expect(codeOf(await browser.post('/v1/me/factors/totp/confirm', { code: codeAt(begun.secret, now() + 5 * STEP) }))).toEqual([
      403,
      'factor.wrong',
    ]);
    const before = browser.cookie();
    const added = await browser.done('/v1/me/factors/totp/confirm', { code: codeAt(begun.secret, now()), name: 'Phone' });
    expect(new Set(added.recoveryCodes).size).toBe(10);
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.read('/v1/me')).person.factors).toEqual(['password', 'totp']);
    expect((await browser.read('/v1/me/factors')).factors).toEqual([
      { id: added.factorId, kind: 'totp', name: 'Phone', addedAt: app.clock.instant, left: null, passkey: null },
      { id: expect.any(String), kind: 'recovery-codes', name: null, addedAt: app.clock.instant, left: 10, passkey: null },
    ]);
    const { entries } = await browser.read('/v1/me/security');
    expect(entries.slice(0, 2).map(({ what, factors }: Record<string, unknown>) => [what, factors])).toEqual([
      ['FactorAdded', ['recovery-codes']],
      ['FactorAdded', ['totp']],
    ]);
  });

  it('must be confirmed within ten minutes', async () => {
    const browser = await app.loggedIn(await app.ready(app.customer('jan')));
    const { secret } = await browser.done('/v1/me/factors/totp/begin');
    await app.pass(10 * MINUTE);
    expect(codeOf(await browser.post('/v1/me/factors/totp/confirm', { code: codeAt(secret, now()) }))).toEqual([
      409,
      'factor.not-begun',
    ]);
  });

  it('takes the place of the one before, and leaves the recovery codes', async () => {
    const { person, browser, secret, recoveryCodes } = await withApp(app, 'kay');
    const next = await addApp(browser, now());
    expect(next.recoveryCodes).toEqual([]);
    await app.pass(2 * STEP);
    const give = async (body: object) => {
      const other = app.browser();
      await enter(other, person);
      return (await other.post('/v1/login/factor', body)).status;
    };
    expect(await give({ code: codeAt(secret, now()) })).toBe(401);
    expect(await give({ code: codeAt(next.secret, now()) })).toBe(200);
    expect(await give({ recoveryCode: recoveryCodes[0] })).toBe(200);
  });

  it('is removed: the session goes on, the codes for its loss go too, and logins need one step', async () => {
    const { person, browser, factorId } = await withApp(app, 'liz');
    const other = await app.loggedIn(await app.ready(app.customer('other')));
    expect(codeOf(await other.post(`/v1/me/factors/${factorId}/remove`))).toEqual([404, 'factor.not-found']);
    await browser.done(`/v1/me/factors/${factorId}/remove`);
    expect((await browser.read('/v1/me/factors')).factors).toEqual([]);
    expect((await app.browser().login(person.email, PASSWORD)).due).toBeNull();
    expect(codeOf(await browser.post('/v1/me/factors/recovery-codes'))).toEqual([409, 'factor.none']);
  });

  it('keeps its secret in no event, and in no record in plain', async () => {
    const { person, secret } = await withApp(app, 'max');
    const stored = JSON.stringify(await app.installation.events.readStream(`user-acme~${person.id}`));
    const records = JSON.stringify(await app.installation.records.list('factor-secrets', app.clock.instant));
    expect(records).toContain(person.id);
    for (const text of [stored, records, app.logged.join('')]) expect(text).not.toContain(secret);
  });
});

describe('recovery codes', () => {
  it('are good once each, told by mail, and counted', async () => {
    const { person, browser, recoveryCodes } = await withApp(app, 'ned');
    const give = async (recoveryCode: string) => {
      const other = app.browser();
      await enter(other, person);
      return codeOf(await other.post('/v1/login/factor', { recoveryCode }));
    };
    const code = recoveryCodes[0]!;
    expect(code).toMatch(/^(?:[B-DF-HJ-NP-TV-XZ2-9]{4}-){5}[B-DF-HJ-NP-TV-XZ2-9]{4}$/);
    expect(await give(code.toLowerCase().replaceAll('-', ' '))).toEqual([200, undefined]);
    expect(await give(code)).toEqual([401, 'login.factor-wrong']);
    const codes = async () =>
      (await browser.read('/v1/me/factors')).factors.find(({ kind }: { kind: string }) => kind === 'recovery-codes');
    expect((await codes()).left).toBe(9);
  });

  it('are made anew: those before are good no more', async () => {
    const { person, browser, recoveryCodes } = await withApp(app, 'ole');
    const made = (await browser.done('/v1/me/factors/recovery-codes')).recoveryCodes as string[];
    const give = async (recoveryCode: string) => {
      const other = app.browser();
      await enter(other, person);
      return codeOf(await other.post('/v1/login/factor', { recoveryCode }));
    };
    expect(await give(recoveryCodes[0]!)).toEqual([401, 'login.factor-wrong']);
    expect(await give(made[0]!)).toEqual([200, undefined]);
  });
});

describe('taking the factors of somebody else', () => {
  it('ends his sessions; he logs in by his password', async () => {
    const { person, browser } = await withApp(app, 'pia');
    await app.staff.done(`/v1/users/${person.id}/reset-factors`);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect((await app.browser().login(person.email, PASSWORD)).due).toBeNull();
    const { entries } = await app.staff.read(`/v1/users/${person.id}/security`);
    expect(entries).toContainEqual(expect.objectContaining({ what: 'FactorRemoved', by: 'staff', factors: ['totp'] }));
  });

  it('is for who stands above him', async () => {
    const support = await app.loggedIn(await app.ready(app.person('support', 'staff', ['support'])));
    const boss = await app.ready(app.administrator('boss'));
    expect(codeOf(await support.post(`/v1/users/${boss.id}/reset-factors`))).toEqual([403, 'user.more-than-yours']);
    expect(codeOf(await app.staff.post(`/v1/users/${newId()}/reset-factors`))).toEqual([404, 'user.not-found']);
    const nobody = await app.customer('without-factors');
    expect((await app.staff.post(`/v1/users/${nobody.id}/reset-factors`)).status).toBe(200);
  });
});
