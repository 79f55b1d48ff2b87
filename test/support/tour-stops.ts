// The stops of the tour: whoever adds a route adds a stop. What belongs to the visited organization carries the
// word `own` in its texts, what belongs to the vendor carries `vendor`: a walk looks for them where they must not be.
import { visitInvitations } from './invitation-stops.js';
import { visitRoles, visitUsers } from './people-stops.js';
import { visitLogins } from './login-stops.js';
import { visitProviders } from './provider-stops.js';
import { visitMappings } from './mapping-stops.js';
import type { Recorder } from './tour.js';
import { until } from './until.js';

/** Words that stand in a tour's texts and nowhere else. */
export interface Words {
  readonly vendor: string;
  readonly own: string;
}

/** What was made on the way. */
export interface Sights {
  readonly organizationId: string;
  readonly licenseId: string;
  readonly key: string;
}

/** Visits everything but the first set-up, as a vendor whose staff credential the recorder has. */
export async function visitAll(tour: Recorder, slug: string, words: Words): Promise<Sights> {
  const company = await visitVendor(tour, words);
  const organizationId = await visitOrganizations(tour, words, company);
  const contactId = await visitContacts(tour, words, organizationId, company);
  const policyId = await visitProducts(tour, words);
  const license = await visitLicenses(tour, words, { policyId, organizationId, contactId });
  tour.credentials.device = { authorization: `License ${license.key}`, 'keyledger-tenant': slug };
  await visitDevices(tour, words, license.id);
  await visitAsDevice(tour, words);
  await visitGroups(tour, words, { organizationId, contactId, licenseId: license.id });
  await visitRoles(tour, words);
  await visitUsers(tour, words, organizationId);
  await visitLogins(tour, slug, words.own);
  await visitProviders(tour, slug, words);
  await visitInvitations(tour, words.own, { organizationId, contactId });
  await visitMappings(tour, words.own, { organizationId, contactId });
  await visitTokens(tour, words, organizationId);
  await tour.call('staff', 'GET /v1/events?organization={organizationId}', { organizationId });
  await visitThePast(tour, { organizationId, contactId, licenseId: license.id });
  return { organizationId, licenseId: license.id, key: license.key };
}

interface Lived {
  readonly organizationId: string;
  readonly contactId: string;
  readonly licenseId: string;
}

async function visitGroups(tour: Recorder, { own }: Words, { organizationId, contactId, licenseId }: Lived): Promise<void> {
  const form = async (name: string): Promise<string> =>
    (await tour.call('staff', 'POST /v1/groups', {}, { organizationId, name: `${own} ${name}` })).id;
  const [id, gone] = [await form('design'), await form('draft')];
  const change = (verb: string, more: object, body?: object) =>
    tour.call('staff', `POST /v1/groups/{id}/${verb}`, { id, ...more }, body);
  await change('rename', {}, { name: `${own} designers` });
  await change('members', {}, { contactId });
  await change('licenses', {}, { licenseId });
  await tour.call('staff', `GET /v1/groups?q=${own}&organizationId=${organizationId}`);
  await tour.call('staff', 'GET /v1/groups/{id}', { id });
  await tour.call('staff', 'GET /v1/groups/{id}/members', { id });
  await change('preview-delete', {});
  await change('members/{contactId}/remove', { contactId });
  await change('licenses/{licenseId}/unlink', { licenseId });
  await tour.call('staff', 'POST /v1/groups/{id}/delete', { id: gone }, { cascade: true });
}

async function visitThePast(tour: Recorder, { organizationId, contactId, licenseId }: Lived): Promise<void> {
  const then = `at=${new Date().toISOString()}`;
  await tour.call('staff', `GET /v1/licenses/{id}?${then}`, { id: licenseId });
  await tour.call('staff', `GET /v1/licenses/{id}/activations?${then}`, { id: licenseId });
  await tour.call('staff', `GET /v1/licenses?organizationId=${organizationId}&${then}`);
  await tour.call('staff', `GET /v1/contacts/{id}?${then}`, { id: contactId });
  await tour.call('staff', `GET /v1/organizations/{id}?${then}`, { id: organizationId });
  await tour.call('staff', `GET /v1/organizations/{id}/members?${then}`, { id: organizationId });
  await tour.call('staff', `GET /v1/groups?organizationId=${organizationId}&${then}`);
}

