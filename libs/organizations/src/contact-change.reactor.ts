// Both contacts of an organization are told when one of them changes, and so is who held the place before.
import type { Position } from '#event-store/event-store.js';
import { ERASED } from '#kernel/fields.js';
import type { Outbox } from '#mail/outbox.js';
import type { ReadStore } from '#read-models/read-store.js';
import { reactorOf, type Effect } from '#read-models/reactor.js';
import type { AnyView } from '#read-models/view.js';
import { contactChangeMail } from './contact-change.mail.js';
import { contactView, type ContactDoc } from './contact.view.js';
import { organizationEvents, type Place } from './organization.events.js';
import { organizationView } from './organization.view.js';

/** A place of an organization, with who holds it now and who held it before. Ids. */
export type ContactChange = {
  readonly organizationId: string;
  readonly place: Place;
  readonly contactId: string | null;
  readonly previous: string | null;
};

export const contactChangeReactor = reactorOf<ContactChange>()(organizationEvents, {
  name: 'tell-contacts',
  about: 'Mails to the contacts of an organization, and to who was one, that a contact has changed.',
  categories: ['organization'],
  from: 'now',
  on: {
    ContactAssigned: ({ data: { organizationId, place, contactId, previous } }) => ({
      organizationId,
      place,
      contactId,
      previous,
    }),
    ContactUnassigned: ({ data: { organizationId, place, contactId } }) => ({
      organizationId,
      place,
      contactId: null,
      previous: contactId,
    }),
  },
});

/** What the effect needs of the world. */
export interface TellPorts {
  readonly reads: Pick<ReadStore, 'get' | 'getMany'>;
  /** Resolves once a view has reached a position; rejects where that takes too long. */
  readonly reached: (view: AnyView, position: Position) => Promise<unknown>;
  readonly vendorName: (tenant: string) => Promise<string>;
  readonly outbox: Pick<Outbox, 'queue'>;
  readonly now: () => string;
}

/** Queues one mail for each reader, under a key of the event and his: a repetition tells nobody twice. */
export function tellContacts(ports: TellPorts): Effect<ContactChange> {
  return async ({ organizationId, place, contactId, previous }, { key, event }) => {
    const { tenant } = event.meta;
    for (const view of [organizationView, contactView]) await ports.reached(view, event.position);
    const organization = (await ports.reads.get(organizationView, tenant, organizationId))?.doc;
    if (!organization) return;
    const ids = [contactId, previous, organization.primary, organization.secondary].filter((id) => id !== null);
    const contacts = new Map((await ports.reads.getMany(contactView, tenant, [...new Set(ids)])).map(({ doc }) => [doc.id, doc]));
    const about = [contactId, previous].filter((id) => id !== null);
    const named = (id: string | null) => (id === null ? null : nameOf(contacts.get(id)));
    const values = {
      vendor: await ports.vendorName(tenant),
      organization: organization.name,
      place,
      contact: named(contactId),
      previous: named(previous),
    };
    for (const { id, name, email, status } of contacts.values()) {
      if (status === 'archived' || email === ERASED) continue;
      const mail = {
        tenant,
        to: { contactId: id, address: email, name },
        template: contactChangeMail,
        about,
        key: `${key}/${id}`,
      };
      await ports.outbox.queue({ ...mail, values: { ...values, reader: name } }, ports.now());
    }
  };
}

function nameOf(contact: ContactDoc | undefined): string {
  return contact && contact.name !== ERASED ? contact.name : 'Somebody';
}
