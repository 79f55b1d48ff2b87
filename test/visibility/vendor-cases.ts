// What can be tried with what is the vendor's own.
import { another, read, send, type Cases } from './trying.js';

export const VENDOR_CASES: Cases = {
  'read the record of the vendor': read(() => '/v1/tenant'),
  'rename the vendor': send(
    () => '/v1/tenant/rename',
    () => ({ name: another('Acme') }),
  ),
  'read a product': read(({ productId }) => `/v1/products/${productId}`),
  'add a product': send(
    () => '/v1/products',
    () => ({ name: another('Product'), code: another('product') }),
  ),
  'read a policy': read(({ policyId }) => `/v1/policies/${policyId}`),
  'rename a policy': send(
    ({ policyId }) => `/v1/policies/${policyId}/rename`,
    () => ({ name: another('Policy') }),
  ),
  'add an organization': send(
    () => '/v1/organizations',
    () => ({ name: another('Organization') }),
  ),
  'read a role': read(() => '/v1/roles/authorized-user'),
  'add a role': send(
    () => '/v1/roles',
    () => ({ role: another('role'), kind: 'customer', title: 'Buyer', grants: [] }),
  ),
  'read an API token': read(({ apiToken }) => `/v1/tokens/${apiToken}`),
  'create an API token': send(
    () => '/v1/tokens',
    () => ({ name: another('Token'), grants: [{ permission: 'license.read', scope: 'tenant' }] }),
  ),
  'read the outbox': read(() => '/v1/outbox'),
  'see what an outside system has': read(() => '/v1/mappings'),
  'exchange contacts with an outside system': send(
    () => '/v1/mappings/upsert-organizations',
    () => ({ items: [{ externalId: another('A'), version: '1', name: another('Outside') }] }),
  ),
  'switch an outside system off': send(
    () => '/v1/tenant/set-contact-mapping',
    () => ({ system: null }),
  ),
  'decide which customers log in': send(
    () => '/v1/tenant/set-customer-login',
    () => ({ mode: 'users' }),
  ),
};
