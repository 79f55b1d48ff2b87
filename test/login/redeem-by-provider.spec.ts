// Invitations that are redeemed by the account of a provider, which proves who somebody is in the place of a password.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Said } from '#identity/testing/stand.js';
import { user } from '#identity/user.js';
import { INVITED, invitedCustomer, MAILBOX, type InvitedCustomer } from '../support/invited.js';
import { PASSWORD } from '../support/login-app.js';
import { mailed } from '../support/mailed.js';
import { ProviderWorld, refusal, vouched, type Kind } from '../support/provider-world.js';
import type { Traveller } from '../support/traveller.js';

let world: ProviderWorld;
let app: ProviderWorld['app'];
let ids: ProviderWorld['ids'];
let them: InvitedCustomer;
beforeAll(async () => {
  world = await ProviderWorld.open();
  ({ app, ids } = world);
}, 60_000);
afterAll(() => world.close());

const RETURN = '/t/acme/welcome';

/** Invites somebody; answers the code, from the mail or from the answer. */
async function invited(body: object): Promise<string> {
  const { code } = await app.staff.done('/v1/invitations', { name: 'Welcome', ...body });
  return code ?? (await mailed(app.staff, them.ada, INVITED));
}

const begin = (person: Traveller, kind: Kind, body: object) =>
  person.go('POST', '/v1/invitations/redeem-by-provider', { provider: ids[kind], returnTo: RETURN, ...body });

/** Where the browser is at last; null as query where it was let in. */
async function redeem(person: Traveller, kind: Kind, said: Said, body: object): Promise<string | null> {
  const { body: answer } = await begin(person, kind, body);
  const back = await person.comeBack(ids[kind], await world.stands[kind].visit(answer.location as string, said));
  expect(back.location!.split('?')[0]).toBe(RETURN);
  return refusal(back.location);
}

const loginOf = (id: string) => app.installation.executor.stateOf(user, 'acme', id);

