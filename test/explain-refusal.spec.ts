// Why a refusal came about: told by the function that decides live, with the events behind each input.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Body } from './support/client.js';
import { behind, Explaining, type Check } from './support/explaining.js';
import { Walk } from './support/random-walk.js';

let story: Explaining;
beforeAll(async () => {
  story = await Explaining.open();
}, 60_000);
beforeEach(() => story.prepare());
afterAll(() => story.doors.close());

const on = { fingerprint: 'device-1' };

describe('the explanation of a refusal', () => {
  const activation = (id: string, body: object = {}) => story.of(id, 'explain-activation', { ...on, ...body });
  const deactivation = (id: string, activationId: string, asker = 'device') =>
    story.of(id, 'explain-deactivation', { activationId, asker });

  it.each([
    ['license.archived', 'standing', 'archive', () => ({}), 'LicenseArchived'],
    ['license.revoked', 'usable', 'revoke', () => ({}), 'LicenseRevoked'],
    ['license.suspended', 'usable', 'suspend', () => ({}), 'LicenseSuspended'],
    ['license.expired', 'usable', 'set-expiry', () => ({ expiresAt: story.inDays(0.5) }), 'LicenseExpirySet'],
    ['device.blocked', 'device-not-blocked', 'block-device', () => on, 'DeviceBlocked'],
  ] as const)('of an activation: %s', async (code, decidedBy, verb, body, event) => {
    const id = await story.issued();
    await story.of(id, verb, body());
    story.later(1);
    const explained = await activation(id);
    expect(explained).toMatchObject({ outcome: 'refused', refusal: { code }, decidedBy });
    expect(behind(explained)).toContain(event);
    expect((await story.staff.post(`/v1/licenses/${id}/activations`, on)).body.code).toBe(code);
  });

  it('of an activation: blocked everywhere, not effective yet, in grace, owner suspended', async () => {
    const { device } = await story.staff.done('/v1/device-blocks', { fingerprint: 'stolen-one' });
    expect(behind(await activation(await story.issued(), { fingerprint: 'stolen-one' }))).toEqual(['DeviceBlockedEverywhere']);
    await story.staff.done(`/v1/device-blocks/${device}/lift`);
    const early = await activation(await story.issued({}, { effectiveFrom: story.inDays(9) }));
    expect(early).toMatchObject({ refusal: { code: 'license.not-yet-effective' }, decidedBy: 'usable' });
    const graced = await story.issued({ duration: 'P1D', grace: 'P5D' });
    story.later(2);
    expect(await activation(graced)).toMatchObject({ refusal: { code: 'license.in-grace' }, decidedBy: 'takes-new-devices' });
    const id = await story.issued();
    await story.staff.done(`/v1/organizations/${story.organization}/suspend`);
    const stopped = await activation(id);
    expect(stopped).toMatchObject({ refusal: { code: 'license.suspended', facts: { suspendedBy: 'organization' } } });
    expect(behind(stopped)).toContain('OrganizationSuspended');
  });

  it('of an activation: no seat is free, and what could be released', async () => {
    const id = await story.issued();
    const seat = await story.activated(id, 'device-2');
    const explained = await activation(id);
    expect(explained).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'license.activation-limit-reached', facts: { allowed: 1, used: 1, releasable: [{ id: seat }] } },
      decidedBy: 'seat-free',
    });
    expect(behind(explained)).toEqual(['KeyActivated', 'LicenseIssued']);
    expect(await activation(id, { fingerprint: 'device-2' })).toMatchObject({ outcome: 'nothing-to-do', decidedBy: null });
    expect(await activation(await story.issued())).toMatchObject({ outcome: 'done', refusal: null });
  });

  it('of a deactivation: there is no such seat, the budget is used up, the activation is too young', async () => {
    const id = await story.issued({ deactivations: { allowed: 0 } });
    expect(await deactivation(id, story.contact)).toMatchObject({
      refusal: { code: 'activation.not-found' },
      decidedBy: 'holds-seat',
    });
    const seat = await story.activated(id);
    const spent = await deactivation(id, seat);
    expect(spent).toMatchObject({ refusal: { code: 'license.deactivation-limit-reached' }, decidedBy: 'releasable' });
    expect(behind(spent)).toContain('LicenseIssued');
    expect(await deactivation(id, seat, 'vendor')).toMatchObject({ outcome: 'done' });
    const young = await story.issued({ deactivations: { minimumAge: 'P1D' } });
    const youth = await story.activated(young);
    expect(await deactivation(young, youth)).toMatchObject({
      refusal: { code: 'activation.too-young' },
      decidedBy: 'releasable',
    });
  });

  it('never shows the key of a license', async () => {
    const { policyId } = { policyId: (await story.staff.read('/v1/policies?limit=1')).data[0].id };
    const { id, key } = await story.staff.done('/v1/licenses', { policyId, organizationId: story.organization });
    for (const verb of ['explain-validation', 'explain-activation'])
      expect(JSON.stringify(await story.of(id, verb, on))).not.toContain(key);
  });
});

/** An explanation has the live verdict, or the live refusal where there is none, and names events of the license's history. */
async function sameVerdict(id: string, asked: object): Promise<void> {
  const explained = await story.staff.post(`/v1/licenses/${id}/explain-validation`, asked);
  const live = await story.staff.post(`/v1/licenses/${id}/validate`, asked);
  expect([explained.status, explained.body.code]).toEqual([live.status, live.status === 200 ? undefined : live.body.code]);
  if (live.status !== 200) return;
  const { asOf: _asOf, ...verdict } = live.body;
  const checks = explained.body.checks as Check[];
  expect(explained.body.verdict).toEqual(verdict);
  expect(checks.map(({ check, passed }) => ({ check, passed }))).toEqual(verdict.checks);
  const history = await story.staff.read(`/v1/licenses/${id}/history?limit=100`);
  const events = new Set(history.data.map(({ eventId }: Body) => eventId));
  const own = checks.flatMap(({ inputs }) => inputs).filter((input) => input.of === 'license');
  expect(own.filter(({ event }) => event && !events.has(event.id))).toEqual([]);
  expect(own.some(({ event }) => event)).toBe(true);
}

describe('explanations of random lives', () => {
  it('decide as the doors do, and name events of the very streams', async () => {
    const walk = await Walk.begin(story.doors, story.staff, 7);
    for (let step = 0; step < 60; step++) {
      walk.tick();
      await walk.step();
      const id = walk.pick(walk.licenses);
      if (id === undefined) continue;
      const fingerprint = `device-${walk.pick([1, 2, 3])}`;
      const asked = walk.pick([{}, { fingerprint }, { fingerprint, entitlements: ['zeta'] }, { policyVersion: 1 }]);
      await sameVerdict(id, asked);
      const foretold = await story.of(id, 'explain-activation', { fingerprint, asker: 'vendor' });
      const { status, body } = await story.staff.post(`/v1/licenses/${id}/activations`, { fingerprint });
      expect(foretold.refusal?.code ?? null).toBe(status < 300 ? null : body.code);
    }
  }, 120_000);
});
