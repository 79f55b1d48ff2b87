// How terms are changed in part, and how two terms differ.
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
  deactivations: z
    .strictObject(partsOf(deactivationTermsSchema.shape))
    .optional()
    .meta({ description: 'Members that are left out stay.' }),
  keyFormat: z
    .strictObject(partsOf(keyFormatSchema.shape))
    .optional()
    .meta({ description: 'Of keys that are drawn from now on. Members that are left out stay.' }),
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

const valueSchema = z.union([z.null(), z.boolean(), z.number(), z.string()]);

/** One term that differs. `pointer` (RFC 6901) into the terms; null stands for what is not there: no limit of that sort, no entitlement. */
export const termDifferenceSchema = z.strictObject({ pointer: z.string(), from: valueSchema, to: valueSchema });
export type TermDifference = z.output<typeof termDifferenceSchema>;
type Value = TermDifference['from'];

/** How two terms differ, in the order of their pointers; empty exactly where they are equal. */
export function diffTerms(from: Terms, to: Terms): TermDifference[] {
  return differences(from, to);
}

/** How two objects of objects and scalars differ, in the order of the pointers. */
export function differences(from: object, to: object): TermDifference[] {
  return differencesAt('', from, to).sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

/** Terms hold objects and scalars, no lists; an object that is not there counts as one without members. */
function differencesAt(pointer: string, from: unknown, to: unknown): TermDifference[] {
  if (!isObject(from) && !isObject(to)) {
    return from === to ? [] : [{ pointer, from: from as Value, to: to as Value }];
  }
  const [before, after] = [isObject(from) ? from : {}, isObject(to) ? to : {}];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differencesAt(`${pointer}/${name}`, own(before, name), own(after, name)));
}

function own(object: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
