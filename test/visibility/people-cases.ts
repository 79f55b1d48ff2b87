// What can be tried with an organization, its people, groups and invitations.
import { another, could, read, send, type Cases, type Try } from './trying.js';
import type { Somebody, World } from './world.js';

const organization = ({ organizationId }: World) => `/v1/organizations/${organizationId}`;
const colleague = (world: World) => `/v1/users/${world.colleague}`;
const newContact = () => ({ name: another('Contact'), email: `${another('contact')}@example.com` });

const readAddress =
  (whose: (world: World, somebody: Somebody) => string): Try =>
  async (somebody, world) => {
    const answer = await somebody.browser.get(whose(world, somebody));
    return could(answer) && typeof answer.body.details?.email === 'string';
  };

export const PEOPLE_CASES: Cases = {
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
  'read a contact of the organization': read((world) => `/v1/contacts/${world.colleague}`),
  'add a contact to the organization': send(
    () => '/v1/contacts',
    ({ organizationId }) => ({ ...newContact(), organizationId }),
  ),
  'read the name of a colleague': read(colleague),
  'read the address of a colleague': readAddress(colleague),
  'read himself': read((_, { id }) => `/v1/users/${id}`),
  'read his own address': readAddress((_, { id }) => `/v1/users/${id}`),
  'edit a colleague': send(
    (world) => `${colleague(world)}/set-profile`,
    () => ({ locale: 'de', zone: null }),
  ),
  'reset the password of a colleague': send(
    (world) => `${colleague(world)}/set-password`,
    () => ({ password: 'nine lamps beside a river' }),
  ),
  'see the sessions of a colleague': read((world) => `${colleague(world)}/sessions`),
  'erase a contact': async ({ browser }, { staff }) => {
    const { id } = await staff.done('/v1/contacts', newContact());
    return could(await browser.post(`/v1/contacts/${id}/erase`));
  },
  'read a group that he may belong to': read(({ group }) => `/v1/groups/${group}`),
  'read a group without him': read(({ otherGroup }) => `/v1/groups/${otherGroup}`),
  'change a group': send(
    ({ otherGroup }) => `/v1/groups/${otherGroup}/rename`,
    () => ({ name: another('Group') }),
  ),
  'read an invitation': read(({ invitation }) => `/v1/invitations/${invitation}`),
  invite: send(
    () => '/v1/invitations',
    ({ organizationId }) => ({ kind: 'group', organizationId, name: another('Invitation'), limit: 2 }),
  ),
};
