// Events as integrators see them: CloudEvents 1.0 (cloudevents/spec v1.0.2), structured, one JSON object each.
import type { RecordedEvent } from '#kernel/context.js';
import type { EventTable } from '#kernel/events.js';
import { instantSchema, sealMarks, secretFields } from '#kernel/fields.js';
import { idSchema, parseStreamName } from '#kernel/ids.js';
import { z } from 'zod';

/** Before the names of all types; a reverse domain name, as the specification advises. */
export const TYPE_PREFIX = 'io.keyledger.';

export const cloudEventSchema = z
  .strictObject({
    specversion: z.literal('1.0'),
    id: z.uuid().meta({ description: 'The same however often the event is delivered.' }),
    source: z.string().meta({ description: 'The vendor: `/tenants/<slug>`.' }),
    type: z.string().meta({ description: `\`${TYPE_PREFIX}\` and the name of the event.` }),
    subject: z.string().meta({ description: 'What it happened to: `<category>/<id>`.' }),
    time: instantSchema.meta({ description: 'When it was decided.' }),
    datacontenttype: z.literal('application/json'),
    dataschema: z.string().meta({ description: 'Names the schema of `data`; see the AsyncAPI document.' }),
    sequence: z
      .string()
      .regex(/^\d{10}$/)
      .meta({ description: 'Gapless within the subject, from 0.' }),
    position: z
      .string()
      .regex(/^\d{20}$/)
      .meta({ description: 'Where to go on after this event.' }),
    orgid: idSchema.optional().meta({ description: 'The organization that it concerns.' }),
    actor: z.string(),
    correlationid: z.string(),
    causationid: z.string(),
    commandid: z.string(),
    traceparent: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CloudEvent' });

export type CloudEvent = z.output<typeof cloudEventSchema>;

/** The URI of a payload's schema: events of one URI never differ in what their members mean. */
export function dataSchemaOf(type: string, schema: number): string {
  return `urn:keyledger:event:${type}:${schema}`;
}

/** Makes CloudEvents of the events of these tables. Without `personal` their sealed fields are left out; secrets always are. */
export class CloudEvents {
  private readonly left: ReadonlyMap<string, { readonly always: ReadonlySet<string>; readonly personal: ReadonlySet<string> }>;

  constructor(private readonly events: EventTable) {
    this.left = new Map(
      Object.entries(events).map(([type, { data }]) => [
        type,
        { always: secretFields(data), personal: new Set(sealMarks(data).keys()) },
      ]),
    );
  }

  /** @throws Error for an event of no table: what is not known is not told. */
  of(event: RecordedEvent, personal: boolean): CloudEvent {
    const { meta, type } = event;
    const { category, id } = parseStreamName(event.stream);
    return {
      specversion: '1.0',
      id: meta.eventId,
      source: `/tenants/${meta.tenant}`,
      type: TYPE_PREFIX + type,
      subject: `${category}/${id}`,
      time: meta.occurredAt,
      datacontenttype: 'application/json',
      dataschema: dataSchemaOf(type, this.definition(type).schema),
      sequence: String(event.revision).padStart(10, '0'),
      position: event.position,
      ...(meta.organization === undefined ? {} : { orgid: meta.organization }),
      actor: meta.actor,
      correlationid: meta.correlationId,
      causationid: meta.causationId,
      commandid: meta.commandId,
      ...(meta.traceparent === undefined ? {} : { traceparent: meta.traceparent }),
      data: this.shown(type, event.data as Record<string, unknown>, personal),
    };
  }

  private definition(type: string) {
    const definition = this.events[type];
    if (!definition) throw new Error(`the event ${type} is not in the catalogue`);
    return definition;
  }

  private shown(type: string, data: Record<string, unknown>, personal: boolean): Record<string, unknown> {
    const left = this.left.get(type)!;
    return Object.fromEntries(
      Object.entries(data).filter(([field]) => !left.always.has(field) && (personal || !left.personal.has(field))),
    );
  }
}