async function visitVendor(tour: Recorder, { vendor }: Words): Promise<string> {
  for (const path of ['/health/live', '/health/ready', '/asyncapi.json']) await tour.call('anyone', `GET ${path}`);
  await tour.call('staff', 'GET /v1/me');
  await tour.call('staff', 'POST /v1/tenant/rename', {}, { name: `${vendor} Software` });
  await tour.call('staff', 'POST /v1/tenant/set-customer-login', {}, { mode: 'users' });
  await tour.call('staff', 'POST /v1/tenant/set-factor-policy', {}, { requiredOf: 'staff' });
  await tour.call('staff', 'GET /v1/tenant');
  await tour.call('staff', 'POST /v1/tenant/set-first-login', {}, { on: false });
  const { id } = await tour.call('staff', 'POST /v1/legal-entities', {}, { name: `${vendor} Europe` });
  const closing = await tour.call('staff', 'POST /v1/legal-entities', {}, { name: `${vendor} Asia` });
  await tour.call('staff', 'POST /v1/legal-entities/{id}/rename', { id }, { name: `${vendor} EU` });
  await tour.call('staff', 'POST /v1/legal-entities/{id}/close', { id: closing.id });
  await tour.call('staff', 'GET /v1/legal-entities');
  await tour.call('staff', 'GET /v1/legal-entities/{id}', { id });
  return id;
}

async function visitOrganizations(tour: Recorder, { own }: Words, company: string): Promise<string> {
  const added = { name: `${own} Works`, accountNumber: `${own}-1`, company, domains: [`${own}.example`] };
  const { id } = await tour.call('staff', 'POST /v1/organizations', {}, added);
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/organizations/{id}/${verb}`, { id }, body);
  await change('rename', { name: `${own} Workshop` });
  await change('set-account-number', { accountNumber: `${own}-2` });
  await change('set-company', { company });
  await change('set-domains', { domains: [`www.${own}.example`] });
  await change('suspend', { reason: `${own} owes` });
  await change('resume');
  await change('archive', { reason: `${own} is gone` });
  await change('restore');
  await change('set-allowed-users', { allowedUsers: 50 });
  await tour.call('staff', `GET /v1/organizations?q=${own}`);
  await tour.call('staff', 'GET /v1/organizations/{id}', { id });
  await tour.call('staff', 'GET /v1/organizations/{id}/history', { id });
  await tour.call('staff', 'GET /v1/organizations/{id}/history/export', { id });
  return id;
}

async function visitContacts(tour: Recorder, { own }: Words, organizationId: string, company: string): Promise<string> {
  const add = async (name: string): Promise<string> =>
    (await tour.call('staff', 'POST /v1/contacts', {}, { name: `${name} ${own}`, email: `${name}@${own}.example` })).id;
  const [ada, bob] = [await add('ada'), await add('bob')];
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/contacts/{id}/${verb}`, { id: ada }, body);
  await change('rename', { name: `Ada B. ${own}` });
  await change('set-email', { email: `ada.b@${own}.example` });
  await change('set-account', { accountNumber: `${own}-3`, company });
  await change('suspend', { reason: `${own} lost the phone` });
  await change('resume');
  await change('archive', { reason: `${own} left` });
  await change('restore');
  await tour.call('staff', 'POST /v1/contacts/{id}/erase', { id: await add('eve') });
  await visitMembers(tour, organizationId, ada, bob);
  await visitOutbox(tour, ada);
  await tour.call('staff', `GET /v1/contacts?q=${own}&organization=${organizationId}`);
  await tour.call('staff', 'GET /v1/contacts/{id}', { id: ada });
  await tour.call('staff', 'GET /v1/contacts/{id}/history', { id: ada });
  return ada;
}

