// The AsyncAPI 3.0 document of the feed, made of the schemas of all events.
import { jsonSchemaOf, type Components, type JsonSchema } from '#http/json-schema.js';
import type { EventDefinition, EventTable } from '#kernel/events.js';
import { ERASED, sealMarks, secretFields } from '#kernel/fields.js';
import { z } from 'zod';
import { cloudEventSchema, dataSchemaOf, TYPE_PREFIX } from './cloud-event.js';

const ABOUT = `Everything that happened to a vendor, in the order in which it happened, as CloudEvents 1.0. The same events come
by pages of JSON and, with \`Accept: text/event-stream\`, as server-sent events whose ids are positions.
Members that are marked \`x-personal\` are left out for who has not the permission \`event.read-personal\`; they read
${JSON.stringify(ERASED)} where the person's key was destroyed.`;

/** `events` as {@link EventTable}s that somebody can receive; `version` of the product. */
export function asyncApiOf(events: EventTable, version: string): JsonSchema {
  const schemas: Components = {};
  const messages = Object.fromEntries(Object.entries(events).map(([type, event]) => [type, messageOf(type, event, schemas)]));
  const refs = Object.keys(events).map((type) => [type, { $ref: `#/components/messages/${type}` }] as const);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Keyledger events', version, description: ABOUT, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    channels: {
      events: {
        address: '/v1/events',
        title: 'The feed',
        description: 'What may be asked of it stands in the OpenAPI document.',
        messages: Object.fromEntries(refs),
      },
    },
    operations: {
      sendEvents: {
        action: 'send',
        channel: { $ref: '#/channels/events' },
        summary: 'The server sends each event once to each reader.',
      },
    },
    components: { messages, schemas },
  };
}

function messageOf(type: string, event: EventDefinition, schemas: Components): JsonSchema {
  const dataschema = dataSchemaOf(type, event.schema);
  schemas[type] = jsonSchemaOf(shownSchema(event), 'output', schemas);
  const own = {
    type: { const: TYPE_PREFIX + type },
    dataschema: { const: dataschema },
    data: { $ref: `#/components/schemas/${type}` },
  };
  return {
    name: TYPE_PREFIX + type,
    title: type,
    summary: event.about,
    contentType: 'application/json',
    payload: { allOf: [jsonSchemaOf(cloudEventSchema, 'output', schemas), { type: 'object', properties: own }] },
  };
}

/** What readers get of a payload. */
function shownSchema({ data }: EventDefinition): z.ZodObject {
  const personal = sealMarks(data);
  const secret = secretFields(data);
  const shown = Object.entries(data.shape).filter(([field]) => !secret.has(field));
  return z.strictObject(
    Object.fromEntries(shown.map(([field, type]) => [field, personal.has(field) ? whoMaySee(type as z.ZodType) : type])),
  );
}

function whoMaySee(type: z.ZodType): z.ZodType {
  return z
    .union([type, z.literal(ERASED)])
    .optional()
    .meta({ 'x-personal': true });
}
