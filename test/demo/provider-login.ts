import { certifiedProvider, type CertifiedProvider } from '#identity/testing/certified-provider.js';
import { Traveller } from '../support/traveller.js';
import { TENANT, type Scene } from './scene.js';
import { same, type Telling } from './telling.js';

const CLIENT = { clientId: 'northwind', clientSecret: 'known to these two alone' };
const EMAIL = 'cleo@halvorsen.example';

/** A colleague comes by an account that she has already, at a provider of OpenID Connect that runs beside the server. */
export async function tellProviderLogin(scene: Scene, telling: Telling): Promise<void> {
  telling.chapter("Another colleague logs in by her company's own provider");
  const provider = await certifiedProvider();
  const { warn, info } = console;
  // The provider warns at length that it is one for trying out.
  Object.assign(console, { warn: () => undefined, info: () => undefined });
  try {
    await tellFirstLogin(scene, telling, provider);
  } finally {
    Object.assign(console, { warn, info });
    await provider.close();
  }
}

async function tellFirstLogin(scene: Scene, telling: Telling, provider: CertifiedProvider): Promise<void> {
  const cleo = new Traveller(scene.server.url, TENANT);
  let [id, redirectUri, contactId] = ['', '', ''];
  const login = async () => {
    const location = await cleo.setOut(id);
    return cleo.comeBack(id, await provider.visit(location, 'cleo', redirectUri));
  };
  await telling.step('the back office sets the provider up, and the login page offers it', async () => {
    const fields = { kind: 'oidc', name: 'Halvorsen', issuer: provider.issuer, ...CLIENT };
    ({ id } = await scene.staff.done('/v1/login-providers', fields));
    redirectUri = `${scene.server.url}/t/${TENANT}/v1/login/${id}/callback`;
    provider.serve({ ...CLIENT, redirectUri }, (name) => ({ email: `${name}@halvorsen.example`, email_verified: true }));
    await scene.staff.done(`/v1/login-providers/${id}/enable`);
    const { providers } = await scene.anyone.read(`/t/${TENANT}/v1/login`);
    same(
      (providers as { id: string }[]).map((each) => each.id),
      [id],
    );
    return providers[0];
  });
  await telling.step('her address is no contact’s: the provider knows her, and she is let in nowhere', async () => {
    const { location } = await login();
    same(location, `/t/${TENANT}/?refused=login.no-account`);
    same((await cleo.go('GET', '/v1/me')).status, 401);
    return { location };
  });
  await telling.step('once she is a contact, her first login makes her user, with the default role', async () => {
    ({ id: contactId } = await scene.staff.done('/v1/contacts', { name: 'Cleo Halvorsen', email: EMAIL }));
    await scene.staff.done(`/v1/organizations/${scene.organizationId}/members`, { contactId });
    same((await login()).location, `/t/${TENANT}/`);
    const me = await cleo.me();
    same([me.id, me.person.factors], [contactId, ['oidc']]);
    return { id: me.id, factors: me.person.factors };
  });
  await telling.step('she is put into a group, and sees the license that is linked to it', async () => {
    const seen = async () => (await cleo.go('GET', '/v1/licenses')).body.data.length as number;
    same(await seen(), 0);
    const { organizationId, licenseId } = scene;
    const { id: group } = await scene.staff.done('/v1/groups', { organizationId, name: 'Drawing office' });
    await scene.staff.done(`/v1/groups/${group}/licenses`, { licenseId });
    await scene.staff.done(`/v1/groups/${group}/members`, { contactId });
    same(await seen(), 1);
    return { licenses: 1 };
  });
}
