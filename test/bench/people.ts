// People of the customer whose licenses are measured: one in whose session the portal is asked, some who log in, and one who
// belongs to ten organizations.
import { browserOf } from '../support/browser.js';
import type { RunningServer } from '../support/server.js';
import type { Vendor } from '../support/vendor.js';
import type { Call } from './load.js';

const GIVEN = 'a tin whistle for bees';
const PASSWORD = 'violet tram under rain';
/** More than log in at a time: two logins of one person at once are unusual. */
const WHO_LOG_IN = 16;
const ORGANIZATIONS = 10;
const ROLES = ['organization-administrator', 'customer-representative'];

export interface SeededPeople {
  /** The `Cookie` header of an organization administrator. */
  readonly session: string;
  /** A token that is bound to his organization, with the same role. */
  readonly token: string;
  readonly addresses: readonly string[];
  /** The ids of a member, of a contact, and of who has two roles in each of ten organizations. */
  readonly asked: readonly string[];
}

export async function seedPeople(server: RunningServer, { staff, tenant, organizationId }: Vendor): Promise<SeededPeople> {
  await staff.done('/v1/tenant/set-customer-login', { mode: 'users' });
  const admit = async (name: string): Promise<string> => {
    const { id } = await staff.done('/v1/contacts', { name, email: `${name}@example.com`, organizationId });
    await staff.done('/v1/users', { contactId: id });
    return id as string;
  };
  const enter = async (id: string, name: string): Promise<string> => {
    const browser = browserOf(server.url, tenant);
    await staff.done(`/v1/users/${id}/set-password`, { password: GIVEN });
    await browser.login(`${name}@example.com`, GIVEN);
    await browser.done('/v1/me/password', { current: GIVEN, next: PASSWORD });
    return browser.cookie();
  };
  const at = `/v1/organizations/${organizationId}`;
  const contact = await admit('contact');
  await staff.done(`${at}/contacts/assign`, { place: 'primary', contactId: contact });
  const [member, many] = [await admit('member'), await admit('many')];
  await staff.done(`${at}/members/${member}/set-roles`, { roles: ['organization-administrator'] });
  for (let n = 1; n < ORGANIZATIONS; n++) {
    const { id } = await staff.done('/v1/organizations', { name: `Branch ${n}` });
    await staff.done(`/v1/organizations/${id}/members`, { contactId: many });
    await staff.done(`/v1/organizations/${id}/members/${many}/set-roles`, { roles: ROLES });
  }
  await staff.done(`${at}/members/${many}/set-roles`, { roles: ROLES });
  const session = await enter(member, 'member');
  const names = Array.from({ length: WHO_LOG_IN }, (_, n) => `clerk-${n}`);
  for (const name of names) await enter(await admit(name), name);
  const bound = { name: 'Portal', role: 'organization-administrator', organizationId };
  return {
    session,
    token: (await staff.done('/v1/tokens', bound)).secret as string,
    addresses: names.map((name) => `${name}@example.com`),
    asked: [member, contact, many],
  };
}

/** One login after the other, each of another person than the one before. */
export function loginsOf(tenant: string, { addresses }: SeededPeople): () => Call {
  let number = 0;
  const headers = { 'sec-fetch-site': 'same-origin', 'keyledger-tenant': tenant };
  return () => {
    const email = addresses[number++ % addresses.length]!;
    return { method: 'POST', path: '/v1/login', headers, body: JSON.stringify({ email, password: PASSWORD }) };
  };
}
