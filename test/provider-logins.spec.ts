// Logging in by providers, from the login page and back, through the whole product: nobody makes an assertion by hand.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Said } from '#identity/testing/stand.js';
import { user } from '#identity/user.js';
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import { ProviderWorld, refusal, vouched, type Kind } from './support/provider-world.js';
import type { Traveller } from './support/traveller.js';

let world: ProviderWorld;
let app: ProviderWorld['app'];
let stands: ProviderWorld['stands'];
let ids: ProviderWorld['ids'];
beforeAll(async () => {
  world = await ProviderWorld.open();
  ({ app, stands, ids } = world);
}, 60_000);
afterAll(() => world.close());

const traveller = () => world.traveller();
const contact = () => world.contact();

describe('a first login', () => {
  it.each(['oidc', 'entra', 'google'] as const)('by %s makes the user of a contact whose address it proves', async (kind) => {
    const { id, email } = await contact();
    const person = traveller();
    const back = await person.login(ids[kind], stands[kind], vouched[kind](email), '/t/acme/licenses?page=2#top');
    expect([back.status, back.location]).toEqual([303, '/t/acme/licenses?page=2#top']);
    expect(await person.me()).toMatchObject({ kind: 'user', id });
    const again = traveller();
    expect(
      (await again.login(ids[kind], stands[kind], { ...vouched[kind](email), email: 'other@elsewhere.example' })).location,
    ).toBe('/t/acme/');
    expect(await again.me()).toMatchObject({ id });
  });

  it.each<[Kind, Said]>([
    ['oidc', { email_verified: false }],
    ['entra', { xms_edov: undefined }],
    ['google', { hd: 'other.example' }],
    ['facebook', {}],
  ])('by %s makes none where it does not vouch for the address', async (kind, unproven) => {
    const { id, email } = await contact();
    const back = await traveller().login(ids[kind], stands[kind], { ...vouched[kind](email), ...unproven });
    expect(back.location).toBe('/t/acme/?proof=code');
    expect(back.cookies.filter((cookie) => cookie.startsWith('__Host-keyledger-'))).toEqual([]);
    expect(await app.installation.executor.stateOf(user, 'acme', id)).toMatchObject({ kind: null, identities: [] });
  });

  it('is refused in the same words for every address that leads to nobody', async () => {
    const archived = await contact();
    await app.staff.done(`/v1/contacts/${archived.id}/archive`);
    const suspended = await contact();
    await app.staff.done(`/v1/contacts/${suspended.id}/suspend`, { reason: 'owes' });
    for (const email of ['stranger@nowhere.example', archived.email, suspended.email]) {
      const back = await traveller().login(ids.oidc, stands.oidc, vouched.oidc(email));
      expect([email, back.location]).toEqual([email, '/t/acme/?refused=login.no-account']);
    }
  });

  it('is refused where the vendor has switched it off, but not to those who are linked', async () => {
    const [old, fresh] = [await contact(), await contact()];
    await traveller().login(ids.oidc, stands.oidc, vouched.oidc(old.email));
    await app.staff.done('/v1/tenant/set-first-login', { on: false });
    try {
      const back = await traveller().login(ids.oidc, stands.oidc, vouched.oidc(fresh.email));
      expect(refusal(back.location)).toBe('login.no-account');
      const person = traveller();
      await person.login(ids.oidc, stands.oidc, vouched.oidc(old.email));
      expect(await person.me()).toMatchObject({ id: old.id });
    } finally {
      await app.staff.done('/v1/tenant/set-first-login', { on: true });
    }
  });

  it('never takes over a login that is there', async () => {
    const ada = await app.person('ada', 'customer', ['authorized-user']);
    const person = traveller();
    const back = await person.login(ids.google, stands.google, vouched.google(ada.email));
    expect(refusal(back.location)).toBe('login.link-first');
    expect(back.cookies.filter((cookie) => cookie.startsWith('__Host-keyledger-'))).toEqual([]);
    expect(person.jar.size).toBe(0);
  });
});

describe('an identity', () => {
  it('of one provider is nobody’s of another, though subject and issuer are the same', async () => {
    const { email } = await contact();
    const twin = await world.addProvider('oidc');
    await traveller().login(ids.oidc, stands.oidc, vouched.oidc(email));
    const back = await traveller().login(twin, stands.oidc, vouched.oidc(email));
    expect(refusal(back.location)).toBe('login.link-first');
  });

  it('opens nothing while its provider is switched off, or once its user is disabled', async () => {
    const { id, email } = await contact();
    const provider = await world.addProvider('oidc');
    await traveller().login(provider, stands.oidc, vouched.oidc(email));
    await app.staff.done(`/v1/login-providers/${provider}/disable`);
    await expect(traveller().setOut(provider)).rejects.toThrow('provider.not-found');
    await app.staff.done(`/v1/login-providers/${provider}/enable`);
    const by = rootContext('acme', 'operator', app.clock.instant, newCommandId());
    await app.installation.executor.execute(user, id, 'disable', { reason: null }, by);
    const back = await traveller().login(provider, stands.oidc, vouched.oidc(email));
    expect(refusal(back.location)).toBe('login.disabled');
  });
});

