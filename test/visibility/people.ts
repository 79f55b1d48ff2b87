// A vendor whose customer has people of every kind, each with a browser in which he is logged in.
import { browserOf, type Browser } from '../support/browser.js';
import type { RunningServer } from '../support/server.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const GIVEN = 'a tin whistle for bees';
const CHOSEN = 'violet tram under rain';

export interface Somebody {
  readonly id: string;
  readonly browser: Browser;
  /** A license that is his own; for people of the vendor and of another organization: of a colleague at the customer. */
  readonly ownLicense: string;
}

export interface World extends Vendor {
  readonly people: Readonly<Record<string, Somebody>>;
  /** The secondary contact, so that a case can put him there once more. */
  readonly secondary: string;
  readonly colleague: string;
  /** With the member and the representative in it, and nobody. */
  readonly group: string;
  readonly otherGroup: string;
  readonly license: string;
  readonly linkedLicense: string;
  readonly invitation: string;
}

interface Wanted {
  readonly kind?: 'staff';
  /** Of his own; null: the default role. */
  readonly roles?: readonly string[];
  readonly place?: 'primary' | 'secondary';
  readonly memberRoles?: readonly string[];
  readonly organization?: 'none' | 'other';
}

const WANTED: Readonly<Record<string, Wanted>> = {
  administrator: { kind: 'staff', roles: ['administrator'], organization: 'none' },
  support: { kind: 'staff', roles: ['support'], organization: 'none' },
  'primary contact': { roles: [], place: 'primary' },
  'secondary contact': { roles: [], place: 'secondary' },
  'organization administrator': { roles: [], memberRoles: ['organization-administrator'] },
  'customer representative': { roles: [], memberRoles: ['customer-representative'] },
  member: {},
  'without organization': { organization: 'none' },
  'without role': { roles: [] },
  'another organization': { roles: [], place: 'primary', organization: 'other' },
};

export async function populate(server: RunningServer): Promise<World> {
  const vendor = await firstVendor(server, { activations: 1000, duration: 'P1Y' });
  const { staff, policyId, organizationId } = vendor;
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  const other = await staff.done('/v1/organizations', {
    name: 'Coyote',
    accountNumber: 'A-2',
    company: vendor.legalEntityId,
  });
  const organizations = { own: organizationId, other: other.id as string };
  const issue = async (owner: object): Promise<string> => (await staff.done('/v1/licenses', { policyId, ...owner })).id as string;
  const colleague = await admit(vendor, organizations, 'colleague', {});
  const ofColleague = await issue({ organizationId, contactId: colleague });
  const people: Record<string, Somebody> = {};
  for (const [name, wanted] of Object.entries(WANTED)) {
    const id = await admit(vendor, organizations, name, wanted);
    const foreign = wanted.kind === 'staff' || wanted.organization === 'other';
    const own = { contactId: id, ...(wanted.organization === undefined && { organizationId }) };
    const browser = browserOf(server.url, vendor.tenant, vendor.positions);
    people[name] = { id, browser, ownLicense: foreign ? ofColleague : await issue(own) };
  }
  for (const [name, { id, browser }] of Object.entries(people))
    if (name !== 'without role') await enter(vendor, id, browser, name);
  const linkedLicense = await issue({ organizationId });
  const group = await groupOf(vendor, 'Pilots', [people['member']!.id, people['customer representative']!.id]);
  await staff.done(`/v1/groups/${group}/licenses`, { licenseId: linkedLicense });
  const invitation = { kind: 'group', organizationId, name: 'Everybody', limit: 5 };
  return {
    ...vendor,
    ...{ people, colleague, group, linkedLicense },
    secondary: people['secondary contact']!.id,
    otherGroup: await groupOf(vendor, 'Navigators', []),
    license: await issue({ organizationId }),
    invitation: (await staff.done('/v1/invitations', invitation)).id as string,
  };
}

const addressOf = (name: string) => `${name.replaceAll(' ', '-')}@example.com`;

/** Makes the contact, puts him where he belongs, and gives him a login. */
async function admit(
  { staff }: Vendor,
  organizations: { own: string; other: string },
  name: string,
  { kind, roles, place, memberRoles, organization }: Wanted,
): Promise<string> {
  const { id } = await staff.done('/v1/contacts', { name, email: addressOf(name) });
  const at = `/v1/organizations/${organization === 'other' ? organizations.other : organizations.own}`;
  if (organization !== 'none') await staff.done(`${at}/members`, { contactId: id });
  if (place) await staff.done(`${at}/contacts/assign`, { place, contactId: id });
  await staff.done('/v1/users', { contactId: id, ...(kind && { kind }), ...(roles && { roles }) });
  if (memberRoles) await staff.done(`${at}/members/${id}/set-roles`, { roles: memberRoles });
  return id as string;
}

async function enter({ staff }: Vendor, id: string, browser: Browser, name: string): Promise<void> {
  await staff.done(`/v1/users/${id}/set-password`, { password: GIVEN });
  await browser.login(addressOf(name), GIVEN);
  await browser.done('/v1/me/password', { current: GIVEN, next: CHOSEN });
  await browser.login(addressOf(name), CHOSEN);
}

async function groupOf({ staff, organizationId }: Vendor, name: string, members: readonly string[]): Promise<string> {
  const { id } = await staff.done('/v1/groups', { organizationId, name });
  for (const contactId of members) await staff.done(`/v1/groups/${id}/members`, { contactId });
  return id as string;
}
