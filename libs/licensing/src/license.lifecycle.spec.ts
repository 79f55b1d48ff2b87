import { describe, expect, it } from '@jest/globals';
import { evolve } from '#kernel/aggregate.js';
import { given } from '#kernel/testing/given.js';
import { license } from './license.js';
import type { License } from './license-state.js';
import { seatsAt, statusAt } from './license-status.js';
import { allSeats } from './seats.js';
import {
  activated,
  archived,
  issued,
  NOW,
  ORGANIZATION,
  revoked,
  suspended,
  type LicenseEvent,
} from './testing/license-examples.js';

const LATER = '2026-07-01T00:00:00.000Z';
const FAR = '2026-08-01T00:00:00.000Z';
const base = { holder: ORGANIZATION, reason: null };

/** The license after its history. */
function after(...events: LicenseEvent[]): License {
  const meta = (at: string) => ({ occurredAt: at }) as never;
  return events.reduce<License | null>(
    (state, event) => evolve(license, state, { ...event, meta: meta(event.at ?? NOW) }),
    null,
  )!;
}

describe('suspending', () => {
  it('holds from now on until it is resumed', () => {
    given(license, issued())
      .when('suspend', { reason: 'unpaid' })
      .then({ type: 'LicenseSuspended', data: { holder: ORGANIZATION, reason: 'unpaid', from: NOW, until: null } });
  });

  it('keeps activations, so that resuming needs no new one', () => {
    const { seats } = after(issued(), activated(1), suspended(), { type: 'LicenseResumed', data: { ...base, at: NOW } });
    expect(allSeats(seats)).toHaveLength(1);
  });

  it('may lie in the future and end by itself', () => {
    given(license, issued())
      .when('suspend', { from: LATER, until: FAR })
      .then({ type: 'LicenseSuspended', data: { ...base, from: LATER, until: FAR } });
    const { facts } = after(issued(), suspended(LATER, FAR, NOW));
    expect([NOW, LATER, FAR].map((t) => statusAt(facts, t))).toEqual(['unused', 'suspended', 'unused']);
  });

  it('again changes nothing; with another end it is moved, from where it began', () => {
    given(license, issued(), suspended('2026-05-01T00:00:00.000Z')).when('suspend', {}).thenNothing();
    given(license, issued(), suspended('2026-05-01T00:00:00.000Z'))
      .when('suspend', { until: FAR })
      .then({ type: 'LicenseSuspended', data: { ...base, from: '2026-05-01T00:00:00.000Z', until: FAR } });
  });

  it('to come never lifts or shortens the one in force', () => {
    const running = '2026-05-01T00:00:00.000Z';
    given(license, issued(), suspended(running)).when('suspend', { from: LATER }).thenNothing();
    given(license, issued(), suspended(running)).when('suspend', { from: LATER, until: FAR }).thenNothing();
    given(license, issued(), suspended(running, FAR))
      .when('suspend', { from: LATER, until: '2026-07-02T00:00:00Z' })
      .thenNothing();
    given(license, issued(), suspended(running, FAR)).when('suspend', { from: running, until: FAR }).thenNothing();
  });

  it('to come, which begins while one is in force, prolongs that one', () => {
    const running = '2026-05-01T00:00:00.000Z';
    const prolonged = (until: string | null) => ({ type: 'LicenseSuspended' as const, data: { ...base, from: running, until } });
    given(license, issued(), suspended(running, LATER)).when('suspend', { from: LATER, until: FAR }).then(prolonged(FAR));
    given(license, issued(), suspended(running, FAR)).when('suspend', { from: LATER }).then(prolonged(null));
  });

  it('to come is refused where it would leave a gap behind the one in force: a license has one suspension at a time', () => {
    given(license, issued(), suspended('2026-05-01T00:00:00.000Z', LATER))
      .when('suspend', { from: FAR })
      .thenRefused('license.suspension-in-force');
  });

  it('to come is moved by another', () => {
    given(license, issued(), suspended(LATER, null, NOW))
      .when('suspend', { from: FAR })
      .then({ type: 'LicenseSuspended', data: { ...base, from: FAR, until: null } });
  });

  it('is refused in the past, without a span, and of a revoked or archived license', () => {
    given(license, issued()).when('suspend', { from: '2026-05-31T00:00:00Z' }).thenRefused('license.in-the-past');
    given(license, issued()).when('suspend', { from: FAR, until: LATER }).thenRefused('license.empty-span');
    given(license, issued(), revoked()).when('suspend', {}).thenRefused('license.revoked');
    given(license, issued(), archived()).when('suspend', {}).thenRefused('license.archived');
    given(license).when('suspend', {}).thenRefused('license.not-found');
  });
});

