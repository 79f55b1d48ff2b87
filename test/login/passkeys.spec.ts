// Passkeys: added, used to log in, as a second step and to prove anew who one is, and removed.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '#http/testing/raw-request.js';
import { user } from '#identity/user.js';
import { newId } from '#kernel/ids.js';
import { codeOf, openLoginApp, PASSWORD, type Known, type LoginApp } from '../support/login-app.js';
import { addPasskey, HOST, newDevice, ORIGIN, tryToEnter, tryToUse } from '../support/passkey-holder.js';

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp({ publicUrl: ORIGIN, baseDomain: HOST });
});
afterAll(() => app.close());

async function withPasskey(name: string, device = newDevice()) {
  const known = await app.ready(app.customer(name));
  const browser = await app.loggedIn(known);
  const added = await addPasskey(browser, device);
  return { known, browser, device, added };
}

async function eventsOf({ id }: Known) {
  return (await app.installation.events.readStream(`user-acme~${id}`)).map(({ type }) => type);
}

describe('a passkey', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('with a key of %s opens a login by itself', async (algorithm) => {
    const { known, device, added } = await withPasskey(`by-${algorithm.toLowerCase()}`, newDevice(algorithm));
    expect(added.recoveryCodes).toHaveLength(10);
    const browser = app.browser();
    const entered = await tryToEnter(browser, device);
    expect(entered.body).toMatchObject({ userId: known.id, kind: 'customer', due: null });
    expect((await browser.read('/v1/me')).person).toMatchObject({ factors: ['passkey'] });
    const [latest] = (await browser.read('/v1/me/security')).entries;
    expect(latest).toMatchObject({ what: 'LoggedIn', factors: ['passkey'] });
  });

  it('is asked for without naming anybody, and made for one person of one vendor at one host', async () => {
    const ada = await app.ready(app.customer('ada'));
    const browser = await app.loggedIn(ada);
    const { publicKey } = await browser.done('/v1/me/passkeys/options');
    expect(publicKey).toMatchObject({
      rp: { id: HOST, name: 'Acme' },
      user: { name: ada.email, displayName: 'ada', id: Buffer.from(`acme/${ada.id}`).toString('base64url') },
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
    });
    const asked = await app.browser().done('/v1/login/passkey/options');
    expect(asked.publicKey).toMatchObject({ rpId: HOST, allowCredentials: [], userVerification: 'required' });
    expect(asked.publicKey.challenge).toMatch(/^[\w-]{43}$/);
  });

  it('is one of several, each with a name, and is excluded from being made twice', async () => {
    const { known, browser, device, added } = await withPasskey('ben');
    expect(await eventsOf(known)).toEqual(expect.arrayContaining(['FactorAdded']));
    await expect(addPasskey(browser, device)).rejects.toThrow('excluded');
    const second = newDevice('EdDSA', false);
    expect((await addPasskey(browser, second)).recoveryCodes).toBeNull();
    await browser.done(`/v1/me/factors/${added.factorId}/rename`, { name: 'In the drawer' });
    const { factors } = await browser.read('/v1/me/factors');
    expect(factors).toMatchObject([
      { id: added.factorId, kind: 'passkey', name: 'In the drawer', passkey: { usedAt: null, synced: false, host: HOST } },
      { kind: 'recovery-codes', passkey: null },
      { kind: 'passkey', name: 'Key', passkey: { synced: true } },
    ]);
    await tryToEnter(app.browser(), second);
    const { factors: used } = await browser.read('/v1/me/factors');
    expect(used[2].passkey.usedAt).toBe(app.clock.instant);
    expect(codeOf(await browser.post('/v1/me/factors/not-mine/rename', { name: 'x' }))).toEqual([404, 'factor.not-found']);
  });

  it('once removed opens nothing; the last way in is not removed', async () => {
    const { known, browser, device, added } = await withPasskey('cas');
    await browser.done(`/v1/me/factors/${added.factorId}/remove`);
    expect(codeOf(await tryToEnter(app.browser(), device))).toEqual([401, 'login.passkey-refused']);
    const { factorId } = await addPasskey(browser, newDevice());
    await app.staff.done(`/v1/users/${known.id}/remove-password`);
    const again = app.browser();
    expect(codeOf(await tryToEnter(again, device))).toEqual([401, 'login.passkey-refused']);
    const [own, other] = [newDevice(), newDevice()];
    await app.staff.done(`/v1/users/${known.id}/set-password`, { password: PASSWORD });
    await app.staff.done(`/v1/users/${known.id}/reset-factors`);
    const back = await app.loggedIn(known);
    await back.done('/v1/me/password', { current: PASSWORD, next: 'nine lamps beside a river' });
    await addPasskey(back, own);
    await app.staff.done(`/v1/users/${known.id}/remove-password`);
    const alone = app.browser();
    expect((await tryToEnter(alone, own)).status).toBe(200);
    const [{ id: last }] = (await alone.read('/v1/me/factors')).factors;
    expect(last).not.toBe(factorId);
    expect(codeOf(await alone.post(`/v1/me/factors/${last}/remove`))).toEqual([409, 'factor.last-way-in']);
    await addPasskey(alone, other);
    expect((await alone.post(`/v1/me/factors/${last}/remove`)).status).toBe(200);
  });

  it('is a way in, so that the last account of a provider may be unlinked', async () => {
    const { known, device } = await withPasskey('dan');
    const identity = { provider: newId(), issuer: 'https://id.example', subject: 's-1' };
    await app.command((ports, ctx) => ports.commands.send(user, known.id, 'linkIdentity', { identity, sub: null }, ctx));
    await app.staff.done(`/v1/users/${known.id}/remove-password`);
    const browser = app.browser();
    await tryToEnter(browser, device);
    const { identities } = await browser.read('/v1/me/identities');
    expect((await browser.post(`/v1/me/identities/${identities[0].id}/unlink`)).status).toBe(200);
  });

  it('lets in whom the vendor lets in, and says why not only to who has proved who he is', async () => {
    const { known, device } = await withPasskey('eli');
    await app.staff.done('/v1/tenant/set-customer-login', { mode: 'off' });
    expect(codeOf(await tryToEnter(app.browser(), device))).toEqual([403, 'login.off']);
    expect(codeOf(await tryToEnter(app.browser(), device, { tampered: true }))).toEqual([401, 'login.passkey-refused']);
    await app.staff.done('/v1/tenant/set-customer-login', { mode: 'contacts' });
    expect(codeOf(await tryToEnter(app.browser(), device))).toEqual([403, 'login.contacts-only']);
    await app.staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
    await app.staff.done(`/v1/users/${known.id}/disable`);
    expect(codeOf(await tryToEnter(app.browser(), device))).toEqual([403, 'login.disabled']);
    await app.staff.done(`/v1/users/${known.id}/enable`);
    expect((await tryToEnter(app.browser(), device)).status).toBe(200);
  });

  it('is the second step after a password, and no other step follows it', async () => {
    const { known, device } = await withPasskey('fay');
    const browser = app.browser();
    const first = await browser.done('/v1/login', { email: known.email, password: PASSWORD });
    expect(first).toMatchObject({ next: 'factor', factors: ['passkey', 'recovery-codes'] });
    const asked = await browser.done('/v1/login/factor/passkey/options');
    expect(asked.publicKey.allowCredentials).toHaveLength(1);
    const done = await tryToUse(browser, '/v1/login/factor/passkey', device);
    expect(done.body).toMatchObject({ userId: known.id, due: null });
    expect((await browser.read('/v1/me')).person.factors).toEqual(['password', 'passkey']);
    expect(codeOf(await browser.post('/v1/login/factor/passkey/options'))).toEqual([401, 'login.not-pending']);
  });

  it('proves anew who one is', async () => {
    const { browser, device } = await withPasskey('gil');
    await app.pass(60_000);
    const before = browser.cookie();
    const done = await tryToUse(browser, '/v1/me/step-up/passkey', device);
    expect(done.body).toMatchObject({ authenticatedAt: app.clock.instant, factors: ['password', 'passkey'] });
    expect(browser.cookie()).not.toBe(before);
    const stranger = await withPasskey('hal');
    expect(codeOf(await tryToUse(stranger.browser, '/v1/me/step-up/passkey', stranger.device, { tampered: true }))).toEqual([
      403,
      'passkey.refused',
    ]);
  });

  it('is the factor that an administrator must have', async () => {
    const ida = await app.ready(app.administrator('ida'));
    const device = newDevice();
    await addPasskey(await app.loggedIn(ida), device);
    expect((await tryToEnter(app.browser(), device)).body).toMatchObject({ kind: 'staff', due: null });
  });

  it('goes with the person who is erased', async () => {
    const { known, device } = await withPasskey('joe');
    await app.staff.done(`/v1/contacts/${known.id}/erase`);
    expect((await tryToEnter(app.browser(), device)).status).toBe(401);
  });
});

describe('where passkeys can be used', () => {
  const send = (method: string, path: string, host: string) =>
    rawRequest(Number(new URL(app.url).port), {
      method,
      path,
      headers: { host, 'keyledger-tenant': 'acme', 'sec-fetch-site': 'same-origin' },
      body: method === 'POST' ? {} : undefined,
    });

  it('is told to login pages', async () => {
    expect(await app.browser().read('/v1/login')).toMatchObject({ passkey: true });
    expect((await send('GET', '/v1/login', 'plain.example')).json).toMatchObject({ passkey: false });
  });

  it("is a vendor's own host where he has one", async () => {
    const own = await send('POST', '/v1/login/passkey/options', `acme.${HOST}`);
    expect(own.json).toMatchObject({ publicKey: { rpId: `acme.${HOST}` } });
  });

  it('is nowhere where the server has no name', async () => {
    const nameless = await openLoginApp();
    try {
      const browser = nameless.browser();
      expect(await browser.read('/v1/login')).toMatchObject({ passkey: false });
      expect(codeOf(await browser.post('/v1/login/passkey/options'))).toEqual([503, 'passkey.no-address']);
    } finally {
      await nameless.close();
    }
  });
});
