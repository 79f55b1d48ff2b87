// Events own their schema and their stored name. All events of an aggregate stand in one table,
// which is the public face of its context.
import type { z } from 'zod';
import { mergeUnique } from './errors.js';

/** A value that only one stream of a tenant may hold at a time (DESIGN §3.7). */
export interface UniqueValue {
  /** What sort of value: `license-key`, `contact-email`, `account-number`. Lower case and hyphens. */
  readonly kind: string;
  readonly value: string;
}

export interface EventDefinition<Data extends z.ZodObject = z.ZodObject> {
  /** The current number of the payload's schema; a breaking change raises it and adds an upcaster. */
  readonly schema: number;
  readonly data: Data;
  /** One sentence for the generated reference: what has happened. */
  readonly about: string;
  /** `upcasts[n]` turns a payload of schema n into one of schema n + 1. Pure. */
  readonly upcasts?: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>>;
  /** Values that the event takes; another stream that holds one of them refuses the append. */
  claims?(data: z.output<Data>): readonly UniqueValue[];
  /** Values that the event gives back. */
  releases?(data: z.output<Data>): readonly UniqueValue[];
}

export type EventTable = Readonly<Record<string, EventDefinition>>;

/** The union of an event table: `{ type, data }` per entry. */
export type EventOf<E extends EventTable> = {
  [K in keyof E & string]: { readonly type: K; readonly data: z.output<E[K]['data']> };
}[keyof E & string];

/** The payload of one event of a table. */
export type DataOf<E extends EventTable, K extends keyof E> = z.output<E[K]['data']>;

/** Types one event's definition: its callbacks get the payload's type. */
export function event<Data extends z.ZodObject>(definition: EventDefinition<Data>): EventDefinition<Data> {
  return definition;
}

/** Declares the events of an aggregate. @throws Error where an upcaster is missing or one too many. */
export function defineEvents<const E extends EventTable>(table: E): E {
  for (const [type, definition] of Object.entries(table)) {
    const steps = Object.keys(definition.upcasts ?? {})
      .map(Number)
      .sort((a, b) => a - b);
    const wanted = Array.from({ length: definition.schema - 1 }, (_, i) => i + 1);
    if (steps.join() !== wanted.join()) {
      throw new Error(
        `${type}: schema ${definition.schema} needs upcasts from ${wanted.join() || 'none'}, has ${steps.join() || 'none'}`,
      );
    }
  }
  return table;
}

/** Brings a stored payload to the newest schema. @throws Error for a schema newer than this code knows. */
export function upcast(
  type: string,
  definition: EventDefinition,
  schema: number,
  data: Record<string, unknown>,
): Record<string, unknown> {
  if (schema > definition.schema) throw new Error(`${type} has schema ${schema}; this version knows up to ${definition.schema}`);
  let current = data;
  for (let step = schema; step < definition.schema; step++) current = definition.upcasts![step]!(current);
  return current;
}

/** Merges the tables of all contexts; a name that stands twice is refused. */
export function mergeEvents(...tables: EventTable[]): EventTable {
  return mergeUnique('event', ...tables);
}
