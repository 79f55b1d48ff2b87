// Whoever puts a cookie into somebody's browser, or gets hold of one, gains nothing by it: with each login, and with each
// proof in between, the session gets a secret of its own.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newSecret } from '#identity/token-secret.js';
import type { Browser } from '../support/browser.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';
import { mailed } from '../support/mailed.js';

const INVITED = /invite#([0-9a-z]{26}\.[\w-]{22})/;
const RESET = /(klo_\w+)/;

let app: LoginApp;
let company: string;
let number = 0;
beforeAll(async () => {
  app = await openLoginApp({ publicUrl: 'http://localhost:8080' });
  company = (await app.staff.read('/v1/legal-entities')).data[0].id;
});
afterAll(() => app.close());

interface Way {
  readonly way: string;
  /** Makes somebody who can come in so, and answers how he does; it ends in a session in that browser. */
  prepare(): Promise<{ readonly id: string; enter(browser: Browser): Promise<unknown> }>;
}

const anybody = (): Promise<Known> => app.ready(app.customer(`person-${++number}`));

async function invited(): Promise<{ id: string; code: string }> {
  const n = ++number;
  const { id: organizationId } = await app.staff.done('/v1/organizations', {
    ...{ name: `Globex ${n}`, accountNumber: `F-${n}`, company },
  });
  const { id } = await app.staff.done('/v1/contacts', { name: 'Invited', email: `invited-${n}@globex.example`, organizationId });
  await app.staff.done('/v1/invitations', { kind: 'single', contactId: id, name: 'Welcome' });
  return { id: id as string, code: await mailed(app.staff, id as string, INVITED) };
}

const WAYS: readonly Way[] = [
  {
    way: 'a password',
    prepare: async () => {
      const { id, email } = await anybody();
      return { id, enter: (browser) => browser.login(email, PASSWORD) };
    },
  },
  {
    way: 'an invitation',
    prepare: async () => {
      const { id, code } = await invited();
      const redeem = { code, password: PASSWORD, confirm: true };
      return { id, enter: (browser) => browser.done('/v1/invitations/redeem', redeem) };
    },
  },
  {
    way: 'another password by mail, and that password',
    prepare: async () => {
      const { id, email } = await anybody();
      await app.browser().done('/v1/password-reset', { email });
      const code = await mailed(app.staff, id, RESET);
      const password = 'nine lamps beside a river';
      return {
        id,
        enter: async (browser) => {
          await browser.done('/v1/password-reset/redeem', { code, password });
          await browser.login(email, password);
        },
      };
    },
  },
];

const cookieOf = (secret: string) => `__Host-keyledger-acme=${secret}`;

describe('a login', () => {
  it.each(WAYS)('by $way never goes on in a session that was made up', async ({ prepare }) => {
    const { id, enter } = await prepare();
    const [browser, planted] = [app.browser(), newSecret('klu')];
    browser.plant(cookieOf(planted));
    await enter(browser);
    expect(browser.cookie()).not.toContain(planted);
    expect((await browser.read('/v1/me')).id).toBe(id);
    const attacker = app.browser();
    attacker.plant(cookieOf(planted));
    expect(codeOf(await attacker.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it.each(WAYS)('by $way never goes on in the session of somebody else, which ends', async ({ prepare }) => {
    const { id, enter } = await prepare();
    const attacker = await app.loggedIn(await anybody());
    const [browser, planted] = [app.browser(), attacker.cookie()];
    browser.plant(planted);
    await enter(browser);
    expect(browser.cookie()).not.toBe(planted);
    expect((await browser.read('/v1/me')).id).toBe(id);
    expect(codeOf(await attacker.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('again by the same person gets another secret, and the one before is worth nothing', async () => {
    const { email } = await anybody();
    const browser = app.browser();
    await browser.login(email, PASSWORD);
    const stolen = browser.cookie();
    await browser.login(email, PASSWORD);
    expect(browser.cookie()).not.toBe(stolen);
    const thief = app.browser();
    thief.plant(stolen);
    expect(codeOf(await thief.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });
});

describe('a session', () => {
  it('gets another secret with another password, and the one before is worth nothing', async () => {
    const browser = await app.loggedIn(await anybody());
    const stolen = browser.cookie();
    await browser.done('/v1/me/password', { current: PASSWORD, next: 'nine lamps beside a river' });
    expect((await browser.get('/v1/me')).status).toBe(200);
    expect(browser.cookie()).not.toBe(stolen);
    const thief = app.browser();
    thief.plant(stolen);
    expect(codeOf(await thief.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('is not made by a cookie of another vendor or of another name', async () => {
    const browser = await app.loggedIn(await anybody());
    const secret = browser.cookie().split('=')[1]!;
    for (const [name, tenant, code] of [
      ['__Host-keyledger-beta', 'beta', 'auth.session-ended'],
      ['keyledger-acme', 'acme', 'auth.required'],
      ['__Secure-keyledger-acme', 'acme', 'auth.required'],
    ] as const) {
      const other = app.browser(tenant);
      other.plant(`${name}=${secret}`);
      expect([name, ...codeOf(await other.get('/v1/me'))]).toEqual([name, 401, code]);
    }
  });
});
