import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { instantInputSchema } from '#kernel/fields.js';
import { issueWords } from './issue-words.js';

const words = (schema: z.ZodType, value: unknown) => schema.safeParse(value, { error: issueWords }).error?.issues[0]?.message;

describe('What a schema refuses is said', () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ['a missing field', z.string(), undefined, 'is missing; must be a string'],
    ['another type', z.string(), 5, 'must be a string, not a number'],
    ['null', z.object({}), null, 'must be an object, not null'],
    ['a list', z.object({}), [], 'must be an object, not a list'],
    ['true', z.array(z.string()), true, 'must be a list, not a boolean'],
    ['a fraction', z.int(), 1.5, 'must be a whole number'],
    ['no number in a query', z.coerce.number(), 'abc', 'must be a number'],
    ['an unknown choice', z.enum(['a', 'b']), 'c', 'must be one of a, b'],
    ['a missing choice', z.enum(['a', 'b']), undefined, 'is missing; must be one of a, b'],
    ['nothing', z.string().min(1), '', 'must not be empty'],
    ['too long a text', z.string().max(2), 'abc', 'must have at most 2 characters'],
    ['too small a number', z.number().min(1), 0, 'must be at least 1'],
    ['a number at an open end', z.number().lt(3), 3, 'must be less than 3'],
    ['too many items', z.array(z.string()).max(1), ['a', 'b'], 'must hold at most 1 items'],
    ['no address', z.email(), 'x', 'must be an e-mail address'],
    ['what fits no form', z.union([z.string(), z.boolean()]), 5, expect.stringContaining('must be true or false') as never],
    [
      'a bad name',
      z.record(z.string().regex(/^a/, 'must begin with a'), z.any()),
      { b: 1 },
      expect.stringContaining('must begin with a') as never,
    ],
  ])('for %s', (_, schema, value, said) => {
    expect(words(schema, value)).toEqual(said);
  });

  it.each(['tomorrow', '', '2027-01-31', '2027-01-31T12:00:00', '2027-02-30T12:00:00Z'])('for the instant %j', (value) => {
    expect(words(instantInputSchema, value)).toBe('must be an instant with a zone, such as 2026-01-31T12:00:00Z');
  });

  it('in the words of the schema where it has its own', () => {
    expect(words(z.string().regex(/^a/, 'must begin with a'), 'b')).toBe('must begin with a');
  });
});
