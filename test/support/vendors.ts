// Vendors in a test's installation, made as the operator makes them, and their customers.
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import { tenant } from '#tenants/tenant.js';
import { tenantView } from '#tenants/tenant.view.js';
import type { Client } from './client.js';
import type { Doors } from './doors.js';

/** Makes a vendor; answers the id of its first legal entity. */
export async function createVendor({ installation, clock }: Doors, slug: string): Promise<string> {
  const ctx = rootContext(slug, 'operator', clock.instant, newCommandId());
  const data = { name: slug, legalEntity: { name: `${slug} Europe` } };
  const { state, position } = await installation.executor.execute(tenant, slug, 'create', data, ctx);
  await installation.freshness.waitFor(tenantView, position, 10_000);
  return Object.keys(state.entities)[0]!;
}

let number = 0;

/** Adds an organization; answers its id. */
export async function organizationOf(client: Client, data: object = {}): Promise<string> {
  number++;
  const { id } = await client.done('/v1/organizations', { name: `Globex ${number}`, accountNumber: `G-${number}`, ...data });
  return id as string;
}

/** Adds a contact; answers his id. */
export async function contactOf(client: Client, data: object = {}): Promise<string> {
  number++;
  const { id } = await client.done('/v1/contacts', { name: `Person ${number}`, email: `p${number}@globex.example`, ...data });
  return id as string;
}

/** An organization with a primary contact and one more member. */
export async function staffed(client: Client): Promise<{ organization: string; ada: string; bob: string }> {
  const organization = await organizationOf(client);
  const [ada, bob] = [await contactOf(client, { name: 'Ada' }), await contactOf(client, { name: 'Bob' })];
  for (const contactId of [ada, bob]) await client.done(`/v1/organizations/${organization}/members`, { contactId });
  await client.done(`/v1/organizations/${organization}/contacts/assign`, { place: 'primary', contactId: ada });
  return { organization, ada, bob };
}
