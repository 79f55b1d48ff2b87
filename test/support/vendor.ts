// A vendor with one product, one policy and one organization: what most stories on a server begin with.
import { clientOf, Positions, type Client } from './client.js';
import type { RunningServer } from './server.js';

export interface Vendor {
  readonly tenant: string;
  readonly token: string;
  readonly staff: Client;
  /** What its clients have seen. */
  readonly positions: Positions;
  readonly legalEntityId: string;
  readonly productId: string;
  readonly policyId: string;
  readonly organizationId: string;
  /** A client that holds nothing but a license key of this vendor. */
  holder(licenseKey: string): Client;
  /** A client with another token; like all of them it sees what the others wrote. */
  bearer(token: string): Client;
  /** Issues one license of the policy to the organization. */
  issue(): Promise<{ readonly id: string; readonly key: string }>;
}

/** Sets up the first vendor of a fresh server. `terms` are those of its policy. */
export async function firstVendor(server: RunningServer, terms: object = {}): Promise<Vendor> {
  const tenant = 'acme';
  const setup = await clientOf(server.url).done('/v1/setup', {
    token: server.setupToken,
    tenant: { slug: tenant, name: 'Acme' },
    legalEntity: { name: 'Acme Inc.' },
    administrator: { name: 'First administrator' },
  });
  const token = setup.apiToken.secret as string;
  const positions = new Positions(); // what one of its clients wrote, the others see
  const bearer = (secret: string) => clientOf(server.url, { authorization: `Bearer ${secret}` }, positions);
  const staff = bearer(token);
  const product = await staff.done('/v1/products', { name: 'Anvil', code: 'anvil' });
  const policy = await staff.done('/v1/policies', { productId: product.id, name: 'Standard', code: 'standard', terms });
  const organization = await staff.done('/v1/organizations', {
    name: 'Road Runner Ltd',
    accountNumber: 'A-1',
    company: setup.legalEntityId,
  });
  const [productId, policyId, organizationId] = [product.id as string, policy.id as string, organization.id as string];
  return {
    ...{
      tenant,
      token,
      staff,
      positions,
      bearer,
      productId,
      policyId,
      organizationId,
      legalEntityId: setup.legalEntityId as string,
    },
    holder: (licenseKey) =>
      clientOf(server.url, { authorization: `License ${licenseKey}`, 'keyledger-tenant': tenant }, positions),
    issue: () => staff.done('/v1/licenses', { policyId, organizationId }),
  };
}
