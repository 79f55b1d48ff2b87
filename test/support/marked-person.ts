// A person with a marker in every personal field of every event: by the doors where contacts and licenses are concerned,
// and for all events that no step here brings about, as facts made of their golden samples.
import { aggregates } from '#catalogue/aggregates.js';
import { events } from '#catalogue/events.js';
import type { Installation } from '#installation/installation.js';
import type { EventMeta } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import { sealMarks } from '#kernel/fields.js';
import { eventIdOf, newCommandId, streamName } from '#kernel/ids.js';
import { goldens, type Golden } from './golden.js';
import { newMarker } from './markers.js';
import type { Vendor } from './vendor.js';

/** Fields that name whose key seals them, where that is never a person. */
const NO_PERSONS = new Set(['tenant', 'organizationId']);
/** Written by the erasure itself. */
const BY_ERASURE = 'PersonErased';

/** Every field of every event that may be sealed for a person: `ContactAdded.name`. */
export const personalFields: readonly string[] = Object.entries(events).flatMap(([type, { data }]) =>
  [...sealMarks(data)]
    .filter(([, { subject }]) => type !== BY_ERASURE && !NO_PERSONS.has(subject))
    .map(([field]) => `${type}.${field}`),
);

export interface MarkedPerson {
  readonly contactId: string;
  readonly licenseId: string;
  readonly licenseKey: string;
  /** By what they were written as: `ContactAdded.name`. */
  readonly markers: Map<string, string>;
}

class Markers {
  readonly all = new Map<string, string>();

  /** A new marker under a name. */
  of(what: string): string {
    const marker = newMarker();
    this.all.set(what, marker);
    return marker;
  }

  /** One that other events name again, under their names too. */
  again(marker: string, what: string): void {
    this.all.set(what, marker);
  }
}

/** Gives every command about a person once, as staff of the vendor. */
export async function markPerson(vendor: Vendor): Promise<MarkedPerson> {
  const markers = new Markers();
  const contactId = await markContact(vendor, markers);
  const { licenseId, licenseKey } = await markLicense(vendor, contactId, markers);
  return { contactId, licenseId, licenseKey, markers: markers.all };
}

async function markContact({ staff, organizationId, legalEntityId }: Vendor, markers: Markers): Promise<string> {
  const email = markers.of('ContactAdded.email');
  const { id } = await staff.done('/v1/contacts', { name: markers.of('ContactAdded.name'), email: `${email}@marked.example` });
  const change = (verb: string, body: object = {}) => staff.done(`/v1/contacts/${id}/${verb}`, body);
  await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: id });
  await staff.done(`/v1/organizations/${organizationId}/contacts/assign`, { place: 'primary', contactId: id });
  await change('rename', { name: markers.of('ContactRenamed.name') });
  await change('set-email', { email: `${markers.of('ContactEmailChanged.email')}@marked.example` });
  markers.again(email, 'ContactEmailChanged.previous');
  const number = markers.of('ContactAccountSet.previous');
  for (const accountNumber of [number, markers.of('ContactAccountSet.accountNumber')])
    await change('set-account', { accountNumber, company: legalEntityId });
  await change('archive', { reason: markers.of('refused') }).catch(() => undefined);
  const { id: other } = await staff.done('/v1/contacts', { name: 'Other', email: `other-${id}@globex.example` });
  await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: other });
  await staff.done(`/v1/organizations/${organizationId}/contacts/assign`, { place: 'primary', contactId: other });
  await change('archive', { reason: markers.of('ContactArchived.reason') });
  await change('restore');
  await change('suspend', { reason: markers.of('ContactSuspended.reason') });
  // Answers without events are kept as records for a day.
  const repeated = { 'idempotency-key': `again-${id}` };
  await staff.post(`/v1/contacts/${id}/suspend`, { reason: markers.of('kept answer') }, repeated);
  return id;
}

