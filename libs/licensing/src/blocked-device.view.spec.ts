import { describe, expect, it } from '@jest/globals';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { activationKey } from './activation.view.js';
import { blockedDeviceView } from './blocked-device.view.js';
import { fingerprint, ORGANIZATION } from './testing/license-examples.js';

const blocked = (n: number, until: string | null = null) => ({
  type: 'DeviceBlocked',
  data: { fingerprint: fingerprint(n), holder: ORGANIZATION, reason: 'stolen', until },
});
const key = (n: number) => activationKey(TEST_ID, fingerprint(n));

describe('the view of blocked devices', () => {
  it('shows who keeps a device away from a license, and until when', () => {
    const until = '2027-01-01T00:00:00.000Z';
    const seen = folded(blockedDeviceView, blocked(1), blocked(2), blocked(2, until));
    expect(seen.keys).toEqual([key(1), key(2)]);
    expect(seen.doc(key(2))).toEqual({ licenseId: TEST_ID, fingerprint: fingerprint(2), until, by: testContext.actor });
  });

  it('forgets a block that is lifted', () => {
    expect(
      folded(blockedDeviceView, blocked(1), blocked(2), { type: 'DeviceUnblocked', data: { fingerprint: fingerprint(1) } }).keys,
    ).toEqual([key(2)]);
  });
});
