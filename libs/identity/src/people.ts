// Who somebody is who names an address: exactly, from the log, where a view would lag.
import type { EventStore } from '#event-store/event-store.js';
import type { Executor } from '#event-store/execute.js';
import type { Keyring } from '#event-store/keyring.js';
import { holderOf } from '#event-store/reservations.js';
import { factsFrom } from '#kernel/aggregate.js';
import { emailKey } from '#kernel/fields.js';
import { parseStreamName } from '#kernel/ids.js';
import { contactEvents } from '#organizations/contact.events.js';
import { tenantEvents } from '#tenants/tenant.events.js';
import { user, type UserState } from './user.js';

/** A contact as far as logging in is concerned. */
export interface KnownPerson {
  /** The contact's, and the user's. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

const personFact = factsFrom(contactEvents)<Omit<KnownPerson, 'id'> | null>({
  name: 'person-known',
  category: 'contact',
  initial: null,
  evolve: {
    ContactAdded: (_, { name, email }) => ({ name, email }),
    ContactRenamed: (state, { name }) => state && { ...state, name },
    ContactEmailChanged: (state, { email }) => state && { ...state, email },
  },
});

const vendorFact = factsFrom(tenantEvents)<string | null>({
  name: 'vendor-name',
  category: 'tenant',
  initial: null,
  evolve: { TenantCreated: (_, { name }) => name, TenantRenamed: (_, { name }) => name },
});

/** A contact's address is his alone in his tenant. */
const KIND = 'contact-email';

export class People {
  constructor(
    private readonly events: EventStore,
    private readonly keyring: Keyring,
    private readonly executor: Executor,
  ) {}

  /** The contact with this address; null where there is none, or no such tenant. */
  async byAddress(tenant: string, email: string): Promise<KnownPerson | null> {
    const value = emailKey(email);
    // A stranger may name any tenant: nothing is made for one that is not there.
    if ((await this.keyring.findHash(tenant, KIND, value)) === null) return null;
    const stream = await holderOf(this.events, this.keyring, tenant, { kind: KIND, value });
    return stream === null ? null : this.byId(tenant, parseStreamName(stream).id);
  }

  async byId(tenant: string, id: string): Promise<KnownPerson | null> {
    const person = await this.executor.stateOf(personFact, tenant, id);
    return person && { id, ...person };
  }

  /** The vendor's name. */
  async vendorOf(tenant: string): Promise<string> {
    return (await this.executor.stateOf(vendorFact, tenant, tenant)) ?? tenant;
  }

  /** His login as it is now; its `kind` is null where he has none. */
  loginOf(tenant: string, id: string): Promise<UserState> {
    return this.executor.stateOf(user, tenant, id);
  }
}
