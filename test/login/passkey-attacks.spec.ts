// What is tried with passkeys by who has none, or not the right one.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, openLoginApp, PASSWORD, type LoginApp } from '../support/login-app.js';
import { addPasskey, newDevice, ORIGIN, tryToAdd, tryToEnter, tryToUse } from '../support/passkey-holder.js';
import type { Lies } from '../support/soft-authenticator.js';
import { until } from '../support/until.js';

const MINUTE = 60_000;

let app: LoginApp;
beforeAll(async () => {
  app = await openLoginApp({ publicUrl: ORIGIN });
});
afterAll(() => app.close());

async function withPasskey(name: string) {
  const known = await app.ready(app.customer(name));
  const browser = await app.loggedIn(known);
  const device = newDevice();
  await addPasskey(browser, device);
  return { known, browser, device };
}

const refused = [401, 'login.passkey-refused'];
const lies: readonly (readonly [string, Lies, readonly unknown[]])[] = [
  ['used on a page of somebody else', { origin: 'https://keys.example.com.evil.example' }, [403, 'passkey.foreign-page']],
  ['used on our page over plain http', { origin: 'http://keys.example.com' }, [403, 'passkey.foreign-page']],
  ['used within a page of somebody else', { crossOrigin: true }, [403, 'passkey.foreign-page']],
  ['made for another host', { rpId: 'evil.example' }, refused],
  ['used without making sure who holds it', { verified: false }, [403, 'passkey.user-unverified']],
  ['used without anybody there', { present: false }, refused],
  ['with another signature', { tampered: true }, refused],
  ['that signed to be added', { type: 'webauthn.create' }, refused],
  ['that nobody here has', { id: 'AAAA' }, refused],
  ['that names nobody', { userHandle: null }, refused],
  ['that names somebody of another vendor', { userHandle: Buffer.from('globex/x').toString('base64url') }, refused],
  ['that signed what nobody asked for', { challenge: 'A'.repeat(43) }, [409, 'passkey.not-begun']],
];

describe('a login by a passkey', () => {
  let device: Awaited<ReturnType<typeof withPasskey>>['device'];
  beforeAll(async () => {
    ({ device } = await withPasskey('mia'));
  });

  it.each(lies)('%s is refused', async (_, lie, wanted) => {
    const browser = app.browser();
    expect(codeOf(await tryToEnter(browser, device, lie))).toEqual(wanted);
    expect(browser.cookie()).not.toContain('keyledger-acme');
    await app.pass(16 * MINUTE);
    expect((await tryToEnter(app.browser(), device)).status).toBe(200);
  });

  it('that cannot be read is refused', async () => {
    const browser = app.browser();
    const { publicKey } = await browser.done('/v1/login/passkey/options');
    const { response, ...credential } = device.get(publicKey);
    const send = (part: object) =>
      browser.post('/v1/login/passkey', { credential: { ...credential, response: { ...response, ...part } } });
    expect(codeOf(await send({ clientDataJSON: 'bnVsbA' }))).toEqual([409, 'passkey.not-begun']);
    expect(codeOf(await send({ authenticatorData: 'AAAA' }))).toEqual([422, 'passkey.unusable']);
    expect(codeOf(await send({ signature: '!' }))).toEqual([422, 'request.invalid']);
  });

  it('is not taken twice, nor later than after five minutes', async () => {
    const browser = app.browser();
    const { publicKey } = await browser.done('/v1/login/passkey/options');
    const credential = device.get(publicKey);
    expect((await browser.post('/v1/login/passkey', { credential })).status).toBe(200);
    expect(codeOf(await browser.post('/v1/login/passkey', { credential }))).toEqual([409, 'passkey.not-begun']);
    const late = await browser.done('/v1/login/passkey/options');
    await app.pass(5 * MINUTE);
    const sent = await browser.post('/v1/login/passkey', { credential: device.get(late.publicKey) });
    expect(codeOf(sent)).toEqual([409, 'passkey.not-begun']);
  });

  it('is of the browser and of the vendor that it was begun with', async () => {
    const [browser, other] = [app.browser(), app.browser()];
    const { publicKey } = await browser.done('/v1/login/passkey/options');
    const credential = device.get(publicKey);
    const sent = async (by: typeof browser, headers?: Record<string, string>) =>
      codeOf(await by.post('/v1/login/passkey', { credential }, headers));
    expect(await sent(other)).toEqual([409, 'passkey.not-begun']);
    await other.done('/v1/login/passkey/options');
    expect(await sent(other)).toEqual([409, 'passkey.not-begun']);
    expect(await sent(browser, { 'keyledger-tenant': 'globex' })).toEqual([409, 'passkey.not-begun']);
    expect(await sent(browser, { 'sec-fetch-site': 'cross-site' })).toEqual([403, 'auth.cross-site']);
    // Whoever had no right to it did not use it up.
    expect((await sent(browser))[0]).toBe(200);
  });

  it('is held up after some failures, without holding up the password', async () => {
    const nia = await withPasskey('nia');
    for (let i = 0; i < 5; i++) expect(codeOf(await tryToEnter(app.browser(), nia.device, { tampered: true }))).toEqual(refused);
    expect(codeOf(await tryToEnter(app.browser(), nia.device))).toEqual([429, 'login.throttled']);
    const first = await app.browser().post('/v1/login', { email: nia.known.email, password: PASSWORD });
    expect(first.status).toBe(200);
    const told = async () => (await nia.browser.read('/v1/me/security')).entries.map(({ what }: { what: string }) => what);
    await until(async () => (await told()).includes('LoginFailed'));
  });

  it('that counts backwards is refused and told: there may be a copy', async () => {
    const ole = await withPasskey('ole');
    const copy = ole.device.copy();
    expect((await tryToEnter(app.browser(), ole.device)).status).toBe(200);
    expect(codeOf(await tryToEnter(app.browser(), copy))).toEqual([403, 'passkey.counted-back']);
    const [latest] = (await ole.browser.read('/v1/me/security')).entries;
    expect(latest).toMatchObject({ what: 'FactorDoubted', factors: ['passkey'], address: '127.0.0.1' });
    // Nobody is made suspect by who cannot sign.
    expect(codeOf(await tryToEnter(app.browser(), copy, { tampered: true, counter: 0 }))).toEqual(refused);
    const { entries } = await ole.browser.read('/v1/me/security');
    expect(entries.filter(({ what }: { what: string }) => what === 'FactorDoubted')).toHaveLength(1);
  });
});

