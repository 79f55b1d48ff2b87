// Whose an identity is: exactly, by the reservation that its link holds, where a view would lag.
import { createHash } from 'node:crypto';
import type { EventStore } from '#event-store/event-store.js';
import type { Keyring } from '#event-store/keyring.js';
import { holderOf } from '#event-store/reservations.js';
import { parseStreamName } from '#kernel/ids.js';
import type { People } from '../people.js';
import { identityValue } from '../user.events.js';
import { isSameIdentity, type Identity } from '../user.identities.js';

export class LinkedIdentities {
  constructor(
    private readonly events: EventStore,
    private readonly keyring: Keyring,
    private readonly people: People,
  ) {}

  /** The user who logs in by it; null where there is none. */
  async userOf(tenant: string, identity: Identity): Promise<string | null> {
    const value = identityValue(identity);
    if ((await this.keyring.findHash(tenant, `unique:${value.kind}`, value.value)) === null) return null;
    const stream = await holderOf(this.events, this.keyring, tenant, value);
    if (stream === null) return null;
    const { id } = parseStreamName(stream);
    const { identities } = await this.people.loginOf(tenant, id);
    return identities.some((each) => isSameIdentity(each, identity)) ? id : null;
  }
}

/** An identity's own name in addresses; says nothing of the person. */
export function identityId({ provider, issuer, subject }: Identity): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, issuer, subject]))
    .digest('base64url')
    .slice(0, 22);
}
