// Finds the strings of a schema that a person's data could stand in: not by their types, but by trying.
import type { z } from 'zod';

/** What people write about people. A string that takes one of them is free text. */
const PROBES = ['Ada Lovelace', 'ada.lovelace@example.com', '12 St James Square, London', '+44 20 7946 0958'];

type Definition = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly options?: readonly z.ZodType[];
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
};

/** Holds nothing that a person could be recognised by. */
const HARMLESS = new Set(['boolean', 'number', 'int', 'bigint', 'literal', 'enum', 'null', 'undefined', 'never']);

/** The paths of free text under a schema; `[]` stands for the items of a list, `{}` for names and members of a record. */
export function freeText(schema: z.ZodType, path: string): string[] {
  const definition = schema.def as unknown as Definition;
  if (HARMLESS.has(definition.type)) return [];
  if (definition.type === 'string') return PROBES.some((probe) => schema.safeParse(probe).success) ? [path] : [];
  if (definition.shape) return Object.entries(definition.shape).flatMap(([name, member]) => freeText(member, `${path}.${name}`));
  const { innerType, in: input, left, right, keyType, valueType, options = [], items = [], element } = definition;
  const same = [innerType, input, left, right, ...options, ...items].filter((part) => part !== undefined);
  const members = [keyType, valueType].filter((part) => part !== undefined);
  // A sort of schema that is not known here may hold anything.
  if (same.length + members.length === 0 && !element) return [path];
  return [
    ...new Set([
      ...same.flatMap((part) => freeText(part, path)),
      ...members.flatMap((part) => freeText(part, `${path}{}`)),
      ...(element ? freeText(element, `${path}[]`) : []),
    ]),
  ];
}
