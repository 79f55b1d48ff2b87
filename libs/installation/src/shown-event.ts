// An event of the log as the operator sees it: as it is stored, without what is personal or secret.
import { events as eventTable } from '#catalogue/events.js';
import { sealedFields } from '#event-store/codec.js';
import type { StoredEvent } from '#event-store/event-store.js';
import { sealMarks, secretFields } from '#kernel/fields.js';
import type { JsonObject } from '#kernel/json.js';

export interface ShownEvent {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly eventId: string;
  /** Envelope: tenant, actor, occurredAt, schema … */
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: JsonObject;
  /** Fields of `data` that are not shown. */
  readonly withheld: readonly string[];
}

/** The whole event; `data` is its payload with sealed fields opened. */
export function revealedEvent(event: StoredEvent, data: JsonObject): ShownEvent {
  const { position, stream, revision, type, eventId, metadata } = event;
  return { position, stream, revision, type, eventId, metadata, data, withheld: [] };
}

/** Without sealed and secret fields. What a type that this version does not know holds, is not shown at all. */
export function coveredEvent(event: StoredEvent): ShownEvent {
  const stored = JSON.parse(event.data) as JsonObject;
  const definition = eventTable[event.type];
  const sealedNow = sealedFields(event).map(([field]) => field);
  const covered = definition && new Set([...sealedNow, ...sealMarks(definition.data).keys(), ...secretFields(definition.data)]);
  const fields = Object.keys(stored);
  const withheld = fields.filter((field) => !covered || (covered.has(field) && stored[field] !== null));
  const shown = fields.filter((field) => !withheld.includes(field)).map((field) => [field, stored[field]!] as const);
  return { ...revealedEvent(event, Object.fromEntries(shown)), withheld };
}
