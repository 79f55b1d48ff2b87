// The changes of `changes.md`: how each is made, by the vendor's back office.
import { enterAt, type World } from './world.js';

export type Change = (world: World) => Promise<unknown>;

const organization = ({ organizationId }: World) => `/v1/organizations/${organizationId}`;
/** The colleague has no column of his own. */
const idOf = ({ people, colleague }: World, who: string) => (who === 'colleague' ? colleague : people[who]!.id);

export const assign =
  (place: 'primary' | 'secondary', who: string): Change =>
  (world) =>
    world.staff.done(`${organization(world)}/contacts/assign`, { place, contactId: idOf(world, who) });

const setMemberRole =
  (who: string, role: string): Change =>
  (world) =>
    world.staff.done(`${organization(world)}/members/${idOf(world, who)}/set-roles`, { roles: [role] });

const setRoles =
  (who: string, ...roles: string[]): Change =>
  (world) =>
    world.staff.done(`/v1/users/${idOf(world, who)}/set-roles`, { roles });

/** Gives a role the rights of another one, as the server tells them. */
export const defineAs =
  (role: string, other: string): Change =>
  async ({ staff }) =>
    staff.done(`/v1/roles/${role}/change`, { grants: (await staff.read(`/v1/roles/${other}`)).grants });

/** A role under another id with what one has, to give it back later. */
const keep = async ({ staff }: World, role: string): Promise<void> => {
  const { kind, title, grants } = await staff.read(`/v1/roles/${role}`);
  await staff.done('/v1/roles', { role: `${role}-kept`, kind, title: `${title}, kept`, grants });
};

export const CHANGES: Readonly<Record<string, Change>> = {
  'member of no group: he becomes the primary contact': assign('primary', 'member of no group'),
  'primary contact: another one has become it': () => Promise.resolve(),
  'member of no group: the place goes to somebody else': assign('primary', 'primary contact'),
  'member of no group: he is put into the group': (world) =>
    world.staff.done(`/v1/groups/${world.group}/members`, { contactId: idOf(world, 'member of no group') }),
  'member of no group: he is taken out of the group': (world) =>
    world.staff.done(`/v1/groups/${world.group}/members/${idOf(world, 'member of no group')}/remove`),
  'member: a license is linked to his group': (world) =>
    world.staff.done(`/v1/groups/${world.group}/licenses`, { licenseId: world.license }),
  'member: it is unlinked': (world) => world.staff.done(`/v1/groups/${world.group}/licenses/${world.license}/unlink`),
  'organization administrator: his role in the organization is taken for another': setMemberRole(
    'organization administrator',
    'customer-representative',
  ),
  'organization administrator: he gets it back': setMemberRole('organization administrator', 'organization-administrator'),
  'customer representative: his role is defined as that of organization administrators': async (world) => {
    await keep(world, 'customer-representative');
    await defineAs('customer-representative', 'organization-administrator')(world);
  },
  'customer representative: it is defined as it was': defineAs('customer-representative', 'customer-representative-kept'),
  'support: his role is left with nothing but products': async (world) => {
    await keep(world, 'support');
    await world.staff.done('/v1/roles/support/change', { grants: [{ permission: 'product.read', scope: 'tenant' }] });
  },
  'support: it gets back what it had': defineAs('support', 'support-kept'),
  'support: he gets another role beside': async (world) => {
    const grants = ['policy.manage', 'product.manage'].map((permission) => ({ permission, scope: 'tenant' }));
    await world.staff.done('/v1/roles', { role: 'catalogue-keeper', kind: 'staff', title: 'Catalogue keeper', grants });
    await setRoles('support', 'support', 'catalogue-keeper')(world);
  },
  'support: all his roles are taken': setRoles('support'),
  'member: he leaves the organization': (world) =>
    world.staff.done(`${organization(world)}/members/${idOf(world, 'member')}/remove`),
  'member: he comes back': (world) => world.staff.done(`${organization(world)}/members`, { contactId: idOf(world, 'member') }),
  'secondary contact: he loses the secondary place': (world) =>
    world.staff.done(`${organization(world)}/contacts/unassign`, { place: 'secondary' }),
  'without role: he gets a role of his own': async (world) => {
    await setRoles('without role', 'authorized-user')(world);
    await enterAt(world, 'without role');
  },
  'without role: it is taken from him': setRoles('without role'),
  'without organization: his user is disabled': (world) =>
    world.staff.done(`/v1/users/${idOf(world, 'without organization')}/disable`, { reason: null }),
};
