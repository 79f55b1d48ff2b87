import { describe, expect, it } from '@jest/globals';
import type { Right } from '#http/principal.js';
import { rightsDiff } from './rights-diff.js';

const right = (scope: Right['scope'], organizationId: string | null = null, via = 'role:a'): Right => ({
  permission: 'license.read',
  scope,
  organizationId,
  via,
});

describe('the difference of rights', () => {
  it.each([
    ['nothing where both are the same', [right('own')], [right('own')], 0, 0],
    ['nothing where another role gives the same', [right('own')], [right('own', null, 'role:b')], 0, 0],
    ['what is new', [], [right('own')], 1, 0],
    ['what is gone', [right('own')], [], 0, 1],
    ['a wider right is a gain, and no loss', [right('own', 'x')], [right('organization', 'x')], 1, 0],
    ['a narrower right is a loss, and no gain', [right('organization', 'x')], [right('group', 'x')], 0, 1],
    ['the tenant covers all', [right('organization', 'x'), right('own')], [right('tenant')], 1, 0],
    ['another organization is another right', [right('organization', 'x')], [right('organization', 'y')], 1, 1],
    ['what is his wherever he is covers what is his there', [right('own')], [right('own', 'x')], 0, 1],
    ['an organization does not cover what is his elsewhere', [right('own')], [right('organization', 'x')], 1, 1],
  ])('%s', (_what, before, after, gained, lost) => {
    const diff = rightsDiff(before, after);
    expect([diff.gained.length, diff.lost.length]).toEqual([gained, lost]);
  });

  it('is by permission', () => {
    const other = { ...right('tenant'), permission: 'license.revoke' as const };
    expect(rightsDiff([right('own')], [other])).toEqual({ gained: [other], lost: [right('own')] });
  });
});
