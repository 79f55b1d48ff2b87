import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { limitOverridesSchema } from './license-fields.js';
import { termsChangeSchema } from './terms-change.js';
import { termsSchema } from './terms.js';

interface Documented {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Documented>>;
  readonly anyOf?: readonly Documented[];
}

/** The members of a schema, those of its objects too, by pointer. */
function members(schema: Documented, pointer = ''): [string, Documented][] {
  const inner = schema.anyOf?.find(({ properties }) => properties)?.properties ?? schema.properties ?? {};
  const own = Object.entries(inner);
  return own.flatMap(([name, member]) => [[`${pointer}/${name}`, member], ...members(member, `${pointer}/${name}`)]);
}

describe('every term', () => {
  it.each([
    ['of a policy', termsSchema],
    ['of a revision', termsChangeSchema],
    ['of a license that has its own', limitOverridesSchema],
  ])('%s says what it means, with an example that it takes', (_whose, schema) => {
    const all = members(z.toJSONSchema(schema, { io: 'input' }) as Documented);
    expect(all.length).toBeGreaterThan(5);
    for (const [pointer, member] of all) {
      expect([pointer, member.description]).toEqual([pointer, expect.stringMatching(/^[A-Z].*\.$/s)]);
      if (members(member).length > 0) continue;
      expect([pointer, member.examples?.length]).not.toEqual([pointer, undefined]);
    }
  });

  it('takes its examples', () => {
    for (const [pointer, { examples = [] }] of members(z.toJSONSchema(termsSchema, { io: 'input' }) as Documented)) {
      for (const example of examples) {
        const window = pointer.includes('/window/') ? { allowed: 1, period: 'P1D' } : {};
        const [, outer, middle, inner] = pointer.split('/');
        const given = inner
          ? { [outer!]: { [middle!]: { ...window, [inner]: example } } }
          : { [outer!]: middle ? { [middle]: example } : example };
        expect([pointer, termsSchema.safeParse(given).success]).toEqual([pointer, true]);
      }
    }
  });
});