async function visitMembers(tour: Recorder, id: string, ada: string, bob: string): Promise<void> {
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/organizations/{id}/${verb}`, { id }, body);
  for (const contactId of [ada, bob]) await change('members', { contactId });
  await change('contacts/assign', { place: 'primary', contactId: ada });
  await change('contacts/assign', { place: 'secondary', contactId: bob });
  await change('contacts/unassign', { place: 'secondary' });
  await tour.call('staff', 'GET /v1/organizations/{id}/members', { id });
  const member = { id, contactId: bob };
  await tour.call('staff', 'POST /v1/organizations/{id}/members/{contactId}/set-roles', member, { roles: ['authorized-user'] });
  await tour.call('staff', 'POST /v1/organizations/{id}/members/{contactId}/remove', { id, contactId: bob });
}

/** Contacts are told of their place by mail, soon after. */
async function visitOutbox(tour: Recorder, contactId: string): Promise<void> {
  const mails = async () => (await tour.call('staff', `GET /v1/outbox?contactId=${contactId}`)).data;
  await until(async () => (await mails()).length === 3);
  const [{ id }] = await mails();
  await tour.call('staff', 'GET /v1/outbox/{id}', { id });
  await tour.call('staff', 'POST /v1/outbox/{id}/retry', { id });
}

async function visitProducts(tour: Recorder, { vendor }: Words): Promise<string> {
  const product = { name: `${vendor} Studio`, code: `${vendor}-studio`, platforms: ['linux'] };
  const { id: productId } = await tour.call('staff', 'POST /v1/products', {}, product);
  const change = (verb: string, body?: object) => tour.call('staff', `POST /v1/products/{id}/${verb}`, { id: productId }, body);
  await change('change', { description: `${vendor} draws` });
  await change('retire', { reason: `${vendor} moves on` });
  await change('reinstate');
  await tour.call('staff', `GET /v1/products?q=${vendor}`);
  await tour.call('staff', 'GET /v1/products/{id}', { id: productId });

  const terms = { activations: 5, duration: 'P1Y', entitlements: { [vendor]: true } };
  const policy = { productId, name: `${vendor} yearly`, code: `${vendor}-yearly`, terms };
  const { id } = await tour.call('staff', 'POST /v1/policies', {}, policy);
  const revise = (verb: string, body?: object) => tour.call('staff', `POST /v1/policies/{id}/${verb}`, { id }, body);
  await revise('revise', { terms: { activations: 6 } });
  await revise('rename', { name: `${vendor} by the year` });
  await revise('retire', { reason: `${vendor} raises prices` });
  await revise('reinstate');
  await tour.call('staff', `GET /v1/policies?productId=${productId}`);
  await tour.call('staff', 'GET /v1/policies/{id}', { id });
  await tour.call('staff', 'GET /v1/policies/{id}/history', { id });
  await tour.call('staff', 'GET /v1/policies/{id}/versions', { id });
  await tour.call('staff', 'GET /v1/policies/{id}/versions/{version}', { id, version: '2' });
  return id;
}

interface Sold {
  readonly policyId: string;
  readonly organizationId: string;
  readonly contactId: string;
}

async function visitLicenses(tour: Recorder, { own }: Words, sold: Sold): Promise<{ id: string; key: string }> {
  const issue = { ...sold, policyVersion: 1, name: `${own} license`, metadata: { order: `${own} 7` } };
  const { id, key } = await tour.call('staff', 'POST /v1/licenses', {}, issue);
  const { id: archived } = await tour.call('staff', 'POST /v1/licenses', {}, { ...issue, quantity: 2 });
  const of = (verb: string, body?: object) => tour.call('staff', `POST /v1/licenses/{id}/${verb}`, { id }, body);
  const policy = { id: sold.policyId, version: '2' };
  await tour.call('staff', 'POST /v1/policies/{id}/versions/{version}/preview-migration', policy, { licenses: [id] });
  await of('preview-migration', { policyVersion: 2 });
  await tour.call('staff', 'POST /v1/policies/{id}/versions/{version}/migrate', policy, { licenses: [id] });
  await of('suspend', { reason: `${own} owes` });
  await of('resume', { reason: `${own} paid` });
  await of('revoke', { reason: `${own} charged back` });
  await of('undo-revocation', { reason: `${own} paid again` });
  await of('renew', { period: 'P1Y' });
  await of('set-expiry', { expiresAt: '2040-01-01T00:00:00.000Z', reason: `${own} insists` });
  await of('change-owner', { organizationId: sold.organizationId, contactId: sold.contactId, reason: `${own} moved` });
  await of('override-limits', { overrides: { activations: 8 }, reason: `${own} grows` });
  await of('reveal-key', { reason: `${own} lost it` });
  await tour.call('staff', 'POST /v1/licenses/{id}/archive', { id: archived }, { reason: `${own} by mistake` });
  await tour.call('staff', 'POST /v1/licenses/lookup', {}, { key });
  await tour.call('staff', `GET /v1/licenses?organizationId=${sold.organizationId}&status=unused,active`);
  await tour.call('staff', 'GET /v1/licenses/{id}', { id });
  await tour.call('staff', 'GET /v1/licenses/{id}/history', { id });
  await tour.call('staff', 'GET /v1/licenses/{id}/history/export?format=csv', { id });
  return { id, key };
}

const ACTIVATION = '/v1/licenses/{id}/activations/{activationId}';

async function visitDevices(tour: Recorder, { own }: Words, id: string): Promise<void> {
  const device = (n: number) => ({ fingerprint: `${own}-machine-${n}`, name: `${own} machine ${n}`, platform: 'linux' });
  const first = await tour.call('staff', 'POST /v1/licenses/{id}/activations', { id }, device(1));
  const second = await tour.call('staff', `POST ${ACTIVATION}/replace`, { id, activationId: first.id }, device(2));
  await tour.call('staff', `POST ${ACTIVATION}/name`, { id, activationId: second.id }, { name: `${own} desk` });
  const third = await tour.call('staff', 'POST /v1/licenses/{id}/activations', { id }, device(3));
  await tour.call('staff', `POST ${ACTIVATION}/deactivate`, { id, activationId: third.id });
  await tour.call('staff', `GET /v1/licenses/{id}/activations?q=${own}`, { id });
  await tour.call('staff', `GET ${ACTIVATION}`, { id, activationId: second.id });
  await tour.call('staff', 'POST /v1/licenses/{id}/validate', { id }, { fingerprint: device(2).fingerprint });
  await tour.call('staff', 'POST /v1/licenses/{id}/explain-validation', { id }, { fingerprint: device(2).fingerprint });
  await tour.call('staff', 'POST /v1/licenses/{id}/explain-activation', { id }, device(4));
  await tour.call('staff', 'POST /v1/licenses/{id}/explain-deactivation', { id }, { activationId: second.id });
  await tour.call('staff', 'POST /v1/devices/lookup', {}, { fingerprint: device(2).fingerprint });
  const blocked = { fingerprint: `${own}-stolen`, reason: `${own} reported it` };
  await tour.call('staff', 'POST /v1/licenses/{id}/block-device', { id }, blocked);
  await tour.call('staff', 'POST /v1/licenses/{id}/unblock-device', { id }, { fingerprint: blocked.fingerprint });
  const { device: hash } = await tour.call('staff', 'POST /v1/device-blocks', {}, blocked);
  await tour.call('staff', 'GET /v1/device-blocks');
  await tour.call('staff', 'GET /v1/device-blocks/{device}', { device: hash });
  await tour.call('staff', 'POST /v1/device-blocks/{device}/lift', { device: hash });
}

async function visitAsDevice(tour: Recorder, { own }: Words): Promise<void> {
  const device = (n: number) => ({ fingerprint: `${own}-laptop-${n}`, name: `${own} laptop ${n}` });
  const first = await tour.call('device', 'POST /v1/license/activations', {}, device(1));
  const second = await tour.call('device', 'POST /v1/license/activations', {}, device(2));
  const activation = (verb: string) => `POST /v1/license/activations/{activationId}/${verb}`;
  await tour.call('device', activation('deactivate'), { activationId: first.id });
  const third = await tour.call('device', activation('replace'), { activationId: second.id }, device(3));
  await tour.call('device', activation('name'), { activationId: third.id }, { name: `${own} bench` });
  await tour.call('device', 'GET /v1/license/activations/{activationId}', { activationId: third.id });
  await tour.call('device', 'POST /v1/license/validate', {}, { fingerprint: device(3).fingerprint });
  await tour.call('device', 'GET /v1/license/activations');
  await tour.call('device', 'GET /v1/license/history');
  await tour.call('device', 'GET /v1/license');
}

async function visitTokens(tour: Recorder, { vendor, own }: Words, organizationId: string): Promise<void> {
  const bound = { name: `${own} portal`, role: 'organization-administrator', organizationId };
  await tour.call('staff', 'POST /v1/tokens', {}, bound);
  const { id } = await tour.call('staff', 'POST /v1/tokens', {}, { name: `${vendor} CI`, role: 'support' });
  await tour.call('staff', 'GET /v1/tokens');
  await tour.call('staff', 'GET /v1/tokens/{id}', { id });
  await tour.call('staff', 'POST /v1/tokens/{id}/revoke', { id });
}
