// The stops of the tour at logins and roles; see tour-stops.ts.
import type { Recorder } from './tour.js';

export async function visitRoles(tour: Recorder, { vendor }: { readonly vendor: string }): Promise<void> {
  const id = `${vendor}-keeper`;
  const grants = [{ permission: 'license.read', scope: 'own' }];
  await tour.call('staff', 'POST /v1/roles', {}, { role: id, kind: 'customer', title: `${vendor} keeper`, grants });
  const of = (verb: string, body?: object) => tour.call('staff', `POST /v1/roles/{id}/${verb}`, { id }, body);
  await of('preview', { grants: [] });
  await of('change', { about: `${vendor} keeps` });
  await of('set-default');
  await tour.call('staff', 'POST /v1/roles/{id}/set-default', { id: 'authorized-user' });
  await tour.call('staff', 'GET /v1/roles');
  await tour.call('staff', 'GET /v1/roles/{id}', { id });
  await of('preview-removal');
  await of('remove');
}

export async function visitUsers(tour: Recorder, { own }: { readonly own: string }, organizationId: string): Promise<void> {
  const contact = { name: `uma ${own}`, email: `uma@${own}.example` };
  const { id } = await tour.call('staff', 'POST /v1/contacts', {}, contact);
  await tour.call('staff', 'POST /v1/organizations/{id}/members', { id: organizationId }, { contactId: id });
  const both = { name: `ugo ${own}`, email: `ugo@${own}.example`, organizationId };
  await tour.call('staff', 'POST /v1/users', {}, { contact: both });
  const of = (verb: string, body?: object) => tour.call('staff', `POST /v1/users/{id}/${verb}`, { id }, body);
  await tour.call('staff', 'POST /v1/users', {}, { contactId: id });
  await of('set-roles', { roles: ['customer-representative'] });
  await of('set-profile', { locale: 'de', zone: 'Europe/Vienna' });
  await of('disable', { reason: `${own} is away` });
  await of('enable');
  await tour.call('staff', `GET /v1/users?q=${own}&organization=${organizationId}`);
  await tour.call('staff', 'GET /v1/users/{id}', { id });
  await of('remove', { reason: `${own} left` });
}
