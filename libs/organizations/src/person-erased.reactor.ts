// What an erasure does beyond the log is done at least once, also where the server was killed in the middle of it.
import { reactorOf, type Effect } from '#read-models/reactor.js';
import { contactEvents } from './contact.events.js';
import type { PersonErasure } from './person-erasure.js';

export type ErasedPerson = { readonly contactId: string };

export const personErasedReactor = reactorOf<ErasedPerson>()(contactEvents, {
  name: 'erase-person',
  about: 'Finishes the erasure of a person where whoever asked for it could not: keys, documents, records, files.',
  categories: ['contact'],
  on: { PersonErased: ({ data: { contactId } }) => ({ contactId }) },
});

export function erasePersons(erasure: PersonErasure): Effect<ErasedPerson> {
  return async ({ contactId }, { event }) => void (await erasure.carryOut(event.meta.tenant, contactId));
}
