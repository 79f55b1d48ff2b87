// The fields of a schema in words, for tables.
import { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

export interface FieldRow {
  /** Dotted; `[]` stands for the items of a list. */
  readonly path: string;
  readonly type: string;
}

const FORMATS: Readonly<Record<string, string>> = {
  'keyledger-id': 'id',
  'date-time': 'instant',
  duration: 'period (ISO 8601)',
  email: 'e-mail address',
};

/** One row per field, those of objects within objects and lists too. */
export function fieldRows(schema: z.ZodType): FieldRow[] {
  return rowsOf(z.toJSONSchema(schema), '');
}

function rowsOf(schema: Schema, path: string): FieldRow[] {
  const inner = schema.anyOf?.find((option) => option.properties);
  const { properties } = inner ?? schema;
  if (properties)
    return Object.entries(properties).flatMap(([name, member]) => fieldOf(member as Schema, path ? `${path}.${name}` : name));
  const items = schema.items as Schema | undefined;
  return items ? rowsOf(items, `${path}[]`) : [];
}

function fieldOf(schema: Schema, path: string): FieldRow[] {
  return [{ path, type: typeOf(schema) }, ...rowsOf(schema, path)];
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return anyOf(schema.anyOf);
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.$ref) return 'any JSON value';
  if (schema.type === 'array') return `list of ${typeOf(schema.items as Schema)}`;
  if (schema.type === 'integer' || schema.type === 'number') return numberType(schema);
  if (schema.type === 'string') return textType(schema);
  if (schema.type === 'object') return objectType(schema);
  return String(schema.type ?? 'any JSON value');
}

function anyOf(options: readonly Schema[]): string {
  const others = options.filter(({ type }) => type !== 'null').map(typeOf);
  return [...new Set(others), ...(others.length < options.length ? ['null'] : [])].join(' or ');
}

function objectType({ additionalProperties }: Schema): string {
  return typeof additionalProperties === 'object' ? `${typeOf(additionalProperties)} by name` : 'object';
}

function numberType({ type, minimum, maximum }: Schema): string {
  const word = type === 'integer' ? 'whole number' : 'number';
  const [from, to] = [bound(minimum), bound(maximum)];
  if (from !== undefined && to !== undefined) return `${word}, ${from} to ${to}`;
  if (from !== undefined) return `${word} from ${from}`;
  return to === undefined ? word : `${word} up to ${to}`;
}

/** What a number could not exceed anyway is no bound. */
function bound(value: number | undefined): number | undefined {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
}

function textType({ format, pattern, maxLength }: Schema): string {
  if (format !== undefined && FORMATS[format]) return FORMATS[format];
  // A pattern that only keeps control characters out says nothing to a reader.
  if (pattern !== undefined && !pattern.startsWith('^[^')) return `text \`${pattern}\``;
  return maxLength === undefined ? 'text' : `text of at most ${maxLength} characters`;
}
