import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closedBy, closedUntil, NEVER_CLOSED, placedBy, type Period } from './login-closed.js';

const MODES = ['off', 'contacts', 'users'] as const;
type Mode = (typeof MODES)[number];
type Step = { readonly mode: Mode } | { readonly holds: boolean };

const instant = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n).toISOString();
const letsIn = (mode: Mode, holds: boolean): boolean => mode === 'users' || (mode === 'contacts' && holds);

/** What happens at the instants 1, 2, …, and whether a session that was begun at an instant lasted through all of it. */
function played(steps: readonly Step[]) {
  let closed = NEVER_CLOSED;
  let placed: Period | null = null;
  let [mode, holds]: [Mode, boolean] = ['users', false];
  let shut = 0;
  steps.forEach((step, index) => {
    const at = instant(index + 1);
    const wasIn = letsIn(mode, holds);
    if ('mode' in step) {
      if (step.mode !== mode) closed = closedBy(closed, { mode: step.mode, previous: mode }, at);
      mode = step.mode;
    } else {
      holds = step.holds;
      placed = placedBy(placed, holds, at);
    }
    if (!wasIn || !letsIn(mode, holds)) shut = index + 1;
  });
  const counts = (begun: number) => letsIn(mode, holds) && closedUntil(closed, placed) <= instant(begun);
  return { counts, lasted: (begun: number) => letsIn(mode, holds) && shut <= begun };
}

const stepOf = fc.oneof(fc.record({ mode: fc.constantFrom(...MODES) }), fc.record({ holds: fc.boolean() })) as fc.Arbitrary<Step>;

describe('a session of a customer', () => {
  it.each([
    ['off', false, 'is over'],
    ['off', true, 'is over'],
    ['contacts', false, 'is over'],
    ['contacts', true, 'goes on'],
  ] as const)('narrowed to %s for a moment, of one with a place (%s), %s', (mode, holds, what) => {
    expect(played([{ holds }, { mode }, { mode: 'users' }]).counts(1)).toBe(what === 'goes on');
  });

  it('is over where its user got the place only afterwards, or lost it meanwhile', () => {
    expect(played([{ mode: 'contacts' }, { holds: true }]).counts(0)).toBe(false);
    expect(played([{ holds: true }, { mode: 'contacts' }, { holds: false }, { mode: 'users' }]).counts(1)).toBe(false);
    expect(played([{ holds: true }, { mode: 'contacts' }, { holds: false }, { holds: true }]).counts(2)).toBe(false);
  });

  it('goes on where he lost the place while he did not need it', () => {
    const steps: Step[] = [{ holds: true }, { mode: 'contacts' }, { mode: 'users' }, { holds: false }];
    expect(played(steps).counts(1)).toBe(true);
  });

  it('never counts where its user was not let in at some moment of it', () => {
    fc.assert(
      fc.property(fc.array(stepOf, { maxLength: 30 }), fc.nat(30), (steps, at) => {
        const { counts, lasted } = played(steps);
        const begun = Math.min(at, steps.length);
        return lasted(begun) || !counts(begun);
      }),
    );
  });

  it('counts as long as he was let in, where he held one place and fewer were let in once', () => {
    const onceOnly = fc.array(stepOf, { maxLength: 12 }).filter((steps) => {
      const modes = steps.filter((step) => 'mode' in step);
      const given = steps.filter((step) => 'holds' in step && step.holds).length;
      return modes.filter(({ mode }) => mode === 'contacts').length <= 1 && given <= 1;
    });
    fc.assert(
      fc.property(onceOnly, fc.nat(12), (steps, at) => {
        const { counts, lasted } = played(steps);
        const begun = Math.min(at, steps.length);
        return counts(begun) === lasted(begun);
      }),
    );
  });
});
