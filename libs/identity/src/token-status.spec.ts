import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Condition } from '#read-models/read-store.js';
import { tokenStatus, TOKEN_STATUSES, whereStatus } from './token-status.js';

const at = '2026-06-01T12:00:00.000Z';
const before = '2026-06-01T11:59:59.999Z';
const after = '2026-06-01T12:00:00.001Z';

/** A condition as the stores understand it: a range finds texts only. */
function holds(value: string | null, { equal, notIn, from, to }: Condition): boolean {
  if (equal !== undefined) return value === equal;
  if (notIn !== undefined) return !notIn.includes(value);
  if (value === null) return false;
  return (from === undefined || value >= from) && (to === undefined || value < to);
}

describe('the status of a token', () => {
  it.each([
    [null, null, 'active'],
    [after, null, 'active'],
    [at, null, 'expired'],
    [before, null, 'expired'],
    [after, before, 'revoked'],
    [before, before, 'revoked'],
  ])('with its end at %s and revoked at %s is %s', (expiresAt, revokedAt, status) => {
    expect(tokenStatus({ expiresAt, revokedAt }, at)).toBe(status);
  });

  it('is what a list filters by, at every instant', () => {
    const instant = fc.constantFrom(null, before, at, after);
    fc.assert(
      fc.property(instant, instant, (expiresAt, revokedAt) => {
        const ends = { expiresAt, revokedAt };
        const found = TOKEN_STATUSES.filter((status) =>
          whereStatus(status, at).some((group) =>
            Object.entries(group).every(([index, condition]) => holds(ends[index as keyof typeof ends], condition)),
          ),
        );
        expect(found).toEqual([tokenStatus(ends, at)]);
      }),
    );
  });
});
