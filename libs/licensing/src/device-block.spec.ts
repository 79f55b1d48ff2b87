import { describe, expect, it } from '@jest/globals';
import { given, testContext } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { deviceBlock } from './device-block.js';
import { deviceBlockView } from './device-block.view.js';

const fingerprint = 'F'.repeat(43);
const id = fingerprint;
const until = '2026-07-01T00:00:00.000Z';
const blocked = (end: string | null, reason: string | null = 'stolen') =>
  ({ type: 'DeviceBlockedEverywhere', data: { fingerprint, tenant: testContext.tenant, reason, until: end } }) as const;
const lifted = { type: 'DeviceUnblockedEverywhere', data: { fingerprint } } as const;

describe('blocking a device everywhere', () => {
  it('is a fact about the device', () => {
    given(deviceBlock).when('block', { reason: 'stolen' }, { id }).then(blocked(null));
  });

  it('until the same instant again changes nothing, also for another reason', () => {
    given(deviceBlock, blocked(until)).when('block', { reason: 'sold', until }, { id }).thenNothing();
  });

  it('until another instant is a new fact', () => {
    given(deviceBlock, blocked(until)).when('block', { reason: 'stolen' }, { id }).then(blocked(null));
  });

  it('starts again after it has ended', () => {
    given(deviceBlock, blocked(null), lifted).when('block', { reason: 'stolen' }, { id }).then(blocked(null));
    const now = '2026-08-01T00:00:00.000Z';
    given(deviceBlock, blocked(until)).when('block', { reason: 'stolen' }, { id, now }).then(blocked(null));
  });

  it('is refused with an end in the past', () => {
    given(deviceBlock).when('block', { until: testContext.now }, { id }).thenRefused('device-block.in-the-past');
  });
});

describe('lifting a block', () => {
  it('is a fact, and once only', () => {
    given(deviceBlock, blocked(null)).when('lift', {}, { id }).then(lifted);
    given(deviceBlock, blocked(null), lifted).when('lift', {}, { id }).thenNothing();
  });

  it('is refused where there never was one', () => {
    given(deviceBlock).when('lift', {}, { id }).thenRefused('device-block.not-found');
  });
});

describe('the view of device blocks', () => {
  it('shows a block until it is lifted', () => {
    expect(folded(deviceBlockView, { ...blocked(until), id }).doc(id)).toEqual({
      device: fingerprint,
      reason: 'stolen',
      until,
      blockedAt: testContext.now,
      blockedBy: testContext.actor,
      revision: 0,
    });
    expect(folded(deviceBlockView, { ...blocked(until), id }, { ...lifted, id }).keys).toEqual([]);
  });
});
