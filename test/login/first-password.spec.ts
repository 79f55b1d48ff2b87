// Who logs in by a provider chooses a first password: by a mail, or in a session that he has just begun.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codeOf, type Known } from '../support/login-app.js';
import { mailed } from '../support/mailed.js';
import { ProviderWorld, vouched } from '../support/provider-world.js';
import type { Traveller } from '../support/traveller.js';

const CHOSEN = 'violet tram under rain';

let world: ProviderWorld;
let app: ProviderWorld['app'];
beforeAll(async () => {
  world = await ProviderWorld.open();
  ({ app } = world);
}, 60_000);
afterAll(() => world.close());

/** Somebody who has come by a provider, and has no password. */
async function byProvider(): Promise<{ person: Traveller; known: Known }> {
  const known = await world.contact();
  const person = world.traveller();
  await person.login(world.ids.oidc, world.stands.oidc, vouched.oidc(known.email));
  return { person, known };
}
const login = ({ email }: Known) => app.browser().post('/v1/login', { email, password: CHOSEN });
const choose = (person: Traveller, body: object) => person.go('POST', '/v1/me/password', body);

describe('a first password', () => {
  it('is chosen by the code of a mail', async () => {
    const { known } = await byProvider();
    expect((await app.browser().post('/v1/password-reset', { email: known.email })).status).toBe(202);
    const code = await mailed(app.staff, known.id, /(klo_\w+)/);
    expect((await app.browser().post('/v1/password-reset/redeem', { code, password: CHOSEN })).status).toBe(204);
    expect((await login(known)).status).toBe(200);
    const again = await app.browser().post('/v1/password-reset/redeem', { code, password: CHOSEN });
    expect(codeOf(again)).toEqual([422, 'password-reset.invalid']);
  });

  it('is chosen within ten minutes of the login, and ends the other sessions', async () => {
    const { person, known } = await byProvider();
    const other = world.traveller();
    await other.login(world.ids.oidc, world.stands.oidc, vouched.oidc(known.email));
    await app.pass(1);
    expect((await choose(person, { next: CHOSEN })).status).toBe(200);
    expect(await person.me()).toMatchObject({ id: known.id });
    expect(await other.me()).toMatchObject({ status: 401 });
    expect((await login(known)).status).toBe(200);
    world.now();
  });

  it('is not chosen later in the session', async () => {
    const { person } = await byProvider();
    await app.pass(10 * 60_000 + 1);
    expect((await choose(person, { next: CHOSEN })).body).toMatchObject({ status: 403, code: 'login.not-recent' });
    world.now();
  });

  it('is the first one only: who has one must know it', async () => {
    const { person } = await byProvider();
    expect((await choose(person, { current: CHOSEN, next: CHOSEN })).body).toMatchObject({ code: 'password.wrong' });
    await choose(person, { next: CHOSEN });
    const next = 'nine lamps beside a river';
    expect((await choose(person, { next })).body).toMatchObject({ status: 422, code: 'password.current-missing' });
    expect((await choose(person, { current: CHOSEN, next })).status).toBe(200);
  });
});
