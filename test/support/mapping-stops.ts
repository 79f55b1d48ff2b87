// The stops of the tour at the exchange with an outside system.
import type { Recorder } from './tour.js';

interface Mapped {
  readonly organizationId: string;
  readonly contactId: string;
}

/** @param own the word of the visited organization */
export async function visitMappings(tour: Recorder, own: string, { organizationId, contactId }: Mapped): Promise<void> {
  await tour.call('staff', 'POST /v1/tenant/set-contact-mapping', {}, { system: 'CRM' });
  const named = (number: number, version: string) => ({ externalId: `${own}-${number}`, version });
  const confirmed = (kind: string, id: string, number: number) => ({ kind, id, revision: 0, ...named(number, '1') });
  const items = [confirmed('organization', organizationId, 1), confirmed('contact', contactId, 2)];
  await tour.call('staff', 'POST /v1/mappings/confirm', {}, { items });
  const organization = { ...named(3, '1'), name: `${own} Branch` };
  await tour.call('staff', 'POST /v1/mappings/upsert-organizations', {}, { items: [organization] });
  const person = { name: `Kim ${own}`, email: `kim@${own}.example`, organization: organization.externalId };
  const upsert = (version: string, more: object) =>
    tour.call('staff', 'POST /v1/mappings/upsert-contacts', {}, { items: [{ ...named(4, version), ...person, ...more }] });
  const { data } = await upsert('1', {});
  const { id } = data[0];
  await tour.call('staff', 'POST /v1/contacts/{id}/rename', { id }, { name: `Kim B. ${own}` });
  await upsert('2', { name: `Kim C. ${own}` });
  await tour.call('staff', 'GET /v1/mappings?kind=contact&state=conflict');
  await tour.call('staff', 'GET /v1/mappings/counts');
  await tour.call('staff', 'GET /v1/mappings/{id}', { id });
  await tour.call('staff', 'POST /v1/mappings/{id}/resolve', { id }, { keep: 'theirs' });
  await tour.call('staff', 'POST /v1/mappings/{id}/end', { id });
}
