import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addPeriod } from '#kernel/periods.js';
import type { Conditions } from '#read-models/read-store.js';
import { issuedFacts, nextFacts, REMEMBERED_RELEASES, type LicenseFacts } from './license-facts.js';
import { STATUS_INDEXES, statusConditions } from './license-filter.js';
import { LICENSE_STATUSES, limitsAt, releaseBudgetAt, seatsAt, statusAt } from './license-status.js';
import { activation, fingerprint, issued, terms } from './testing/license-examples.js';
import type { Terms } from './terms.js';

const T = '2026-06-01T12:00:00.000Z';
const BEFORE = '2026-05-20T00:00:00.000Z';
const AFTER = '2026-06-20T00:00:00.000Z';

function facts(change: Partial<LicenseFacts> = {}, some: Partial<Terms> = {}): LicenseFacts {
  return { ...issuedFacts(issued(some).data as never), ...change };
}

describe('the status at an instant', () => {
  it.each<[string, LicenseFacts]>([
    ['archived', facts({ archivedAt: BEFORE, revokedFrom: BEFORE })],
    ['revoked', facts({ revokedFrom: T, suspension: { from: BEFORE, until: null } })],
    ['suspended', facts({ suspension: { from: T, until: AFTER }, effectiveFrom: AFTER })],
    ['not-yet-effective', facts({ effectiveFrom: AFTER })],
    ['grace', facts({ expiresAt: BEFORE }, { grace: 'P1M' })],
    ['expired', facts({ expiresAt: BEFORE }, { grace: 'P1D' })],
    ['expired', facts({ expiresAt: T })],
    ['expiring-soon', facts({ expiresAt: AFTER })],
    ['unused', facts({ expiresAt: AFTER }, { expiringSoon: 'P1D' })],
    ['active', facts({ used: 1, suspension: { from: BEFORE, until: T }, revokedFrom: AFTER })],
  ])('is %s', (status, given) => {
    expect(statusAt(given, T)).toBe(status);
  });
});

const instant = fc.integer({ min: -3, max: 3 }).map((days) => new Date(Date.parse(T) + days * 86_400_000).toISOString());
const factsArbitrary = fc
  .record({
    archivedAt: fc.option(instant, { freq: 1 }),
    revokedFrom: fc.option(instant, { freq: 1 }),
    suspension: fc.option(fc.record({ from: instant, until: fc.option(instant) })),
    effectiveFrom: instant,
    expiresAt: fc.option(instant),
    used: fc.nat(2),
    grace: fc.constantFrom(null, 'P1D', 'P2D'),
    expiringSoon: fc.constantFrom('P1D', 'P2D'),
  })
  .filter(({ suspension }) => suspension === null || suspension.until === null || suspension.from < suspension.until)
  .map(({ grace, expiringSoon, ...change }) => facts(change, { grace, expiringSoon }));

/** What a store does with conditions on indexes of one value. */
function meets(indexes: Record<string, string | number>, group: Conditions): boolean {
  return Object.entries(group).every(([index, { equal, from, to }]) => {
    const value = indexes[index]!;
    return (equal === undefined || value === equal) && (from === undefined || value >= from) && (to === undefined || value < to);
  });
}

