// What is tried for each row of the matrix. A case answers whether the person could do it.
import type { Answer } from '../support/client.js';
import type { Somebody, World } from './people.js';

type Try = (somebody: Somebody, world: World) => Promise<boolean>;

/** Whether it was done. @throws Error where the answer is neither that nor a refusal that fits */
function could({ status, body }: Answer): boolean {
  if (status < 300) return true;
  if (status === 401 || status === 403 || status === 404) return false;
  // A body that names an organization of others is answered as if there were none.
  if (status === 422 && body.code.endsWith('.organization-unknown')) return false;
  throw new Error(`neither done nor refused: ${status} ${JSON.stringify(body)}`);
}

let count = 0;
/** Another one each time. */
const another = (word: string) => `${word}-${++count}`;

const read =
  (path: (world: World, somebody: Somebody) => string): Try =>
  async (somebody, world) =>
    could(await somebody.browser.get(path(world, somebody)));

const send =
  (path: (world: World, somebody: Somebody) => string, body: (world: World) => object = () => ({})): Try =>
  async (somebody, world) =>
    could(await somebody.browser.post(path(world, somebody), body(world)));

/** A command that uses its license up: each try has a new one. */
const onNewLicense =
  (verb: string, body: (world: World) => object = () => ({})): Try =>
  async (somebody, world) => {
    const { id } = await world.issue();
    return could(await somebody.browser.post(`/v1/licenses/${id}/${verb}`, body(world)));
  };

const activate = (license: (world: World, somebody: Somebody) => string) =>
  send(
    (world, somebody) => `/v1/licenses/${license(world, somebody)}/activations`,
    () => ({ fingerprint: another('device') }),
  );

/** A device that the vendor's back office has activated. */
const deactivate =
  (license: (world: World, somebody: Somebody) => string): Try =>
  async (somebody, world) => {
    const activations = `/v1/licenses/${license(world, somebody)}/activations`;
    const { id } = await world.staff.done(activations, { fingerprint: another('device') });
    return could(await somebody.browser.post(`${activations}/${id}/deactivate`));
  };

const organization = ({ organizationId }: World) => `/v1/organizations/${organizationId}`;
const colleague = (world: World) => `/v1/users/${world.colleague}`;

export const CASES: Readonly<Record<string, Try>> = {
  'read the whole record of the organization': async ({ browser }, world) => {
    const answer = await browser.get(organization(world));
    return could(answer) && answer.body.accountNumber !== undefined;
  },
  'read the name of the organization': read(organization),
  'rename the organization': send(
    (world) => `${organization(world)}/rename`,
    () => ({ name: another('Road Runner') }),
  ),
  'change the contacts of the organization': send(
    (world) => `${organization(world)}/contacts/assign`,
    ({ secondary }) => ({ place: 'secondary', contactId: secondary }),
  ),
  'read the name of a colleague': read(colleague),
  'read the address of a colleague': async ({ browser }, world) => {
    const answer = await browser.get(colleague(world));
    return could(answer) && typeof answer.body.details?.email === 'string';
  },
  'read himself': read((_, { id }) => `/v1/users/${id}`),
  'edit a colleague': send(
    (world) => `${colleague(world)}/set-profile`,
    () => ({ locale: 'de', zone: null }),
  ),
  'reset the password of a colleague': send(
    (world) => `${colleague(world)}/set-password`,
    () => ({ password: 'nine lamps beside a river' }),
  ),
  'read a group that he may belong to': read(({ group }) => `/v1/groups/${group}`),
  'read a group without him': read(({ otherGroup }) => `/v1/groups/${otherGroup}`),
  'change a group': send(
    ({ otherGroup }) => `/v1/groups/${otherGroup}/rename`,
    () => ({ name: another('Group') }),
  ),
  'read a license of the organization': read(({ license }) => `/v1/licenses/${license}`),
  'find a license of the organization in the list': async ({ browser }, { license }) => {
    const answer = await browser.get('/v1/licenses?limit=100&sort=issuedAt');
    return could(answer) && (answer.body.data as { id: string }[]).some(({ id }) => id === license);
  },
  'read a license of his own': read((_, { ownLicense }) => `/v1/licenses/${ownLicense}`),
  'read a license that is linked to his group': read(({ linkedLicense }) => `/v1/licenses/${linkedLicense}`),
  'activate a license of the organization': activate(({ license }) => license),
  'activate a license of his own': activate((_, { ownLicense }) => ownLicense),
  'activate a license that is linked to his group': activate(({ linkedLicense }) => linkedLicense),
  'deactivate any device of the organization': deactivate(({ license }) => license),
  'deactivate any device on a license of his own': deactivate((_, { ownLicense }) => ownLicense),
  "deactivate another's device on a linked license": deactivate(({ linkedLicense }) => linkedLicense),
  'activate and deactivate his device on a linked one': async ({ browser }, { linkedLicense }) => {
    const activations = `/v1/licenses/${linkedLicense}/activations`;
    const answer = await browser.post(activations, { fingerprint: another('device') });
    return could(answer) && could(await browser.post(`${activations}/${answer.body.id}/deactivate`));
  },
  'read an invitation': read(({ invitation }) => `/v1/invitations/${invitation}`),
  invite: send(
    () => '/v1/invitations',
    ({ organizationId }) => ({ kind: 'group', organizationId, name: another('Invitation'), limit: 2 }),
  ),
  'read the history of a license of the organization': read(({ license }) => `/v1/licenses/${license}/history`),
  'find what others did in the history of the organization': async ({ browser, id }, world) => {
    const answer = await browser.get(`${organization(world)}/history?limit=100`);
    return could(answer) && (answer.body.data as { who: string }[]).some(({ who }) => who !== `user:${id}`);
  },
  'issue a license': send(
    () => '/v1/licenses',
    ({ policyId, organizationId }) => ({ policyId, organizationId }),
  ),
  'renew a license': onNewLicense('renew', () => ({ period: 'P1Y' })),
  'suspend a license': onNewLicense('suspend'),
  'revoke a license': onNewLicense('revoke'),
  'archive a license': onNewLicense('archive'),
  'change the owner of a license': onNewLicense('change-owner', ({ organizationId, colleague }) => ({
    organizationId,
    contactId: colleague,
  })),
  'see the whole key of a license': onNewLicense('reveal-key'),
  'add an organization': send(
    () => '/v1/organizations',
    () => ({ name: another('Organization') }),
  ),
  'add a role': send(
    () => '/v1/roles',
    () => ({ role: another('role'), kind: 'customer', title: 'Buyer', grants: [] }),
  ),
  'read the outbox': read(() => '/v1/outbox'),
  'decide which customers log in': send(
    () => '/v1/tenant/set-customer-login',
    () => ({ mode: 'users' }),
  ),
};
