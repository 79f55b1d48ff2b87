import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { aggregateOf } from './aggregate.js';
import { defineErrors } from './errors.js';
import { defineEvents, event, upcast, type EventDefinition } from './events.js';
import { given } from './testing/given.js';

const lampErrors = defineErrors({ 'lamp.broken': { kind: 'conflict', title: 'The lamp is broken.' } });
const lampEvents = defineEvents({
  LampLit: event({ schema: 1, about: 'The lamp was lit.', data: z.strictObject({ watts: z.int() }) }),
  LampBroke: event({ schema: 1, about: 'The lamp broke.', data: z.strictObject({}) }),
});

const lamp = aggregateOf<{ lit: boolean; broken: boolean }>()({
  name: 'lamp',
  events: lampEvents,
  initial: { lit: false, broken: false },
  commands: { light: z.strictObject({ watts: z.int().default(40) }) },
  decide: {
    light: (command, state) => {
      if (state.broken) lampErrors.refuse('lamp.broken');
      return state.lit ? [] : { type: 'LampLit', data: { watts: command.watts } };
    },
  },
  evolve: {
    LampLit: (state) => ({ ...state, lit: true }),
    LampBroke: () => ({ lit: false, broken: true }),
  },
});

describe('an aggregate', () => {
  it('decides from its history', () => {
    given(lamp)
      .when('light', {})
      .then({ type: 'LampLit', data: { watts: 40 } });
  });

  it('answers a command that changes nothing with no event', () => {
    given(lamp, { type: 'LampLit', data: { watts: 40 } })
      .when('light', {})
      .thenNothing();
  });

  it('refuses with a code', () => {
    given(lamp, { type: 'LampBroke', data: {} }).when('light', {}).thenRefused('lamp.broken');
  });
});

describe('upcasting', () => {
  const definition = {
    schema: 3,
    about: '',
    data: z.strictObject({}),
    upcasts: { 1: (old: Record<string, unknown>) => ({ ...old, b: 1 }), 2: (old: Record<string, unknown>) => ({ ...old, c: 2 }) },
  } as unknown as EventDefinition;

  it('walks every step from the stored schema to the newest', () => {
    expect(upcast('T', definition, 1, { a: 0 })).toEqual({ a: 0, b: 1, c: 2 });
    expect(upcast('T', definition, 2, { a: 0 })).toEqual({ a: 0, c: 2 });
  });

  it('refuses a schema from the future', () => {
    expect(() => upcast('T', definition, 4, {})).toThrow('knows up to 3');
  });

  it('refuses a table with a step missing', () => {
    expect(() => defineEvents({ T: { ...definition, upcasts: {} } })).toThrow('needs upcasts from 1,2');
  });
});
