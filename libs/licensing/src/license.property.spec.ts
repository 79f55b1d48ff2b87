// What holds after any sequence of commands, counted again from the events alone.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evolve, type Deciding } from '#kernel/aggregate.js';
import { DomainError } from '#kernel/errors.js';
import { addPeriod } from '#kernel/periods.js';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { limitsAt, releaseBudgetAt, seatsAt } from './license-status.js';
import type { LicenseNeeds } from './owner.facts.js';
import { allSeats, seatOf } from './seats.js';
import { fingerprint, issued, type LicenseEvent } from './testing/license-examples.js';

type Happened = LicenseEvent & { readonly at: string };

const cause = fc.constantFrom('customer' as const, 'device' as const, 'vendor' as const);
const step = fc.record({
  hours: fc.integer({ min: 0, max: 36 }),
  command: fc.oneof(
    fc.record({ name: fc.constant('activate' as const), device: fc.nat(6), cause }),
    fc.record({ name: fc.constant('deactivate' as const), device: fc.nat(6), cause }),
    fc.record({ name: fc.constant('replace' as const), device: fc.nat(6), by: fc.nat(6), cause }),
    fc.record({ name: fc.constant('overrideLimits' as const), activations: fc.integer({ min: -1, max: 5 }), later: fc.nat(2) }),
    fc.record({ name: fc.constant('revoke' as const), later: fc.nat(2) }),
    fc.constant({ name: 'undoRevocation' as const }),
  ),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const deactivations = { allowed: 6, window: { allowed: 2, period: 'P2D' }, minimumAge: 'PT12H' };

/** The command's data, where the history gives it something to name. */
function dataOf(command: Step['command'], state: License, now: string): object | null {
  const seat = 'device' in command ? seatOf(state.seats, fingerprint(command.device)) : undefined;
  const after = (days: number) => (days === 0 ? undefined : addPeriod(now, `P${days}D`));
  switch (command.name) {
    case 'activate':
      return { fingerprint: fingerprint(command.device), cause: command.cause };
    case 'deactivate':
      return seat ? { activationId: seat.activationId, cause: command.cause } : null;
    case 'replace':
      return seat ? { activationId: seat.activationId, fingerprint: fingerprint(command.by), cause: command.cause } : null;
    case 'overrideLimits':
      return { overrides: { activations: command.activations }, effectiveAt: after(command.later) };
    case 'revoke':
      return { from: after(command.later) };
    case 'undoRevocation':
      return {};
  }
}

/** Plays the steps; refusals are fine, other errors are not. `check` sees the license before and after each event. */
function play(steps: readonly Step[], check: (before: License, event: Happened, after: License) => void) {
  const meta = (at: string) => ({ occurredAt: at }) as never;
  const first = issued({ activations: 3, deactivations });
  let now = first.at!;
  let state = evolve<License | null>(license, null, { ...first, meta: meta(now) })!;
  const history: Happened[] = [];
  for (const [index, { hours, command }] of steps.entries()) {
    if (hours > 0) now = addPeriod(now, `PT${hours}H`);
    const wish = dataOf(command, state, now);
    if (!wish) continue;
    const ctx: Deciding<LicenseNeeds> = {
      ...testContext,
      now,
      commandId: testContext.commandId.slice(0, -4) + String(1000 + index),
      id: TEST_ID,
      revision: index,
      facts: {},
    };
    const decided = attempt(() => license.decide[command.name](license.commands[command.name].parse(wish) as never, state, ctx));
    for (const event of decided) {
      const happened = { ...event, at: now } as Happened;
      const before = state;
      state = evolve<License | null>(license, state, { ...event, meta: meta(now) })!;
      history.push(happened);
      check(before, happened, state);
    }
  }
  return { state, history, now };
}

function attempt(decide: () => unknown): { type: string; data: unknown }[] {
  try {
    return [decide()].flat() as { type: string; data: unknown }[];
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

/** The seats, recounted from the events alone: devices of which the last word is that they came. */
function recount(history: readonly Happened[]): Set<string> {
  const live = new Set<string>();
  for (const event of history) {
    if (event.type === 'KeyActivated') live.add(event.data.fingerprint);
    if (event.type === 'KeyDeactivated') live.delete(event.data.fingerprint);
    if (event.type === 'ActivationReplaced') {
      live.delete(event.data.ended.fingerprint);
      live.add(event.data.fingerprint);
    }
    if (event.type === 'LicenseRevoked' && event.data.from <= event.at) live.clear();
    if (event.type === 'LicenseRevocationUndone' && event.data.wasInForce) live.clear();
  }
  return live;
}

const countedReleases = (history: readonly Happened[]) =>
  history.filter(
    (event) =>
      (event.type === 'KeyDeactivated' && event.data.cause !== 'vendor') ||
      (event.type === 'ActivationReplaced' && event.data.ended.cause !== 'vendor'),
  );

describe('after any sequence of commands', () => {
  it('no seat is given beyond what is allowed', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        play(steps, (_before, event, after) => {
          const { used, allowed } = seatsAt(after.facts, event.at);
          if (event.type === 'KeyActivated' && allowed >= 0) expect(used).toBeLessThanOrEqual(allowed);
        });
      }),
    );
  });

  it('replacing never changes how many seats are used, and changing limits ends no activation', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        play(steps, (before, event, after) => {
          if (event.type === 'ActivationReplaced') expect(after.facts.used).toBe(before.facts.used);
          if (event.type === 'LicenseLimitsOverridden') expect(after.seats).toEqual(before.seats);
        });
      }),
    );
  });

  it('seats and budgets equal a recount from the events', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { state, history, now } = play(steps, () => {});
        const live = recount(history);
        expect(new Set(allSeats(state.seats).map((seat) => seat.fingerprint))).toEqual(live);
        expect(state.facts.used).toBe(live.size);
        const counted = countedReleases(history);
        const { total, window } = releaseBudgetAt(state.facts, now);
        expect(total).toEqual({ allowed: 6, used: counted.length });
        expect(window?.used).toBe(counted.filter(({ at }) => addPeriod(at, 'P2D') > now).length);
        const said = history.filter((event) => event.type === 'LicenseLimitsOverridden' && event.data.effectiveAt <= now);
        const newest = said.reduce<LicenseEvent | null>(
          (best, event) => (best && effectiveAt(best) > effectiveAt(event) ? best : event),
          null,
        );
        expect(limitsAt(state.facts, now).activations).toBe(
          newest?.type === 'LicenseLimitsOverridden' ? newest.data.overrides.activations : 3,
        );
      }),
    );
  });

  it('no budget is overdrawn', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { history } = play(steps, () => {});
        const counted = countedReleases(history);
        expect(counted.length).toBeLessThanOrEqual(6);
        for (const { at } of counted) {
          const inWindow = counted.filter((other) => other.at <= at && addPeriod(other.at, 'P2D') > at);
          expect(inWindow.length).toBeLessThanOrEqual(2);
        }
      }),
    );
  });
});

const effectiveAt = (event: LicenseEvent) => (event.type === 'LicenseLimitsOverridden' ? event.data.effectiveAt : '');
