// Rules of a contact: a person whom the vendor knows, before and without any login.
// His memberships and places live in the organizations' streams.
import { aggregateOf } from '#kernel/aggregate.js';
import { emailSchema, ERASED, nameSchema, textSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { z } from 'zod';
import { accountNumberSchema, companies, companySchema, mustBeOpen } from './account.js';
import { contactEvents } from './contact.events.js';
import { placeSchema } from './organization.events.js';
import { organizationsErrors } from './organizations.errors.js';

export interface ContactState {
  readonly name: string | null;
  readonly email: string;
  readonly accountNumber: string | null;
  readonly company: string | null;
  readonly suspended: boolean;
  readonly archived: boolean;
  readonly erased: boolean;
}

function mustExist(state: ContactState): void {
  if (state.name === null) organizationsErrors.refuse('contact.not-found');
}

function mustBeReadable(state: ContactState): void {
  mustExist(state);
  if (state.erased) organizationsErrors.refuse('contact.erased');
}

function mustBeActive(state: ContactState): void {
  mustBeReadable(state);
  if (state.archived) organizationsErrors.refuse('contact.archived');
}

const reason = textSchema.nullable().default(null);

/**
 * The places that a contact holds. They stand in other streams, so whoever sends the command tells them,
 * from a view that has reached the head of the log. A place that is given at the very same moment can
 * slip through; it does no harm, because an archived contact has no rights, and the place can be given anew.
 */
const heldPlacesSchema = z.array(z.strictObject({ organizationId: idSchema, place: placeSchema }));

/** What can still be read; after an older backup was restored, the key may be gone before the fact is there. */
function known(text: string | null): string | null {
  return text === ERASED ? null : text;
}

export const contact = aggregateOf<ContactState>()({
  name: 'contact',
  events: contactEvents,
  initial: { name: null, email: '', accountNumber: null, company: null, suspended: false, archived: false, erased: false },
  commands: {
    add: z.strictObject({ name: nameSchema, email: emailSchema }),
    rename: z.strictObject({ name: nameSchema }),
    setEmail: z.strictObject({ email: emailSchema }),
    /** Of his own; he keeps them beside those of organizations that he joins, until they are cleared. */
    setAccount: z.strictObject({ accountNumber: accountNumberSchema.nullable(), company: companySchema.nullable() }),
    suspend: z.strictObject({ reason }),
    resume: z.strictObject({}),
    archive: z.strictObject({ reason, places: heldPlacesSchema }),
    restore: z.strictObject({}),
    /** The address and the account number become free for others. */
    erase: z.strictObject({ places: heldPlacesSchema }),
  },
  facts: { tenant: companies },
  needs: {
    setAccount: ({ company }, _state, _id, tenant) => ({ tenant: company && tenant }),
  },
  decide: {
    add: ({ name, email }, state, { id }) => {
      if (state.name !== null) organizationsErrors.refuse('contact.exists');
      return { type: 'ContactAdded', data: { contactId: id, name, email } };
    },
    rename: ({ name }, state, { id }) => {
      mustBeActive(state);
      return name === state.name ? [] : { type: 'ContactRenamed', data: { contactId: id, name } };
    },
    setEmail: ({ email }, state, { id }) => {
      mustBeActive(state);
      return email === state.email ? [] : { type: 'ContactEmailChanged', data: { contactId: id, email, previous: state.email } };
    },
    setAccount: ({ accountNumber, company }, state, { id, facts }) => {
      mustBeActive(state);
      if (accountNumber === state.accountNumber && company === state.company) return [];
      if (company !== state.company) mustBeOpen(company, facts.tenant);
      return { type: 'ContactAccountSet', data: { contactId: id, accountNumber, company, previous: state.accountNumber } };
    },
    suspend: (command, state, { id }) => {
      mustBeActive(state);
      return state.suspended ? [] : { type: 'ContactSuspended', data: { contactId: id, reason: command.reason } };
    },
    resume: (_, state, { id }) => {
      mustBeActive(state);
      return state.suspended ? { type: 'ContactResumed', data: { contactId: id } } : [];
    },
    archive: (command, state, { id }) => {
      mustExist(state);
      if (state.archived) return [];
      if (command.places.length > 0) organizationsErrors.refuse('contact.holds-place', undefined, { places: command.places });
      return { type: 'ContactArchived', data: { contactId: id, reason: command.reason } };
    },
    restore: (_, state, { id }) => {
      mustBeReadable(state);
      return state.archived ? { type: 'ContactRestored', data: { contactId: id } } : [];
    },
    erase: ({ places }, state, { id }) => {
      mustExist(state);
      if (state.erased) return [];
      if (places.length > 0) organizationsErrors.refuse('contact.holds-place', undefined, { places });
      const erased = { contactId: id, email: known(state.email), accountNumber: known(state.accountNumber) };
      const archived = { type: 'ContactArchived', data: { contactId: id, reason: null } } as const;
      return [...(state.archived ? [] : [archived]), { type: 'PersonErased', data: erased }];
    },
  },
  evolve: {
    ContactAdded: (state, { name, email }) => ({ ...state, name, email }),
    ContactRenamed: (state, { name }) => ({ ...state, name }),
    ContactEmailChanged: (state, { email }) => ({ ...state, email }),
    ContactAccountSet: (state, { accountNumber, company }) => ({ ...state, accountNumber, company }),
    ContactSuspended: (state) => ({ ...state, suspended: true }),
    ContactResumed: (state) => ({ ...state, suspended: false }),
    ContactArchived: (state) => ({ ...state, archived: true }),
    ContactRestored: (state) => ({ ...state, archived: false }),
    PersonErased: (state) => ({ ...state, name: ERASED, email: ERASED, accountNumber: null, archived: true, erased: true }),
  },
});