async function markLicense({ staff, policyId, organizationId, holder }: Vendor, contactId: string, markers: Markers) {
  const name = markers.of('LicenseIssued.name');
  const metadata = { note: markers.of('LicenseIssued.metadata') };
  const issued = { policyId, contactId, name, metadata };
  const { id: licenseId, key: licenseKey } = await staff.done('/v1/licenses', issued);
  const { id: archived } = await staff.done('/v1/licenses', { policyId, contactId });
  const change = (verb: string, type: string, more: object = {}) =>
    staff.done(`/v1/licenses/${licenseId}/${verb}`, { reason: markers.of(`${type}.reason`), ...more });
  await staff.done(`/v1/contacts/${contactId}/resume`);
  const device = holder(licenseKey);
  const activations = '/v1/license/activations';
  const first = { fingerprint: `first-${licenseId}`, name: markers.of('KeyActivated.deviceName') };
  const { id } = await device.done(activations, first);
  const second = { fingerprint: `second-${licenseId}`, name: markers.of('ActivationReplaced.deviceName') };
  const replaced = await device.done(`${activations}/${id}/replace`, second);
  await device.done(`${activations}/${replaced.id}/name`, { name: markers.of('ActivationNamed.deviceName') });
  await change('block-device', 'DeviceBlocked', { fingerprint: `stolen-${licenseId}` });
  await change('suspend', 'LicenseSuspended');
  await change('resume', 'LicenseResumed');
  await change('revoke', 'LicenseRevoked');
  await change('undo-revocation', 'LicenseRevocationUndone');
  await change('set-expiry', 'LicenseExpirySet', { expiresAt: '2040-01-01T00:00:00.000Z' });
  await change('override-limits', 'LicenseLimitsOverridden', { overrides: { activations: 8 } });
  await change('reveal-key', 'LicenseKeyRevealed');
  await staff.done(`/v1/licenses/${licenseId}/change-owner`, { contactId: null, organizationId });
  await change('change-owner', 'LicenseOwnerChanged', { contactId, organizationId: null });
  const reason = markers.of('LicenseArchived.reason');
  await staff.done(`/v1/licenses/${archived}/archive`, { reason });
  await staff.done(`/v1/contacts/${contactId}/suspend`, { reason: markers.of('ContactSuspended.reason again') });
  return { licenseId: licenseId as string, licenseKey: licenseKey as string };
}

/**
 * Appends what no door of this file says: the lives of all other things that hold something of a person, event by event
 * as their samples have it, with a marker in each sealed field.
 */
export async function markTheRest({ events: log, codec, clock }: Installation, { contactId, markers }: MarkedPerson) {
  for (const { category, events: table } of aggregates) {
    const types = Object.keys(table as EventTable);
    const isNew = (field: string) => types.includes(field.split('.')[0]!) && !markers.has(field);
    if (!personalFields.some(isNew)) continue;
    const samples = goldens.map(([, sample]) => sample);
    const stream = streamName(category, 'acme', contactId);
    for (const type of types) {
      const sample = samples.find((each) => each.type === type && each.schema === codec.schemaOf(type));
      if (!sample) continue;
      const data = markedOf(sample, contactId, markers);
      const [commandId, occurredAt] = [newCommandId(), clock.now()];
      const meta: EventMeta = {
        ...{ type: sample.type, schema: sample.schema, tenant: 'acme', actor: 'operator', occurredAt, commandId },
        ...{ eventId: eventIdOf(commandId, 0), correlationId: commandId, causationId: commandId },
      };
      await log.append([{ stream, expected: 'any', events: [await codec.encode(meta, data)] }]);
    }
  }
}

/** The sample as one of this person. */
function markedOf({ type, data }: Golden, contactId: string, markers: Map<string, string>): Record<string, unknown> {
  const marks = [...sealMarks(events[type]!.data)].filter(([, { subject }]) => !NO_PERSONS.has(subject));
  const theirs =
    marks.map(([, { subject }]) => data[subject]).find((id) => typeof id === 'string') ?? data['userId'] ?? data['contactId'];
  const text = JSON.stringify(data);
  const his = JSON.parse(typeof theirs === 'string' ? text.replaceAll(theirs, contactId) : text) as Record<string, unknown>;
  for (const [field] of marks) {
    const marker = newMarker();
    markers.set(`${type}.${field}`, marker);
    his[field] = marker;
  }
  return his;
}