describe('an invitation of one contact', () => {
  it.each<Kind>(['oidc', 'entra', 'google'])(
    'is redeemed by %s, which vouches for the address, and links the account',
    async (kind) => {
      them = await invitedCustomer(app.staff);
      const roles = ['organization-administrator'];
      const code = await invited({ kind: 'single', contactId: them.ada, mail: false, roles, groups: [them.groupId] });
      const person = world.traveller();
      expect(await redeem(person, kind, vouched[kind](them.emails[0]), { code })).toBeNull();
      expect(await person.me()).toMatchObject({ id: them.ada, person: { factors: [kind], organizations: [{ roles }] } });
      expect((await app.staff.read(`/v1/groups/${them.groupId}/members`)).data).toMatchObject([{ id: them.ada }]);
      expect(await loginOf(them.ada)).toMatchObject({ password: null, identities: [{ provider: ids[kind] }] });
      const again = world.traveller();
      await again.login(ids[kind], world.stands[kind], vouched[kind](them.emails[0]));
      expect(await again.me()).toMatchObject({ id: them.ada });
    },
  );

  it('makes the user, his identity and his place in one append', async () => {
    them = await invitedCustomer(app.staff);
    const code = await invited({ kind: 'single', contactId: them.ada, groups: [them.groupId] });
    await redeem(world.traveller(), 'oidc', vouched.oidc(them.emails[0]), { code });
    const found = await app.installation.events.readStream(`user-acme~${them.ada}`);
    const [created, linked] = found;
    expect(found.map(({ type }) => type)).toEqual(['UserCreated', 'IdentityLinked', 'LoggedIn']);
    const joined = await app.installation.events.readStream(`group-acme~${them.groupId}`);
    const requests = [created, linked, joined.at(-1)].map((event) => event!.metadata['$correlationId']);
    expect(new Set(requests).size).toBe(1);
  });

  it('needs no more proof than the code where that was mailed', async () => {
    them = await invitedCustomer(app.staff);
    const code = await invited({ kind: 'single', contactId: them.ada });
    const person = world.traveller();
    expect(await redeem(person, 'facebook', { id: 'ada-on-facebook', email: 'private@elsewhere.example' }, { code })).toBeNull();
    expect(await person.me()).toMatchObject({ id: them.ada });
  });

  it('wants the mailbox proven by a code where the provider does not vouch for it, or for another address', async () => {
    them = await invitedCustomer(app.staff);
    const code = await invited({ kind: 'single', contactId: them.ada, mail: false });
    for (const said of [vouched.facebook(them.emails[0]), vouched.oidc('stranger@nowhere.example')]) {
      const kind = 'id' in said ? 'facebook' : 'oidc';
      const person = world.traveller();
      expect(await redeem(person, kind, said, { code })).toBe('invitation.mailbox-unproven');
      expect((await loginOf(them.ada)).kind).toBeNull();
    }
    const person = world.traveller();
    await person.go('POST', '/v1/invitations/prove', { code });
    const mailboxCode = await mailed(app.staff, them.ada, MAILBOX);
    expect(await redeem(person, 'facebook', vouched.facebook(them.emails[0]), { code, mailboxCode })).toBeNull();
    expect(await person.me()).toMatchObject({ id: them.ada });
  });

  it('is not redeemed by an account that is another’s, and stays open', async () => {
    them = await invitedCustomer(app.staff);
    const { email, id } = await world.contact();
    const said = { ...vouched.oidc(email), sub: `of-${id}` };
    await world.traveller().login(ids.oidc, world.stands.oidc, said);
    const code = await invited({ kind: 'single', contactId: them.ada });
    expect(await redeem(world.traveller(), 'oidc', said, { code })).toBe('login-identity.taken');
    expect((await loginOf(them.ada)).kind).toBeNull();
    expect(await redeem(world.traveller(), 'oidc', vouched.oidc(them.emails[0]), { code })).toBeNull();
  });

  it('asks before somebody else is logged out, before the way to the provider and after it', async () => {
    them = await invitedCustomer(app.staff);
    const other = await app.ready(app.customer(`other-of-${them.ada}`));
    const code = await invited({ kind: 'single', contactId: them.ada });
    const person = world.traveller();
    const logIn = () => person.go('POST', '/v1/login', { email: other.email, password: PASSWORD });
    await logIn();
    expect((await begin(person, 'oidc', { code })).body).toMatchObject({ status: 409, code: 'invitation.signed-in-as-another' });
    await person.go('POST', '/v1/logout');
    const { body } = await begin(person, 'oidc', { code });
    await logIn();
    const answer = await world.stands.oidc.visit(body.location as string, vouched.oidc(them.emails[0]));
    const back = await person.comeBack(ids.oidc, answer);
    expect(refusal(back.location)).toBe('invitation.signed-in-as-another');
    expect(await person.me()).toMatchObject({ id: other.id });
    expect(await redeem(person, 'oidc', vouched.oidc(them.emails[0]), { code, confirm: true })).toBeNull();
    expect(await person.me()).toMatchObject({ id: them.ada });
  });

  it('leads nowhere with a wrong code, or from a page of another server', async () => {
    const code = `${'0'.repeat(26)}.${'x'.repeat(22)}`;
    const person = world.traveller();
    expect((await begin(person, 'oidc', { code })).body).toMatchObject({ status: 404, code: 'invitation.not-found' });
    const cross = { 'sec-fetch-site': 'cross-site' };
    const body = { provider: ids.oidc, returnTo: RETURN, code };
    const sent = await person.go('POST', '/v1/invitations/redeem-by-provider', body, cross);
    expect(sent.body).toMatchObject({ status: 403, code: 'auth.cross-site' });
  });
});

describe('an invitation of several', () => {
  it('is redeemed by a member whose address the provider vouches for, and by nobody else', async () => {
    them = await invitedCustomer(app.staff);
    const { organizationId } = them;
    const code = await invited({ kind: 'group', organizationId, limit: 2, groups: [them.groupId] });
    const stranger = (await world.contact()).email;
    expect(await redeem(world.traveller(), 'oidc', vouched.oidc(stranger), { code })).toBe('invitation.mailbox-unproven');
    // Naming a member proves nothing.
    const named = { code, email: them.emails[0] };
    expect(await redeem(world.traveller(), 'oidc', vouched.oidc(stranger), named)).toBe('invitation.mailbox-unproven');
    const ada = world.traveller();
    expect(await redeem(ada, 'oidc', vouched.oidc(them.emails[0]), { code })).toBeNull();
    expect(await ada.me()).toMatchObject({ id: them.ada });
    const bob = world.traveller();
    await bob.go('POST', '/v1/invitations/prove', { code, email: them.emails[1] });
    const proven = { code, email: them.emails[1], mailboxCode: await mailed(app.staff, them.bob, MAILBOX) };
    expect(await redeem(bob, 'facebook', { id: `bob-${them.bob}` }, proven)).toBeNull();
    expect(await bob.me()).toMatchObject({ id: them.bob });
  });
});
