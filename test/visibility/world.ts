// A vendor whose customer has people of every kind, each with a browser in which he is logged in.
import { browserOf, type Browser } from '../support/browser.js';
import { clientOf, Positions, type Client } from '../support/client.js';
import { startServer, type RunningServer } from '../support/server.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const GIVEN = 'a tin whistle for bees';
export const CHOSEN = 'violet tram under rain';

interface Person {
  readonly id: string;
  /** A license that is his own; for people of the vendor and of another organization: of a colleague at the customer. */
  readonly ownLicense: string;
}

/** What there is, in plain data: it outlives the server. */
export interface Facts extends Pick<Vendor, 'tenant' | 'token' | 'legalEntityId' | 'productId' | 'policyId' | 'organizationId'> {
  readonly people: Readonly<Record<string, Person & { readonly cookie: string }>>;
  /** The secondary contact, so that a case can put him there once more. */
  readonly secondary: string;
  readonly colleague: string;
  /** With the member, the representative and the organization administrator in it, and nobody. */
  readonly group: string;
  readonly otherGroup: string;
  readonly license: string;
  readonly linkedLicense: string;
  /** Of the other organization. */
  readonly foreignLicense: string;
  readonly invitation: string;
  readonly apiToken: string;
}

export interface Somebody extends Person {
  readonly browser: Browser;
}

export interface World extends Omit<Facts, 'people'> {
  readonly staff: Client;
  readonly people: Readonly<Record<string, Somebody>>;
  /** Issues a license to the organization. */
  issue(): Promise<{ readonly id: string }>;
}

interface Wanted {
  readonly kind?: 'staff';
  /** Of his own; null: the default role. */
  readonly roles?: readonly string[];
  readonly place?: 'primary' | 'secondary';
  readonly memberRoles?: readonly string[];
  readonly inGroup?: true;
  readonly organization?: 'none' | 'other';
}

const WANTED: Readonly<Record<string, Wanted>> = {
  administrator: { kind: 'staff', roles: ['administrator'], organization: 'none' },
  support: { kind: 'staff', roles: ['support'], organization: 'none' },
  'primary contact': { roles: [], place: 'primary' },
  'secondary contact': { roles: [], place: 'secondary' },
  'organization administrator': { roles: [], memberRoles: ['organization-administrator'], inGroup: true },
  'customer representative': { roles: [], memberRoles: ['customer-representative'], inGroup: true },
  'representative of nobody': { roles: ['customer-representative'], organization: 'none' },
  'authorized user': { roles: [], memberRoles: ['authorized-user'], inGroup: true },
  member: { inGroup: true },
  'member of no group': {},
  'without organization': { organization: 'none' },
  'without role': { roles: [] },
  'another organization': { roles: [], place: 'primary', organization: 'other' },
};

/** Whose columns the matrix has, in their order. */
export const COLUMNS = Object.keys(WANTED);

/** Settings under which thousands of cells can be tried from one address. */
export const UNLIMITED = { KEYLEDGER_RATE_LIMIT_ADDRESS: '100000', KEYLEDGER_RATE_LIMIT_CREDENTIAL: '100000' };

/** A server with everybody on it. */
export async function openWorld(): Promise<{ readonly server: RunningServer; readonly world: World }> {
  const server = await startServer({ env: UNLIMITED });
  return { server, world: worldAt(server.url, await populate(server)) };
}

/** Opens the world of these facts at the address where its server is by now. */
export function worldAt(url: string, facts: Facts): World {
  const positions = new Positions();
  const staff = clientOf(url, { authorization: `Bearer ${facts.token}` }, positions);
  const people = Object.entries(facts.people).map(([name, { cookie, ...person }]) => {
    const browser = browserOf(url, facts.tenant, positions);
    if (cookie !== '') browser.plant(cookie);
    return [name, { ...person, browser }];
  });
  const { policyId, organizationId } = facts;
  const issue = () => staff.done('/v1/licenses', { policyId, organizationId });
  return { ...facts, staff, people: Object.fromEntries(people) as World['people'], issue };
}

export async function populate(server: RunningServer): Promise<Facts> {
  const vendor = await firstVendor(server, { activations: 1000, duration: 'P1Y' });
  const { tenant, staff, legalEntityId, productId, policyId, organizationId } = vendor;
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  const other = await staff.done('/v1/organizations', { name: 'Coyote', accountNumber: 'A-2', company: legalEntityId });
  const organizations = { own: organizationId, other: other.id as string };
  const made = async (path: string, body: object): Promise<string> => (await staff.done(path, body)).id as string;
  const issue = (owner: object) => made('/v1/licenses', { policyId, ...owner });
  const colleague = await admit(vendor, organizations, 'colleague', {});
  const ofColleague = await issue({ organizationId, contactId: colleague });
  const people: Record<string, Person & { cookie: string }> = {};
  for (const [name, wanted] of Object.entries(WANTED)) {
    const id = await admit(vendor, organizations, name, wanted);
    const foreign = wanted.kind === 'staff' || wanted.organization === 'other';
    const own = { contactId: id, ...(wanted.organization === undefined && { organizationId }) };
    people[name] = { id, ownLicense: foreign ? ofColleague : await issue(own), cookie: '' };
  }
  for (const [name, person] of Object.entries(people))
    if (name !== 'without role') person.cookie = await entered(server.url, vendor, { ...person, name });
  const group = await made('/v1/groups', { organizationId, name: 'Pilots' });
  for (const [name, { inGroup }] of Object.entries(WANTED))
    if (inGroup) await staff.done(`/v1/groups/${group}/members`, { contactId: people[name]!.id });
  const linkedLicense = await issue({ organizationId });
  await staff.done(`/v1/groups/${group}/licenses`, { licenseId: linkedLicense });
  const { grants } = await staff.read('/v1/roles/administrator');
  const invitation = { kind: 'group', organizationId, name: 'Everybody', limit: 5 };
  return {
    ...{ tenant, legalEntityId, productId, policyId, organizationId, people, colleague, group, linkedLicense },
    // Its rights are its own: they stay whatever becomes of a role.
    token: (await staff.done('/v1/tokens', { name: 'Back office', grants })).secret as string,
    secondary: people['secondary contact']!.id,
    otherGroup: await made('/v1/groups', { organizationId, name: 'Navigators' }),
    license: await issue({ organizationId, name: 'Seat' }),
    foreignLicense: await issue({ organizationId: organizations.other }),
    invitation: await made('/v1/invitations', invitation),
    apiToken: await made('/v1/tokens', { name: 'Shop', role: 'support' }),
  };
}

export const addressOf = (name: string) => `${name.replaceAll(' ', '-')}@example.com`;

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

/** The cookie of somebody who has logged in. */
async function entered(
  url: string,
  { staff, tenant, positions }: Vendor,
  { name, ...person }: Person & { readonly name: string },
): Promise<string> {
  const browser = browserOf(url, tenant, positions);
  await enterAt({ staff, people: { [name]: { ...person, browser } } }, name);
  return browser.cookie();
}

/** Gives somebody a password and logs him in, in his own browser; once more with his own, for the second factor of who needs one. */
export async function enterAt({ staff, people }: Pick<World, 'staff' | 'people'>, name: string): Promise<void> {
  const { id, browser } = people[name]!;
  await staff.done(`/v1/users/${id}/set-password`, { password: GIVEN });
  await browser.login(addressOf(name), GIVEN);
  await browser.done('/v1/me/password', { current: GIVEN, next: CHOSEN });
  await browser.login(addressOf(name), CHOSEN);
}