describe('a passkey that is added', () => {
  it.each<[string, Lies, readonly unknown[]]>([
    ['on a page of somebody else', { origin: 'https://evil.example' }, [403, 'passkey.foreign-page']],
    ['for another host', { rpId: 'evil.example' }, [422, 'passkey.unusable']],
    ['without making sure who holds it', { verified: false }, [403, 'passkey.user-unverified']],
    ['as if it were used', { type: 'webauthn.get' }, [422, 'passkey.unusable']],
    ['for what nobody asked', { challenge: 'B'.repeat(43) }, [409, 'passkey.not-begun']],
  ])('%s is refused', async (what, lie, wanted) => {
    const known = await app.ready(app.customer(`add-${what.replaceAll(' ', '-')}`));
    const browser = await app.loggedIn(known);
    expect(codeOf(await tryToAdd(browser, newDevice(), lie))).toEqual(wanted);
    expect((await browser.read('/v1/me/factors')).factors).toEqual([]);
  });

  it('says nothing of who made the device, whatever it says', async () => {
    const pia = await app.ready(app.customer('pia'));
    const x5c = new Map<string, unknown>([['x5c', [new Uint8Array([1, 2, 3])]]]);
    expect((await tryToAdd(await app.loggedIn(pia), newDevice(), { attestation: ['packed', x5c] })).status).toBe(200);
  });

  it('is of the session that began, and counts once', async () => {
    const [rik, sam] = [await app.ready(app.customer('rik')), await app.ready(app.customer('sam'))];
    const [browser, again, stranger] = [await app.loggedIn(rik), await app.loggedIn(rik), await app.loggedIn(sam)];
    const { publicKey } = await browser.done('/v1/me/passkeys/options');
    const body = { credential: newDevice().create(publicKey) };
    for (const by of [stranger, again])
      expect(codeOf(await by.post('/v1/me/passkeys', body))).toEqual([409, 'passkey.not-begun']);
    expect((await browser.post('/v1/me/passkeys', body)).status).toBe(200);
    expect(codeOf(await browser.post('/v1/me/passkeys', body))).toEqual([409, 'passkey.not-begun']);
  });

  it('does not take the place of one that is there', async () => {
    const { browser, device } = await withPasskey('tom');
    const { publicKey } = await browser.done('/v1/me/passkeys/options');
    const [{ id }] = publicKey.excludeCredentials;
    const other = await browser.post('/v1/me/passkeys', { credential: newDevice().create(publicKey, { id }) });
    expect(codeOf(other)).toEqual([409, 'passkey.exists']);
    expect((await tryToEnter(app.browser(), device)).status).toBe(200);
  });
});

describe('the passkey of somebody else', () => {
  it('is no second step, and proves nothing in a session', async () => {
    const [uma, vic] = [await withPasskey('uma'), await withPasskey('vic')];
    const browser = app.browser();
    await browser.post('/v1/login', { email: uma.known.email, password: PASSWORD });
    const { publicKey } = await browser.done('/v1/login/factor/passkey/options');
    const other = { ...publicKey, allowCredentials: [] };
    const sent = await browser.post('/v1/login/factor/passkey', { credential: vic.device.get(other) });
    expect(codeOf(sent)).toEqual(refused);
    const begun = await uma.browser.done('/v1/me/step-up/passkey/options');
    const credential = vic.device.get({ ...begun.publicKey, allowCredentials: [] }, { userHandle: null });
    expect(codeOf(await uma.browser.post('/v1/me/step-up/passkey', { credential }))).toEqual([403, 'passkey.refused']);
  });

  it('does not come in by the challenge of another step', async () => {
    const { known, browser, device } = await withPasskey('wim');
    const { publicKey } = await browser.done('/v1/me/step-up/passkey/options');
    const elsewhere = app.browser();
    await elsewhere.done('/v1/login/passkey/options');
    const sent = await elsewhere.post('/v1/login/passkey', { credential: device.get(publicKey) });
    expect(codeOf(sent)).toEqual([409, 'passkey.not-begun']);
    await elsewhere.post('/v1/login', { email: known.email, password: PASSWORD });
    expect(codeOf(await tryToUse(elsewhere, '/v1/login/factor/passkey', device, { origin: 'https://evil.example' }))).toEqual([
      403,
      'passkey.foreign-page',
    ]);
  });
});
