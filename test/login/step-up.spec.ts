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

interface Operation {
  readonly 'x-permission'?: string;
  readonly 'x-step-up'?: boolean;
  readonly parameters?: readonly { readonly $ref?: string }[];
}

/** Rights that do much harm in wrong hands: whatever is done by them asks who has proved lately who he is. */
const RISKY = ['license.revoke', 'role.manage', 'login.manage', 'person.erase', 'user.reset-password'];
/** What else asks for it. */
const OTHERS = [
  'POST /v1/tokens',
  'POST /v1/users',
  'POST /v1/users/{id}/set-roles',
  'POST /v1/contacts/{id}/set-email',
  'POST /v1/organizations/{id}/contacts/assign',
  'POST /v1/organizations/{id}/members/{contactId}/set-roles',
  'POST /v1/policies/{id}/versions/{version}/migrate',
  'POST /v1/me/tokens',
  'POST /v1/me/email',
  'POST /v1/me/identities/link',
  'POST /v1/me/factors/totp/begin',
  'POST /v1/me/passkeys/options',
  'POST /v1/me/factors/recovery-codes',
  'POST /v1/me/factors/{factorId}/remove',
];

describe('what does much harm in wrong hands', () => {
  const operations = async () => {
    const { paths } = await app.staff.read('/openapi.json');
    return Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, path, ...operation })),
    );
  };
  const isCommand = ({ parameters = [] }: Operation) => parameters.some(({ $ref }) => $ref?.endsWith('/IdempotencyKey'));

  it('is marked so: by its right, or by itself', async () => {
    const all = await operations();
    const byRight = all.filter((each) => isCommand(each) && RISKY.includes(each['x-permission'] ?? '')).map(({ route }) => route);
    const marked = all.filter((each) => each['x-step-up']).map(({ route }) => route);
    expect(byRight.length).toBeGreaterThan(15);
    expect(marked).toEqual(expect.arrayContaining([...byRight, ...OTHERS]));
  });

  it('is refused in a session whose user proved who he is too long ago, by every such route, and not after he has anew', async () => {
    const boss = await app.ready(app.administrator('boss'));
    const browser = await app.loggedIn(boss);
    await app.pass(10 * MINUTE);
    const risky = (await operations()).filter((each) => each['x-step-up']);
    const codes = async () => {
      const said: unknown[] = [];
      for (const { path } of risky) {
        const { status, body } = await browser.post(path.replace(/\{\w+\}/g, boss.id), { surprise: 1 });
        said.push([path, status, body.code, body.ways]);
      }
      return said;
    };
    const open = (await codes()) as [string, number, string][];
    expect(open.filter(([, , code]) => code === 'auth.step-up-needed')).toEqual([]);
    await app.pass(1);
    const ways = ['password', 'totp', 'recovery-codes'];
    expect(await codes()).toEqual(risky.map(({ path }) => [path, 403, 'auth.step-up-needed', ways]));
    await browser.done('/v1/me/step-up', { password: PASSWORD });
    expect(await codes()).toEqual(open.map((each) => [...each]));
  });

  it('is not asked of a token, nor of who may not do it at all, and anything else goes on', async () => {
    const { browser } = await withApp(app, 'xia');
    await app.pass(11 * MINUTE);
    expect((await app.staff.post('/v1/roles', { role: 'buyer', kind: 'customer', title: 'Buyer', grants: [] })).status).toBe(201);
    expect(codeOf(await browser.post('/v1/tokens', { name: 'x', role: 'support' }))).toEqual([403, 'auth.forbidden']);
    expect((await browser.get('/v1/me')).status).toBe(200);
    expect(codeOf(await browser.post('/v1/me/factors/recovery-codes'))).toEqual([403, 'auth.step-up-needed']);
  });
});
