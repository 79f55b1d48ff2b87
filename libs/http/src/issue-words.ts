// What a schema finds wrong, in words that let a stranger mend the request without the source.
import type { z } from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

/** An error map of zod: words for an issue, put after the field's name. A message of the schema's own goes before it. */
export function issueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords(issue.expected, issue.input);
    case 'invalid_value':
      return `${issue.input === undefined ? 'is missing; ' : ''}must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : boundWords(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return boundWords(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return issue.format === 'email' ? 'must be an e-mail address' : undefined;
    case 'invalid_union':
      return unionWords(issue.errors);
    case 'invalid_key':
      return `is a name that is not accepted: ${issue.issues[0]?.message ?? 'it has another form'}`;
    default:
      return undefined;
  }
}

function typeWords(expected: string, input: unknown): string {
  const wanted = TYPES[expected] ?? expected;
  if (input === undefined) return `is missing; must be ${wanted}`;
  // A query parameter that is no number arrives here as NaN: it was a string to the caller.
  const given = input === null ? 'null' : Array.isArray(input) ? 'array' : typeof input;
  return Number.isNaN(input) || given === (expected === 'int' ? 'number' : expected)
    ? `must be ${wanted}`
    : `must be ${wanted}, not ${givenWords(given)}`;
}

function givenWords(given: string): string {
  return given === 'boolean' ? 'a boolean' : (TYPES[given] ?? given);
}

function boundWords(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${bound} ${limit} characters`;
  return origin === 'array' || origin === 'set' ? `must hold ${bound} ${limit} items` : `must be ${bound} ${limit}`;
}

function unionWords(errors: readonly (readonly z.core.$ZodIssue[])[]): string {
  const ways = new Set(errors.flatMap(([first]) => (first ? [first.message] : [])));
  return `fits none of the forms that are accepted: ${[...ways].join('; or ')}`;
}
