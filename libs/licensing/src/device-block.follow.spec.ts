import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FOLLOWER, followUps, type KnownOfDevice } from './device-block.follow.js';

const now = '2026-06-01T12:00:00.000Z';
const [soon, later] = ['2026-07-01T00:00:00.000Z', '2026-08-01T00:00:00.000Z'];
const device = 'F'.repeat(43);
const block = (until: string | null = null) => ({
  device,
  reason: 'stolen',
  until,
  blockedAt: now,
  blockedBy: 'token:x',
  revision: 0,
});
const kept = (licenseId: string, by: string, until: string | null = null) => ({ licenseId, fingerprint: device, until, by });
const told = (known: Partial<KnownOfDevice>, t = now) =>
  followUps({ device, block: null, seatedAt: [], blockedAt: [], ...known }, t);
const blockOn = (licenseId: string, until: string | null = null) => ({
  licenseId,
  command: 'blockDevice',
  data: { fingerprint: device, reason: 'stolen', until },
});
const liftOn = (licenseId: string) => ({ licenseId, command: 'unblockDevice', data: { fingerprint: device } });

describe('what licenses are told of a block everywhere', () => {
  it('is the block, where the device has a seat', () => {
    expect(told({ block: block(soon), seatedAt: ['a', 'b'] })).toEqual([blockOn('a', soon), blockOn('b', soon)]);
  });

  it('is nothing where they keep it away already', () => {
    expect(told({ block: block(), seatedAt: ['a', 'b'], blockedAt: [kept('a', FOLLOWER), kept('b', 'token:x')] })).toEqual([]);
  });

  it('is the new end, where the block lasts longer or shorter than before', () => {
    expect(told({ block: block(soon), blockedAt: [kept('a', FOLLOWER, later)] })).toEqual([blockOn('a', soon)]);
    expect(told({ block: block(), blockedAt: [kept('a', FOLLOWER, later)] })).toEqual([blockOn('a')]);
  });

  it('makes a block of somebody else longer, never shorter', () => {
    expect(told({ block: block(later), seatedAt: ['a'], blockedAt: [kept('a', 'token:x', soon)] })).toEqual([
      blockOn('a', later),
    ]);
    expect(told({ block: block(soon), seatedAt: ['a'], blockedAt: [kept('a', 'token:x', later)] })).toEqual([]);
    expect(told({ block: block(soon), seatedAt: ['a'], blockedAt: [kept('a', 'token:x')] })).toEqual([]);
    expect(told({ block: block(), seatedAt: ['a'], blockedAt: [kept('a', 'token:x', later)] })).toEqual([blockOn('a')]);
  });

  it('is the lifting, once there is none or it has run out; a block of somebody else stays', () => {
    const blockedAt = [kept('a', FOLLOWER), kept('b', 'token:x')];
    expect(told({ seatedAt: ['a', 'b'], blockedAt })).toEqual([liftOn('a')]);
    expect(told({ block: block(soon), seatedAt: ['a'], blockedAt }, soon)).toEqual([liftOn('a')]);
  });

  it('is told once: after it was done there is nothing left to tell', () => {
    const end = fc.constantFrom(null, soon, later);
    const license = fc.constantFrom('a', 'b', 'c');
    const blocks = fc.uniqueArray(fc.record({ licenseId: license, by: fc.constantFrom(FOLLOWER, 'token:x'), until: end }), {
      selector: ({ licenseId }) => licenseId,
    });
    fc.assert(
      fc.property(fc.option(end.map(block)), fc.uniqueArray(license), blocks, (everywhere, seatedAt, set) => {
        const blockedAt = set.map(({ licenseId, by, until }) => kept(licenseId, by, until));
        const after = new Map(blockedAt.map((doc) => [doc.licenseId, doc]));
        for (const { licenseId, command, data } of told({ block: everywhere, seatedAt, blockedAt })) {
          if (command === 'blockDevice') after.set(licenseId, kept(licenseId, FOLLOWER, data.until));
          else after.delete(licenseId);
        }
        expect(told({ block: everywhere, seatedAt, blockedAt: [...after.values()] })).toEqual([]);
        if (everywhere) for (const licenseId of seatedAt) expect(after.has(licenseId)).toBe(true);
      }),
    );
  });
});
