// Every event as integrators get it: the reference library takes it, and the AsyncAPI document describes it.
import { describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { CloudEvent, HTTP } from 'cloudevents';
import { aggregates } from '#catalogue/aggregates.js';
import { journalEvents } from '#catalogue/journal.js';
import { asyncApiOf } from '#integrations/asyncapi.js';
import { CloudEvents } from '#integrations/cloud-event.js';
import { ERASED, sealMarks, secretFields } from '#kernel/fields.js';
import { eventIdOf, idSchema, newCommandId, streamName } from '#kernel/ids.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { goldenName, goldenOf } from './support/golden.js';

const types = Object.keys(journalEvents);
const document = asyncApiOf(journalEvents, '1.2.3');
const cloudEvents = new CloudEvents(journalEvents);
const marksOf = (type: string) => sealMarks(journalEvents[type]!.data);

/** The golden sample as it comes out of the feed. */
function told(type: string, personal: boolean, change: Record<string, unknown> = {}) {
  const { schema } = journalEvents[type]!;
  const { data } = goldenOf(goldenName(type, schema));
  const { category } = aggregates.find(({ events }) => type in events)!;
  const { tenant, actor, now, commandId } = { ...testContext, commandId: newCommandId() };
  const envelope = { eventId: eventIdOf(commandId, 0), type, schema, tenant, actor, occurredAt: now, commandId };
  const meta = { ...envelope, organization: TEST_ID, correlationId: commandId, causationId: commandId };
  const place = { stream: streamName(category, tenant, TEST_ID), id: TEST_ID, revision: 3, position: '7'.padStart(20, '0') };
  return cloudEvents.of({ ...place, type, meta, data: { ...data, ...change } }, personal);
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addFormat('keyledger-id', (text: string) => idSchema.safeParse(text).success);
const validatorOf = (type: string) => ajv.compile({ ...document, $ref: `#/components/messages/${type}/payload` });

describe('a CloudEvent', () => {
  it.each(types)('of %s is one for the reference library, with and without personal fields', (type) => {
    for (const personal of [true, false]) {
      const event = told(type, personal);
      const taken = new CloudEvent({ ...event }, true);
      expect(JSON.parse(JSON.stringify(taken))).toEqual({ ...event });
      const headers = { 'content-type': 'application/cloudevents+json' };
      expect(HTTP.toEvent({ headers, body: JSON.stringify(event) })).toMatchObject({ id: event.id, type: event.type });
    }
  });

  it('would be refused by it if an attribute were not one', () => {
    const event = { ...told('LicenseIssued', true), orgId: 'x' };
    expect(() => new CloudEvent({ ...event }, true)).toThrow('invalid');
  });

  it.each(types)('of %s shows no secret, and personal fields only to who may see them', (type) => {
    for (const field of secretFields(journalEvents[type]!.data)) expect(told(type, true).data).not.toHaveProperty(field);
    for (const field of marksOf(type).keys()) expect(told(type, false).data).not.toHaveProperty(field);
  });

  it('is not made of what is in no table', () => {
    const event = { type: 'Unheard', stream: 'thing-acme~1', data: {}, meta: {} };
    expect(() => cloudEvents.of(event as never, true)).toThrow('Unheard');
  });
});

describe('the AsyncAPI document', () => {
  it('is one for its parser, without a warning that matters', async () => {
    const diagnostics = await new Parser().validate(JSON.stringify(document));
    const grave = diagnostics
      .filter(({ severity }) => Number(severity) <= 1)
      .map(({ code, message, path }) => ({ code, message, path }));
    expect(grave).toEqual([]);
  });

  it('would be refused by it if an event were announced and not described', async () => {
    const { components, ...rest } = document as { components: { messages: Record<string, unknown> } };
    const messages = Object.fromEntries(Object.entries(components.messages).slice(1));
    const diagnostics = await new Parser().validate(JSON.stringify({ ...rest, components: { ...components, messages } }));
    expect(diagnostics.filter(({ severity }) => Number(severity) === 0)).not.toEqual([]);
  });

  it.each(types)('describes %s as it is told: whole, without personal fields, and after an erasure', (type) => {
    const validate = validatorOf(type);
    const erased = Object.fromEntries([...marksOf(type).keys()].map((field) => [field, ERASED]));
    for (const event of [told(type, true), told(type, false), told(type, true, erased)]) {
      expect([validate(event), validate.errors]).toEqual([true, null]);
    }
    expect(validate({ ...told(type, true), data: { unknown: 1 } })).toBe(false);
  });
});
