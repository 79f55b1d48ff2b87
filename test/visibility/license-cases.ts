// What can be tried with licenses and their devices, histories and events.
import { another, could, find, read, send, type Cases, type Try } from './trying.js';
import type { Somebody, World } from './world.js';

type Which = (world: World, somebody: Somebody) => string;
const ofOrganization: Which = ({ license }) => license;
const own: Which = (_, { ownLicense }) => ownLicense;
const linked: Which = ({ linkedLicense }) => linkedLicense;

const device = () => ({ fingerprint: another('device') });
const newName = () => ({ name: another('Laptop') });

/** A command that uses its license up: each try has a new one. */
const onNewLicense =
  (verb: string, body: (world: World) => object = () => ({})): Try =>
  async (somebody, world) => {
    const { id } = await world.issue();
    return could(await somebody.browser.post(`/v1/licenses/${id}/${verb}`, body(world)));
  };

const activate = (license: Which) => send((world, somebody) => `/v1/licenses/${license(world, somebody)}/activations`, device);

/** With a device that the vendor's back office has activated. */
const withAny =
  (verb: string, license: Which, body: () => object = () => ({})): Try =>
  async (somebody, world) => {
    const activations = `/v1/licenses/${license(world, somebody)}/activations`;
    const { id } = await world.staff.done(activations, device());
    return could(await somebody.browser.post(`${activations}/${id}/${verb}`, body()));
  };

/** With a device that he has activated himself. */
const withHis =
  (verb: string, license: Which, body: () => object = () => ({})): Try =>
  async (somebody, world) => {
    const activations = `/v1/licenses/${license(world, somebody)}/activations`;
    const answer = await somebody.browser.post(activations, device());
    return could(answer) && could(await somebody.browser.post(`${activations}/${answer.body.id}/${verb}`, body()));
  };

/** Activates a license of his own, then looks for that. */
const afterOwn =
  (look: Try): Try =>
  async (somebody, world) =>
    (await activate(own)(somebody, world)) && look(somebody, world);

const list = () => '/v1/licenses?limit=100&sort=issuedAt';
const events = (type: string) => () => `/v1/events?type=${type}&limit=1000`;
const isIssue = (subject: string, { license }: World) => subject === `license/${license}`;

export const LICENSE_CASES: Cases = {
  'read a license of the organization': read((world, somebody) => `/v1/licenses/${ofOrganization(world, somebody)}`),
  'find a license of the organization in the list': find(list, ({ id }, { license }) => id === license),
  'read a license of his own': read((world, somebody) => `/v1/licenses/${own(world, somebody)}`),
  'read a license that is linked to his group': read((world, somebody) => `/v1/licenses/${linked(world, somebody)}`),
  'read a license of another organization': read(({ foreignLicense }) => `/v1/licenses/${foreignLicense}`),
  'find a license of another organization in the list': find(list, ({ id }, { foreignLicense }) => id === foreignLicense),
  'validate a license of the organization': send((world) => `/v1/licenses/${world.license}/validate`),
  'validate a license of his own': send((_, { ownLicense }) => `/v1/licenses/${ownLicense}/validate`),
  'validate a license that is linked to his group': send(({ linkedLicense }) => `/v1/licenses/${linkedLicense}/validate`),
  'activate a license of the organization': activate(ofOrganization),
  'activate a license of his own': activate(own),
  'activate a license that is linked to his group': activate(linked),
  'deactivate any device of the organization': withAny('deactivate', ofOrganization),
  'deactivate any device on a license of his own': withAny('deactivate', own),
  "deactivate another's device on a linked license": withAny('deactivate', linked),
  'activate and deactivate his device on a linked one': withHis('deactivate', linked),
  'name any device of the organization': withAny('name', ofOrganization, newName),
  'name any device on a license of his own': withAny('name', own, newName),
  "name another's device on a linked license": withAny('name', linked, newName),
  'activate and name his device on a linked one': withHis('name', linked, newName),
  'read the history of a license of the organization': read(({ license }) => `/v1/licenses/${license}/history`),
  'find what others did in the history of the organization': find(
    ({ organizationId }) => `/v1/organizations/${organizationId}/history?limit=100`,
    ({ who }, _, { id }) => who !== `user:${id}`,
  ),
  'activate a license of his own and find that in its history': afterOwn(async (somebody, world) =>
    find(
      () => `/v1/licenses/${somebody.ownLicense}/history?limit=100`,
      ({ who }) => who === `user:${somebody.id}`,
    )(somebody, world),
  ),
  'find a license of the organization in the events': find(events('LicenseIssued'), ({ subject }, world) =>
    isIssue(subject, world),
  ),
  'see a sealed field of it in the events': find(
    events('LicenseIssued'),
    ({ subject, data }, world) => isIssue(subject, world) && data.name !== undefined,
  ),
  'activate a license of his own and find that in the events': afterOwn(
    find(events('KeyActivated'), ({ actor }, _, { id }) => actor === `user:${id}`),
  ),
  'issue a license': send(
    () => '/v1/licenses',
    ({ policyId, organizationId }) => ({ policyId, organizationId }),
  ),
  'renew a license': onNewLicense('renew', () => ({ period: 'P1Y' })),
  'set the expiry of a license': onNewLicense('set-expiry', () => ({ expiresAt: '2099-01-01T00:00:00.000Z' })),
  'override the limits of a license': onNewLicense('override-limits', () => ({ overrides: { activations: 5 } })),
  'suspend a license': onNewLicense('suspend'),
  'revoke a license': onNewLicense('revoke'),
  'archive a license': onNewLicense('archive'),
  'change the owner of a license': onNewLicense('change-owner', ({ organizationId, colleague }) => ({
    organizationId,
    contactId: colleague,
  })),
  'see the whole key of a license': onNewLicense('reveal-key'),
  'block a device on all licenses': send(() => '/v1/device-blocks', device),
};