describe('resuming', () => {
  it('ends the suspension, now or later', () => {
    given(license, issued(), suspended('2026-05-01T00:00:00.000Z'))
      .when('resume', {})
      .then({ type: 'LicenseResumed', data: { ...base, at: NOW } });
    const { facts } = after(issued(), suspended(), { type: 'LicenseResumed', data: { ...base, at: LATER } });
    expect([NOW, LATER].map((t) => statusAt(facts, t))).toEqual(['suspended', 'unused']);
  });

  it('takes back a suspension that is still to come', () => {
    const { facts } = after(issued(), suspended(LATER, FAR, NOW), { type: 'LicenseResumed', data: { ...base, at: NOW } });
    expect(statusAt(facts, LATER)).toBe('unused');
  });

  it('changes nothing where nothing is suspended any more', () => {
    given(license, issued()).when('resume', {}).thenNothing();
    given(license, issued(), suspended('2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z')).when('resume', {}).thenNothing();
    given(license, issued(), suspended(NOW, LATER)).when('resume', { at: LATER }).thenNothing();
  });

  it('never prolongs a suspension that ends before', () => {
    given(license, issued(), suspended(NOW, LATER)).when('resume', { at: FAR }).thenNothing();
  });

  it('is refused in the past and of a revoked license', () => {
    given(license, issued(), suspended()).when('resume', { at: '2026-05-31T00:00:00Z' }).thenRefused('license.in-the-past');
    given(license, issued(), suspended(), revoked()).when('resume', {}).thenRefused('license.revoked');
  });
});

describe('revoking', () => {
  it('ends all activations in the same event', () => {
    given(license, issued(), activated(1))
      .when('revoke', {})
      .then({ type: 'LicenseRevoked', data: { ...base, from: NOW, ended: 1 } });
    expect(allSeats(after(issued(), activated(1), revoked()).seats)).toEqual([]);
  });

  it('counts activations as ended from its instant on, where that is to come', () => {
    given(license, issued(), activated(1))
      .when('revoke', { from: LATER })
      .then({ type: 'LicenseRevoked', data: { ...base, from: LATER, ended: 0 } });
    const { facts } = after(issued(), activated(1), revoked(LATER));
    expect([NOW, LATER].map((t) => seatsAt(facts, t).used)).toEqual([1, 0]);
    expect([NOW, LATER].map((t) => statusAt(facts, t))).toEqual(['active', 'revoked']);
  });

  it('again changes nothing; one that is to come can be moved', () => {
    given(license, issued(), revoked()).when('revoke', {}).thenNothing();
    given(license, issued(), revoked(LATER)).when('revoke', { from: LATER }).thenNothing();
    given(license, issued(), revoked(LATER))
      .when('revoke', { from: FAR })
      .then({ type: 'LicenseRevoked', data: { ...base, from: FAR, ended: 0 } });
  });

  it('is refused in the past and of an archived license', () => {
    given(license, issued()).when('revoke', { from: '2026-05-31T00:00:00Z' }).thenRefused('license.in-the-past');
    given(license, issued(), archived()).when('revoke', {}).thenRefused('license.archived');
  });
});

describe('undoing a revocation', () => {
  it('starts again with no activations, also where they ended by a revocation that came into force later', () => {
    given(license, issued(), activated(1, LATER), revoked(LATER, 0, LATER))
      .when('undoRevocation', {}, { now: FAR })
      .then({ type: 'LicenseRevocationUndone', data: { ...base, wasInForce: true, ended: 0 } });
    const undone: LicenseEvent = { type: 'LicenseRevocationUndone', at: FAR, data: { ...base, wasInForce: true, ended: 1 } };
    const { facts, seats } = after(issued(), activated(1), revoked(LATER), undone);
    expect([statusAt(facts, FAR), facts.used, allSeats(seats)]).toEqual(['unused', 0, []]);
  });

  it('tells how many activations had ended', () => {
    given(license, issued(), activated(1), revoked(LATER))
      .when('undoRevocation', {}, { now: FAR })
      .then({ type: 'LicenseRevocationUndone', data: { ...base, wasInForce: true, ended: 1 } });
  });

  it('keeps activations where the revocation was still to come', () => {
    given(license, issued(), activated(1), revoked(LATER))
      .when('undoRevocation', {})
      .then({ type: 'LicenseRevocationUndone', data: { ...base, wasInForce: false, ended: 0 } });
    const undone: LicenseEvent = { type: 'LicenseRevocationUndone', data: { ...base, wasInForce: false, ended: 0 } };
    expect(after(issued(), activated(1), revoked(LATER), undone).facts.used).toBe(1);
  });

  it('changes nothing where nothing is revoked', () => {
    given(license, issued()).when('undoRevocation', {}).thenNothing();
  });
});

describe('archiving', () => {
  it('ends all activations in the same event', () => {
    given(license, issued(), activated(1), activated(2))
      .when('archive', {})
      .then({ type: 'LicenseArchived', data: { ...base, ended: 2 } });
    expect(allSeats(after(issued(), activated(1), archived()).seats)).toEqual([]);
  });

  it('works from any state, and again changes nothing', () => {
    given(license, issued(), revoked())
      .when('archive', {})
      .then({ type: 'LicenseArchived', data: { ...base, ended: 0 } });
    given(license, issued(), archived()).when('archive', {}).thenNothing();
    given(license).when('archive', {}).thenRefused('license.not-found');
  });
});

describe('revealing the key', () => {
  it('is recorded each time', () => {
    given(license, issued())
      .when('revealKey', { reason: 'lost mail' })
      .then({ type: 'LicenseKeyRevealed', data: { ...base, reason: 'lost mail' } });
    given(license).when('revealKey', {}).thenRefused('license.not-found');
  });
});
