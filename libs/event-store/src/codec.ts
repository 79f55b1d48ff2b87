// Between what rules decide and what stores keep: envelope, canonical JSON, sealing, upcasting.
import type { EventMeta, RecordedEvent } from '#kernel/context.js';
import { upcast, type EventDefinition, type EventTable } from '#kernel/events.js';
import { ERASED, sealMarks } from '#kernel/fields.js';
import { parseStreamName } from '#kernel/ids.js';
import { storeErrors, type NewEvent, type StoredEvent } from './event-store.js';
import { canonicalJson } from './canonical-json.js';
import { decrypt, encrypt, type Keyring } from './keyring.js';

type Payload = Record<string, unknown>;
type Marks = ReadonlyMap<string, { readonly subject: string }>;

/** Metadata keys under which the envelope's members are stored; the two with `$` are names that KurrentDB knows. */
const STORED_AS = {
  correlationId: '$correlationId',
  causationId: '$causationId',
  tenant: 'tenant',
  organization: 'organization',
  actor: 'actor',
  occurredAt: 'occurredAt',
  commandId: 'commandId',
  commandHash: 'commandHash',
  requestId: 'requestId',
  traceparent: 'traceparent',
} as const satisfies Partial<Record<keyof EventMeta, string>>;
const STORED = Object.entries(STORED_AS) as [keyof typeof STORED_AS, string][];

/** What is stored of a field whose subject was erased before: it reads as erased. */
const NOT_KEPT = '';

/** What a seal is bound to, so that a ciphertext cannot be moved to another event, field or person. */
function binding(meta: { tenant: string; eventId: string }, subject: string, field: string): string {
  return JSON.stringify([meta.tenant, subject, meta.eventId, field]);
}

function unseal(key: Uint8Array, value: string, bound: string): unknown {
  try {
    return JSON.parse(decrypt(key, value, bound).toString());
  } catch {
    throw storeErrors.error('store.damaged', `a sealed field was altered, or its key is another one: ${bound}`);
  }
}

/**
 * Sets a field to what `open` answers as soon as somebody looks at it. Most readers look at few of the sealed fields, and
 * opening one costs more than parsing the whole event (8 µs of 12).
 */
function whenRead(data: Payload, field: string, open: () => unknown): void {
  const plain = { configurable: true, enumerable: true };
  const get = () => {
    const value = open();
    Object.defineProperty(data, field, { ...plain, value, writable: true });
    return value;
  };
  Object.defineProperty(data, field, { ...plain, get });
}

/** The fields of a stored payload that are sealed, each with the field that names the subject whose key seals it. */
export function sealedFields({
  metadata,
}: Pick<StoredEvent, 'metadata'>): readonly (readonly [field: string, subject: string])[] {
  const pairs = metadata['sealed']?.split(' ') ?? [];
  return pairs.map((pair) => pair.split(':') as [string, string]);
}

export class Codec {
  private readonly marks = new Map<string, Marks>();

  constructor(
    private readonly events: EventTable,
    private readonly keyring: Keyring,
  ) {
    for (const [type, definition] of Object.entries(events)) this.marks.set(type, sealMarks(definition.data));
  }

  /** The payload in the form in which it will come back from the log. @throws ZodError for a payload that breaks its own schema. */
  normalize(type: string, data: unknown): Payload {
    return JSON.parse(canonicalJson(this.definition(type).data.parse(data))!) as Payload;
  }

  /** The bytes to be appended; `data` as {@link normalize} answered it. */
  async encode(meta: EventMeta, data: Payload): Promise<NewEvent> {
    const marks = this.marks.get(meta.type)!;
    const stored: Payload = { ...data };
    for (const [field, { subject: subjectField }] of marks) {
      if (data[field] === null || data[field] === undefined) continue;
      const subject = String(data[subjectField]);
      const key = await this.keyring.sealingKey(meta.tenant, subject);
      stored[field] = key ? encrypt(key, Buffer.from(JSON.stringify(data[field])), binding(meta, subject, field)) : NOT_KEPT;
    }
    const metadata: Record<string, string> = { schema: String(meta.schema) };
    for (const [member, name] of STORED) {
      const value = meta[member];
      if (value !== undefined) metadata[name] = value;
    }
    if (marks.size > 0) metadata['sealed'] = [...marks].map(([field, { subject }]) => `${field}:${subject}`).join(' ');
    return { eventId: meta.eventId, type: meta.type, data: canonicalJson(stored)!, metadata };
  }

  /**
   * Events as rules and views see them. A type that this version does not know passes with its payload
   * as stored: folds and views leave it alone. @throws `store.damaged` for a payload that cannot be read; a sealed
   * field that was altered throws it to whoever reads the field.
   */
  async decode(events: readonly StoredEvent[]): Promise<RecordedEvent[]> {
    const decoded: RecordedEvent[] = [];
    for (const event of events) {
      const meta = this.metaOf(event);
      const payload = this.parse(event);
      const sealed = sealedFields(event);
      const opened = sealed.length > 0 ? await this.open(meta, payload, sealed) : payload;
      const definition = this.events[event.type];
      const data = definition ? upcast(event.type, definition, meta.schema, opened) : opened;
      const { stream, revision, position, type } = event;
      decoded.push({ stream, id: parseStreamName(stream).id, revision, position, meta, type, data });
    }
    return decoded;
  }

  private parse(event: StoredEvent): Payload {
    try {
      return JSON.parse(event.data) as Payload;
    } catch (cause) {
      throw storeErrors.error('store.damaged', `the event at ${event.position} (${event.stream}) is not JSON: ${String(cause)}`);
    }
  }

  private async open(meta: EventMeta, data: Payload, sealed: ReturnType<typeof sealedFields>): Promise<Payload> {
    const opened: Payload = { ...data };
    for (const [field, subjectField] of sealed) {
      const value = data[field];
      if (typeof value !== 'string') continue;
      const subject = String(data[subjectField]);
      const key = value === NOT_KEPT ? null : await this.keyring.findSubjectKey(meta.tenant, subject);
      if (key) whenRead(opened, field, () => unseal(key, value, binding(meta, subject, field)));
      else opened[field] = ERASED;
    }
    return opened;
  }

  private metaOf(event: StoredEvent): EventMeta {
    const members: Record<string, unknown> = {
      eventId: event.eventId,
      type: event.type,
      schema: Number(event.metadata['schema']),
    };
    for (const [member, name] of STORED) {
      const value = event.metadata[name];
      if (value !== undefined) members[member] = value;
    }
    return members as unknown as EventMeta;
  }

  /** What a type is, newest schema. @throws Error for one that the catalogue does not have. */
  definition(type: string): EventDefinition {
    const definition = this.events[type];
    if (!definition) throw new Error(`the event ${type} is not in the catalogue`);
    return definition;
  }

  /** The number of the newest schema of a type. */
  schemaOf(type: string): number {
    return this.definition(type).schema;
  }
}
