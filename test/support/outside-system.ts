// A small outside system: a CRM with cards of persons, which it keeps the same as the vendor's contacts. It is the example
// of docs/how-to/synchronize-contacts.md, so it shows how one is written that may be stopped at any moment.
import type { Body, Client } from './client.js';

/** What it keeps of a person. */
export interface Card {
  /** Its own id. */
  readonly externalId: string;
  /** Ours, once it knows it. */
  id?: string;
  name: string;
  email: string;
  /** Grows with each change of the card, whoever made it. */
  version: number;
  /** Its people changed it, and that was not sent yet. */
  changed: boolean;
  /** The vendor has put him away, or erased him. */
  gone?: boolean;
}

const TYPES = [
  ...['ContactAdded', 'ContactRenamed', 'ContactEmailChanged', 'ContactAccountSet', 'ContactSuspended', 'ContactResumed'],
  ...['ContactArchived', 'ContactRestored', 'PersonErased', 'MappingConflictDecided', 'MappingEnded'],
].join();
const GONE = ['contact.archived', 'contact.erased'];

export class OutsideSystem {
  readonly cards = new Map<string, Card>();
  private made = 0;

  /** @param place where in the events it goes on */
  constructor(
    private readonly api: Pick<Client, 'read' | 'done'>,
    private readonly name: string,
    private place = '0'.repeat(20),
  ) {}

  /** Its people add a card. */
  add(name: string, email: string): Card {
    return this.keep({ name, email, changed: true });
  }

  /** Its people change a card. */
  edit(card: Card, change: Partial<Pick<Card, 'name' | 'email'>>): void {
    Object.assign(card, change, { version: card.version + 1, changed: true });
  }

  /** Everything again, as after a restore of its own: all events are read anew, and all cards are sent anew. */
  replay(place: string): void {
    this.place = place;
    for (const card of this.cards.values()) card.changed ||= card.gone !== true;
  }

  /** Sends what its people changed. */
  async send(): Promise<void> {
    const changed = [...this.cards.values()].filter((card) => card.changed);
    if (changed.length === 0) return;
    const items = changed.map(({ externalId, id, name, email, version }) => {
      return { externalId, id, name, email, version: String(version) };
    });
    const { data } = await this.api.done('/v1/mappings/upsert-contacts', { items });
    for (const [index, { id, refusal }] of data.entries()) {
      const card = changed[index]!;
      if (!refusal) Object.assign(card, { id, changed: false });
      else if (GONE.includes(refusal.code)) Object.assign(card, { gone: true, changed: false });
    }
  }

  /** Takes over the next page of events; whether there was anything to read. */
  async read(): Promise<boolean> {
    const { data, next } = await this.api.read(`/v1/events?after=${this.place}&type=${TYPES}`);
    // First, so that none of its own changes is written over.
    await this.send();
    const ids = new Set<string>(data.map(({ subject }: Body) => subject.split('/')[1]));
    const items: object[] = [];
    for (const id of ids) items.push(...(await this.take(id)));
    if (items.length > 0) await this.api.done('/v1/mappings/confirm', { items });
    this.place = next;
    return data.length > 0;
  }

  /** An event says that there is something to know. What that is, the contact tells as he is now, however old the event is. */
  private async take(id: string): Promise<object[]> {
    const contact = await this.api.read(`/v1/contacts/${id}`);
    // A person decides; `MappingConflictDecided` tells of it.
    if (contact.mapping === null || contact.mapping.state === 'conflict') return [];
    const card = this.cardOf(contact);
    if (card.changed) return [];
    card.gone = contact.status === 'archived';
    const { name, email } = contact;
    if (card.name !== name || card.email !== email) Object.assign(card, { name, email, version: card.version + 1 });
    return [{ kind: 'contact', id, externalId: card.externalId, version: String(card.version), revision: contact.revision }];
  }

  /** By our id; by its own, where an answer was lost that told it ours; otherwise a new one. */
  private cardOf({ id, name, email, mapping }: Body): Card {
    const cards = [...this.cards.values()];
    const card = cards.find((one) => one.id === id) ?? this.cards.get(mapping.externalId ?? '');
    return card ? Object.assign(card, { id }) : this.keep({ id, name, email, changed: false });
  }

  private keep(card: Omit<Card, 'externalId' | 'version'>): Card {
    const kept = { externalId: `${this.name}-${++this.made}`, version: 1, ...card };
    this.cards.set(kept.externalId, kept);
    return kept;
  }
}