describe('the filter for a status', () => {
  it('finds exactly the licenses that have it', () => {
    fc.assert(
      fc.property(factsArbitrary, instant, fc.integer({ min: -1, max: 1 }), (given, day, ms) => {
        const t = new Date(Date.parse(day) + ms).toISOString();
        const indexes = Object.fromEntries(Object.entries(STATUS_INDEXES).map(([name, of]) => [name, of(given)]));
        const found = LICENSE_STATUSES.filter((status) => statusConditions(status, t).some((group) => meets(indexes, group)));
        expect(found).toEqual([statusAt(given, t)]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('limits at an instant', () => {
  const overridden = facts(
    {
      used: 4,
      overrides: [
        { effectiveAt: BEFORE, limits: { activations: 5, entitlements: { tier: 'pro' } } },
        { effectiveAt: AFTER, limits: { activations: null } },
      ],
    },
    { entitlements: { tier: 'basic', export: true } },
  );

  it('are those of the terms with what was overridden by then', () => {
    expect([limitsAt(overridden, BEFORE).activations, limitsAt(overridden, AFTER).activations]).toEqual([5, 1]);
    expect(limitsAt(overridden, T).entitlements).toEqual({ tier: 'pro', export: true });
  });

  it('say whether more seats are taken than allowed', () => {
    expect(seatsAt(overridden, T)).toEqual({ used: 4, allowed: 5, overAllocated: false });
    expect(seatsAt(overridden, AFTER)).toEqual({ used: 4, allowed: 1, overAllocated: true });
    expect(seatsAt({ ...overridden, revokedFrom: T }, T).used).toBe(0);
    expect(seatsAt(facts({ used: 9 }, { activations: -1 }), T).overAllocated).toBe(false);
  });
});

describe('the budget of deactivations', () => {
  const window = (allowed: number) => ({ deactivations: { allowed: -1, minimumAge: null, window: { allowed, period: 'P1M' } } });

  it('of a window frees up when the oldest one that counts leaves it, whatever the month', () => {
    const released = { total: 3, recent: ['2026-01-02T00:00:00.000Z', '2026-01-31T00:00:00.000Z', '2026-02-10T00:00:00.000Z'] };
    const budget = (t: string) => releaseBudgetAt(facts({ released }, window(2)), t);
    expect(budget('2026-02-27T23:59:59.999Z').exhausted).toEqual({ allowed: 2, used: 2, resetsAt: '2026-02-28T00:00:00.000Z' });
    expect(budget('2026-02-28T00:00:00.000Z')).toEqual({
      total: { allowed: -1, used: 3 },
      window: { allowed: 2, used: 1, period: 'P1M' },
      exhausted: null,
    });
  });

  it('of nothing never frees up', () => {
    expect(releaseBudgetAt(facts({}, window(0)), T).exhausted).toEqual({ allowed: 0, used: 0, resetsAt: null });
  });

  it('remembers as many as any window can allow', () => {
    expect(() => terms(window(REMEMBERED_RELEASES))).not.toThrow();
    const recent = Array.from({ length: REMEMBERED_RELEASES }, (_, i) => new Date(Date.parse(BEFORE) + i).toISOString());
    const { exhausted } = releaseBudgetAt(facts({ released: { total: 5000, recent } }, window(REMEMBERED_RELEASES)), T);
    expect(exhausted).toEqual({ allowed: REMEMBERED_RELEASES, used: REMEMBERED_RELEASES, resetsAt: addPeriod(BEFORE, 'P1M') });
  });

  it('is counted right in whatever order the clock let the deactivations be recorded', () => {
    const days = fc.array(fc.integer({ min: 0, max: 70 }), { maxLength: 12 });
    const at = (day: number) => addPeriod('2026-03-25T00:00:00.000Z', `P${day}D`);
    const data = { activationId: activation(1), fingerprint: fingerprint(1), cause: 'customer' as const };
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 70 }), (recorded, allowed, asked) => {
        const released = recorded.reduce(
          (so, day) => nextFacts(so, 'KeyDeactivated', data, { occurredAt: at(day) }),
          facts({ used: 12 }, window(allowed)),
        );
        const used = (t: string) => recorded.filter((day) => addPeriod(at(day), 'P1M') > t).length;
        const { window: found, exhausted } = releaseBudgetAt(released, at(asked));
        expect(found!.used).toBe(used(at(asked)));
        expect(exhausted !== null).toBe(used(at(asked)) >= allowed);
        if (exhausted) expect(used(exhausted.resetsAt!)).toBeLessThan(allowed);
      }),
    );
  });
});