describe('linking', () => {
  /** Somebody who has just logged in by his provider. */
  async function loggedIn(): Promise<{ person: Traveller; id: string; email: string }> {
    const { id, email } = await contact();
    const person = traveller();
    await person.login(ids.oidc, stands.oidc, vouched.oidc(email));
    return { person, id, email };
  }

  async function link(person: Traveller, kind: Kind, said: Said) {
    const asked = await person.go('POST', '/v1/me/identities/link', { provider: ids[kind], returnTo: '/t/acme/profile' });
    return person.comeBack(ids[kind], await stands[kind].visit(asked.body.location as string, said));
  }

  it('adds a way in, which then leads to the same login, whatever its address', async () => {
    const { person, id } = await loggedIn();
    const said = { id: 'facebook-of-newcomer', email: 'private@elsewhere.example' };
    expect((await link(person, 'facebook', said)).location).toBe('/t/acme/profile');
    const other = traveller();
    await other.login(ids.facebook, stands.facebook, said);
    expect(await other.me()).toMatchObject({ kind: 'user', id });
    const { body } = await person.go('GET', '/v1/me/identities');
    expect(body.identities).toMatchObject([
      { provider: ids.oidc, kind: 'oidc', usable: true },
      { provider: ids.facebook, kind: 'facebook', usable: true },
    ]);
    expect(JSON.stringify(body)).not.toContain('facebook-of-newcomer');
  });

  it('is refused for an identity that is another’s', async () => {
    const [one, other] = [await loggedIn(), await loggedIn()];
    const said = { sub: `taken-${one.id}`, email: 'x@elsewhere.example', email_verified: true };
    await link(one.person, 'google', said);
    expect(refusal((await link(other.person, 'google', said)).location)).toBe('login-identity.taken');
  });

  it('wants a login of the last ten minutes', async () => {
    const { person } = await loggedIn();
    await app.pass(10 * 60_000 + 1);
    const asked = await person.go('POST', '/v1/me/identities/link', { provider: ids.google, returnTo: '/' });
    expect(asked.body).toMatchObject({ status: 403, code: 'auth.step-up-needed' });
    world.now();
  });

  it('cannot be begun by a page of another server', async () => {
    const { person } = await loggedIn();
    const body = { provider: ids.google, returnTo: '/' };
    const asked = await person.go('POST', '/v1/me/identities/link', body, { 'sec-fetch-site': 'cross-site' });
    expect(asked.body).toMatchObject({ status: 403, code: 'auth.cross-site' });
  });

  it('is undone, but for the last way in', async () => {
    const { person, id } = await loggedIn();
    const said = { id: `second-of-${id}` };
    await link(person, 'facebook', said);
    const list = async () => (await person.go('GET', '/v1/me/identities')).body.identities as { id: string }[];
    const [first, second] = await list();
    const unlink = (identity: string) => person.go('POST', `/v1/me/identities/${identity}/unlink`);
    expect((await unlink(second!.id)).status).toBe(200);
    expect((await traveller().login(ids.facebook, stands.facebook, said)).location).toBe('/t/acme/?proof=code');
    expect((await unlink(first!.id)).body).toMatchObject({ status: 409, code: 'identity.last-way-in' });
    expect((await unlink(second!.id)).body).toMatchObject({ status: 404, code: 'identity.not-found' });
    expect(await list()).toHaveLength(1);
  });

  it('does not count as another way in what leads through a provider that is switched off', async () => {
    const { person } = await loggedIn();
    const provider = await world.addProvider('google');
    const asked = await person.go('POST', '/v1/me/identities/link', { provider, returnTo: '/' });
    await person.comeBack(provider, await stands.google.visit(asked.body.location as string, { sub: 'dead', email: undefined }));
    await app.staff.done(`/v1/login-providers/${provider}/disable`);
    const [first] = (await person.go('GET', '/v1/me/identities')).body.identities as { id: string }[];
    expect((await person.go('POST', `/v1/me/identities/${first!.id}/unlink`)).body).toMatchObject({
      code: 'identity.last-way-in',
    });
  });
});
