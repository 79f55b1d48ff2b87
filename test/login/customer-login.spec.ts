// Which customers a vendor lets in, and what becomes of their sessions where it lets in fewer.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from '../support/browser.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';

const MODES = ['off', 'contacts', 'users'] as const;
type Mode = (typeof MODES)[number];
type Who = 'boss' | 'primary' | 'member';

let app: LoginApp;
let people: Record<Who, Known>;
beforeAll(async () => {
  app = await openLoginApp();
  const { id } = await app.staff.done('/v1/organizations', { name: 'Globex' });
  people = {
    boss: await app.ready(app.administrator('boss')),
    primary: await app.ready(app.customer('primary')),
    member: await app.ready(app.customer('member')),
  };
  for (const { id: contactId } of [people.primary, people.member])
    await app.staff.done(`/v1/organizations/${id}/members`, { contactId });
  await app.staff.done(`/v1/organizations/${id}/contacts/assign`, { place: 'primary', contactId: people.primary.id });
});
afterAll(() => app.close());

const set = async (mode: Mode) => {
  await app.pass(1_000);
  await app.staff.done('/v1/tenant/set-customer-login', { mode });
  await app.pass(1_000);
};
const LET_IN: Record<Mode, readonly Who[]> = {
  off: ['boss'],
  contacts: ['boss', 'primary'],
  users: ['boss', 'primary', 'member'],
};

describe('the vendor lets customers in', () => {
  it.each([
    ['off', 'primary', 'login.off'],
    ['off', 'member', 'login.off'],
    ['contacts', 'member', 'login.contacts-only'],
  ] as const)('%s: not %s', async (mode, who, code) => {
    await set(mode);
    const { email } = people[who];
    expect(codeOf(await app.browser().post('/v1/login', { email, password: PASSWORD }))).toEqual([403, code]);
  });

  it.each(MODES)('%s: whoever may', async (mode) => {
    await set(mode);
    for (const who of LET_IN[mode]) expect((await (await app.loggedIn(people[who])).get('/v1/me')).status).toBe(200);
  });
});

describe('sessions of those who may log in no more', () => {
  it.each([
    ['users', 'contacts', 'users'],
    ['users', 'off', 'users'],
    ['contacts', 'off', 'contacts'],
    ['contacts', 'off', 'users'],
  ] as const)('end for good, without a request meanwhile: from %s to %s, then %s', async (before, narrowed, after) => {
    await set(before);
    const sessions = new Map<Who, Browser>();
    for (const who of LET_IN[before]) sessions.set(who, await app.loggedIn(people[who]));
    await set(narrowed);
    await set(after);
    for (const [who, session] of sessions) {
      const left = LET_IN[narrowed].includes(who);
      const answer = await session.get('/v1/me');
      expect([who, answer.status, answer.body.code]).toEqual([who, ...(left ? [200, undefined] : [401, 'auth.session-ended'])]);
    }
    for (const who of LET_IN[before]) expect((await (await app.loggedIn(people[who])).get('/v1/me')).status).toBe(200);
  });
});
