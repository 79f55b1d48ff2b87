import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { roles } from '#identity/roles.js';
import { user } from '#identity/user.js';
import { newId } from '#kernel/ids.js';
import { operatorCommand } from '#http/operator.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { operatorPorts } from '#installation/testing/operator-ports.js';
import { contact } from '#organizations/contact.js';
import { tenant } from '#tenants/tenant.js';
import { rawRequest } from '#http/testing/raw-request.js';
import type { RequestContext } from '#http/request-context.js';
import { browserOf } from '../support/browser.js';
import { clientOf } from '../support/client.js';
import { codeOf, openLoginApp, PASSWORD, type LoginApp, type Known } from '../support/login-app.js';
import { addApp } from '../support/second-factor.js';

const HOUR = 60 * 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp();
});
afterAll(() => app.close());

describe('logging in by a password', () => {
  it('begins a session that opens what the person may, as who he is', async () => {
    const ada = await app.ready(app.person('ada', 'staff', ['support']));
    const browser = app.browser();
    const answer = await browser.post('/v1/login', { email: ada.email, password: PASSWORD });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...{ userId: ada.id, kind: 'staff', sessionId: expect.any(String), mustChangePassword: false, due: null },
      endsAt: new Date(Date.parse(app.clock.instant) + 12 * HOUR).toISOString(),
    });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-keyledger-acme=klu_\w+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/),
    ]);
    const made = await app.staff.done('/v1/products', { name: 'Lamp', code: 'lamp' });
    expect((await browser.read(`/v1/products/${made.id}`)).name).toBe('Lamp');
    expect(codeOf(await browser.post('/v1/products', { name: 'Desk', code: 'desk' }))).toEqual([403, 'auth.forbidden']);
  });

  it('takes the address in any case, and no other tenant', async () => {
    const bea = await app.ready(app.customer('bea'));
    expect((await app.browser().post('/v1/login', { email: 'BEA@Globex.example', password: PASSWORD })).status).toBe(200);
    const elsewhere = await browserOf(app.url, 'beta').post('/v1/login', { email: bea.email, password: PASSWORD });
    expect(codeOf(elsewhere)).toEqual([401, 'login.failed']);
    const nowhere = await clientOf(app.url, { origin: app.url }).post('/v1/login', { email: bea.email, password: PASSWORD });
    expect(codeOf(nowhere)).toEqual([400, 'auth.tenant-required']);
    const byPath = await clientOf(app.url, { origin: app.url }).post('/t/acme/v1/login', {
      email: bea.email,
      password: PASSWORD,
    });
    expect(byPath.status).toBe(200);
    const inBody = await app.browser().post('/v1/login', { email: bea.email, password: PASSWORD, tenant: 'acme' });
    expect(codeOf(inBody)).toEqual([422, 'request.invalid']);
  });

  it('answers the same to a wrong password, an unknown address, a contact without a login and one without a password', async () => {
    const cid = await app.ready(app.customer('cid'));
    await app.customer('without-password');
    await app.command((ports, ctx) =>
      ports.commands.send(contact, newId(), 'add', { name: 'No', email: 'no-user@globex.example' }, ctx),
    );
    const answers = [];
    for (const email of [cid.email, 'nobody@globex.example', 'no-user@globex.example', 'without-password@globex.example']) {
      const { status, body, headers } = await app.browser().post('/v1/login', { email, password: 'not the right one' });
      const names = [...headers.keys()].filter((name) => name !== 'x-request-id');
      answers.push(JSON.stringify([status, { ...body, requestId: '' }, names]));
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('login.failed');
  });

  it.each<[string, string, (known: Known) => Promise<void>]>([
    [
      'login.disabled',
      'a disabled user',
      ({ id }) => app.command((ports, ctx) => ports.commands.send(user, id, 'disable', { reason: null }, ctx)),
    ],
    [
      'login.disabled',
      'a suspended contact',
      ({ id }) => app.command((ports, ctx) => ports.commands.send(contact, id, 'suspend', { reason: null }, ctx)),
    ],
    [
      'login.disabled',
      'an archived contact',
      ({ id }) => app.command((ports, ctx) => ports.commands.send(contact, id, 'archive', { reason: null, places: [] }, ctx)),
    ],
    [
      'login.no-role',
      'who has no role',
      ({ id }) => app.command((ports, ctx) => ports.commands.send(user, id, 'setRoles', { roles: [], held: [] }, ctx)),
    ],
  ])('refuses with %s %s, and ends his session at once', async (wanted, _, happen) => {
    const person = await app.ready(app.customer(`refused-${newId()}`));
    const browser = await app.loggedIn(person);
    expect((await browser.get('/v1/me')).status).toBe(200);
    await happen(person);
    expect(codeOf(await browser.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect(codeOf(await app.browser().post('/v1/login', { email: person.email, password: 'not the right one' }))[1]).toBe(
      'login.failed',
    );
    expect(codeOf(await app.browser().post('/v1/login', { email: person.email, password: PASSWORD }))).toEqual([403, wanted]);
  });

  it('refuses a user who was removed like somebody unknown', async () => {
    const person = await app.ready(app.customer('removed'));
    await app.command((ports, ctx) => ports.commands.send(user, person.id, 'remove', { reason: null, places: [] }, ctx));
    expect(codeOf(await app.browser().post('/v1/login', { email: person.email, password: PASSWORD }))).toEqual([
      401,
      'login.failed',
    ]);
  });

  it.each([
    ['off', 'login.off'],
    ['contacts', 'login.contacts-only'],
  ] as const)('refuses customers where the vendor lets in: %s', async (mode, wanted) => {
    const [member, staff] = [await app.ready(app.customer(`narrow-${mode}`)), await app.ready(app.administrator(`boss-${mode}`))];
    const [his, hers] = [await app.loggedIn(member), await app.loggedIn(staff)];
    await app.command((ports, ctx) => ports.commands.send(tenant, 'acme', 'setCustomerLogin', { mode }, ctx));
    expect(codeOf(await app.browser().post('/v1/login', { email: member.email, password: PASSWORD }))).toEqual([403, wanted]);
    expect(codeOf(await his.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
    expect((await hers.get('/v1/me')).status).toBe(200);
    await app.command((ports, ctx) => ports.commands.send(tenant, 'acme', 'setCustomerLogin', { mode: 'users' }, ctx));
    // What has ended does not come back.
    expect(codeOf(await his.get('/v1/me'))).toEqual([401, 'auth.session-ended']);
  });

  it('is refused over plain http from another machine, unless the operator allows it', async () => {
    const headers = { host: 'licenses.example.com', 'keyledger-tenant': 'acme', 'sec-fetch-site': 'same-origin' };
    const asked = { method: 'POST', path: '/v1/login', headers, body: { email: 'a@b.example', password: 'x' } };
    expect((await rawRequest(Number(new URL(app.url).port), asked)).json.code).toBe('login.insecure');
    const other = await openLoginApp({ insecureLogin: 'allow' });
    try {
      expect((await rawRequest(Number(new URL(other.url).port), asked)).json.code).toBe('login.failed');
    } finally {
      await other.close();
    }
  });
});

it('rights that are given to staff count in a session from the next request on', async () => {
  const yan = await app.ready(app.person('yan', 'staff', ['support']));
  const browser = await app.loggedIn(yan);
  const made = () => browser.post('/v1/products', { name: 'Desk', code: 'desk' });
  expect(codeOf(await made())).toEqual([403, 'auth.forbidden']);
  const held = BUILT_IN_ROLES.administrator.grants.map((grant) => ({ ...grant }));
  await app.command((ports, ctx) =>
    ports.commands.send(roles, 'acme', 'setStaffRoles', { userId: yan.id, roles: ['administrator'], held }, ctx),
  );
  expect(codeOf(await made())).toEqual([403, 'auth.factor-due']);
  await addApp(browser, Date.parse(app.clock.instant));
  expect((await made()).status).toBe(201);
});

it('whoever proves by another way who he is, and has no login, gets none', async () => {
  const ports = operatorPorts(app.installation);
  const transport = { address: '127.0.0.1', agent: null, transport: 'local', plainAllowed: false, ownAddress: null };
  const ctx = { ...operatorCommand(ports, 'acme'), tenant: 'acme', now: app.clock.instant, waitMs: 1_000, stale: false };
  const asked = { ...ctx, client: () => ({ ...transport, sessions: new Map() }) } as unknown as RequestContext;
  const proven = { userId: newId(), factors: ['google'], authenticatedAt: app.clock.instant };
  await expect(app.signIn.start(asked, proven)).rejects.toMatchObject({ code: 'login.no-user' });
});
