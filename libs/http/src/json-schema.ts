import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;
/** Named schemas (`.meta({ id })`), by name. */
export type Components = Record<string, JsonSchema>;

/**
 * A zod schema as JSON Schema 2020-12. Schemas with an id go to `components` and are referred to. `input` is
 * what callers may send, `output` what we answer.
 * @throws Error where two different schemas have one name.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonSchema {
  const made = z.toJSONSchema(schema, { io, target: 'draft-2020-12', override: ({ jsonSchema }) => stripPrivate(jsonSchema) });
  const { $defs = {}, $schema: _dialect, ...own } = withComponentRefs(made) as JsonSchema & { $defs?: Components };
  for (const [name, definition] of Object.entries($defs)) define(components, name, withoutId(definition));
  return own;
}

function define(components: Components, name: string, definition: JsonSchema): void {
  const known = components[name];
  if (known && JSON.stringify(known) !== JSON.stringify(definition))
    throw new Error(`two schemas are both named "${name}" in the OpenAPI document`);
  components[name] = definition;
}

/** Marks of ours that mean nothing to a reader of the document. */
function stripPrivate(schema: JsonSchema): void {
  for (const key of Object.keys(schema)) {
    if (key.startsWith('keyledger-')) delete schema[key];
  }
}

function withoutId({ id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

function withComponentRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponentRefs);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string'
        ? member.replace('#/$defs/', '#/components/schemas/')
        : withComponentRefs(member),
    ]),
  );
}
