// How terms are changed in part, and how two terms differ.
import type { Json, JsonObject } from '#kernel/json.js';
import { z } from 'zod';
import { deactivationTermsSchema, keyFormatSchema, termsSchema, type KeyFormat, type Terms } from './terms.js';

/** Terms to be changed. What is left out stays; `entitlements` names the whole new set. */
export type TermsChange = Partial<Omit<Terms, 'deactivations' | 'keyFormat'>> & {
  readonly deactivations?: Partial<Terms['deactivations']>;
  readonly keyFormat?: Partial<KeyFormat>;
};

/** The same fields without their defaults: a default would put back what was not named. */
function partsOf(shape: z.core.$ZodShape): Record<string, z.ZodType> {
  const fields = Object.entries(shape) as [string, z.ZodType][];
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutDefault(field).optional()]));
}

function withoutDefault(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? (field.unwrap() as z.ZodType) : field;
}

export const termsChangeSchema = z.strictObject({
  ...partsOf(termsSchema.shape),
  deactivations: z.strictObject(partsOf(deactivationTermsSchema.shape)).optional(),
  keyFormat: z.strictObject(partsOf(keyFormatSchema.shape)).optional(),
}) as unknown as z.ZodType<TermsChange>;

/** The changed terms; not valid by necessity: parts that are fine each may not fit together. */
export function changeTerms(terms: Terms, change: TermsChange): Terms {
  return {
    ...terms,
    ...change,
    deactivations: { ...terms.deactivations, ...change.deactivations },
    keyFormat: { ...terms.keyFormat, ...change.keyFormat },
  };
}

const anyValue = z.json() as z.ZodType<Json>;

/** One term that differs. `pointer` (RFC 6901) into the terms; null stands for an entitlement that is not there. */
export const termDifferenceSchema = z.strictObject({ pointer: z.string(), from: anyValue, to: anyValue });
export type TermDifference = z.output<typeof termDifferenceSchema>;

/** How two terms differ, in the order of their pointers; empty exactly where they are equal. */
export function diffTerms(from: Terms, to: Terms): TermDifference[] {
  return differences('', from, to).sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

function differences(pointer: string, from: Json | undefined, to: Json | undefined): TermDifference[] {
  if (!isObject(from) || !isObject(to)) {
    return from === to ? [] : [{ pointer, from: from ?? null, to: to ?? null }];
  }
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].flatMap((name) => differences(`${pointer}/${name}`, own(from, name), own(to, name)));
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
