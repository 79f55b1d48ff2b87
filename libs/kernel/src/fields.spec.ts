import { describe, expect, it } from '@jest/globals';
import { instantInputSchema } from './fields.js';

describe('an instant that somebody sends', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-01T00:30:00.5+02:00', '2025-12-31T22:30:00.500Z'],
  ])('%s becomes UTC with milliseconds', (sent, kept) => {
    expect(instantInputSchema.parse(sent)).toBe(kept);
  });

  it.each(['', 'tomorrow', '2026-01-31', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '+275760-09-14T00:00:00Z', 7, null])(
    '%j cannot be read as one, and is refused with words that say how',
    (sent) => {
      const { error } = instantInputSchema.safeParse(sent);
      expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining('2026-01-31T12:00:00Z')]);
    },
  );

  it.each(['1969-12-31T23:59:59Z', '9999-12-01T00:00:00Z'])('%s is out of range', (sent) => {
    expect(instantInputSchema.safeParse(sent).error?.issues).toMatchObject([{ message: 'must lie between 1970 and 9999' }]);
  });
});
