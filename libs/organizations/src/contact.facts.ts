// What the rules of organizations and groups must know of a contact.
import { factsFrom, type Fact } from '#kernel/aggregate.js';
import { contactEvents } from './contact.events.js';
import { organizationsErrors } from './organizations.errors.js';

interface ContactInUse {
  readonly archived: boolean;
}

/** Whether a contact is there and in use; the person himself is not looked at. */
export const contactInUse = factsFrom(contactEvents)<ContactInUse>({
  name: 'contact-in-use',
  category: 'contact',
  initial: { archived: false },
  evolve: {
    ContactArchived: () => ({ archived: true }),
    ContactRestored: () => ({ archived: false }),
  },
});

/** @throws `contact.unknown`, `contact.archived` */
export function mustBeUsable(contact: Fact<ContactInUse> | undefined): void {
  if (!contact || contact.revision < 0) return organizationsErrors.refuse('contact.unknown');
  if (contact.state.archived) organizationsErrors.refuse('contact.archived');
}
