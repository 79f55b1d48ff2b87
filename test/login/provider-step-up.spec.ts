// Proving once more who one is, by the account of a provider that says when one did.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../support/login-app.js';
import { ProviderWorld, refusal, vouched } from '../support/provider-world.js';
import type { Traveller } from '../support/traveller.js';

const RETURN = '/t/acme/profile';
const MINUTE = 60_000;

let world: ProviderWorld;
let app: ProviderWorld['app'];
let ids: ProviderWorld['ids'];
beforeAll(async () => {
  world = await ProviderWorld.open();
  ({ app, ids } = world);
}, 60_000);
afterAll(() => world.close());

const seconds = () => Math.floor(Date.parse(app.clock.instant) / 1000);

/** Somebody who came by a provider eleven minutes ago. */
async function somebody(kind: 'oidc' | 'entra' | 'google' = 'oidc'): Promise<{ person: Traveller; id: string; email: string }> {
  world.now();
  const { id, email } = await world.contact();
  const person = world.traveller();
  await person.login(ids[kind], world.stands[kind], vouched[kind](email));
  await app.pass(11 * MINUTE);
  return { person, id, email };
}
const begin = (person: Traveller, provider: string) =>
  person.go('POST', '/v1/me/step-up/provider', { provider, returnTo: RETURN });
const link = (person: Traveller) => person.go('POST', '/v1/me/identities/link', { provider: ids.google, returnTo: RETURN });

async function stepUp(person: Traveller, email: string, said: object, kind: 'oidc' | 'entra' = 'oidc') {
  const { body } = await begin(person, ids[kind]);
  const answer = await world.stands[kind].visit(body.location as string, { ...vouched[kind](email), ...said });
  return { asked: new URL(body.location as string).searchParams, back: await person.comeBack(ids[kind], answer) };
}

describe('a session, by the account of a provider', () => {
  it.each(['oidc', 'entra'] as const)('goes on as of now under another secret: %s', async (kind) => {
    const { person, id, email } = await somebody(kind);
    expect((await link(person)).body).toMatchObject({ code: 'auth.step-up-needed' });
    const before = new Map(person.jar);
    const { asked, back } = await stepUp(person, email, { auth_time: seconds() }, kind);
    expect([asked.get('prompt'), asked.get('max_age'), back.location]).toEqual(['login', '0', RETURN]);
    expect(await person.me()).toMatchObject({ id, person: { authenticatedAt: app.clock.instant, factors: [kind] } });
    expect((await link(person)).status).toBe(200);
    const stolen = world.traveller();
    before.forEach((value, name) => stolen.jar.set(name, value));
    expect(await stolen.me()).toMatchObject({ status: 401 });
  });

  it('stays as it was where the provider does not say that he has just proved it', async () => {
    const { person, email } = await somebody();
    for (const said of [{ auth_time: undefined }, { auth_time: seconds() - 11 * 60 }]) {
      expect(refusal((await stepUp(person, email, said)).back.location)).toBe('login.not-fresh');
      expect((await link(person)).body).toMatchObject({ code: 'auth.step-up-needed' });
    }
  });

  it('is nobody else’s account, and no other session', async () => {
    const { person, email } = await somebody();
    const other = await somebody();
    const foreign = await stepUp(person, other.email, { auth_time: seconds() });
    expect(refusal(foreign.back.location)).toBe('login.identity-refused');
    const known = await app.ready(app.customer('somebody-else'));
    const { body } = await begin(person, ids.oidc);
    await person.go('POST', '/v1/login', { email: known.email, password: PASSWORD });
    const said = { ...vouched.oidc(email), auth_time: seconds() };
    const back = await person.comeBack(ids.oidc, await world.stands.oidc.visit(body.location as string, said));
    expect(refusal(back.location)).toBe('auth.session-ended');
    expect(await person.me()).toMatchObject({ id: known.id });
  });

  it('needs one that is linked, of a provider that says when', async () => {
    const { person } = await somebody('google');
    expect((await begin(person, ids.google)).body).toMatchObject({ status: 422, code: 'provider.no-step-up' });
    expect((await begin(person, ids.oidc)).body).toMatchObject({ status: 404, code: 'identity.not-found' });
  });
});
