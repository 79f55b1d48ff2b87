// What the licenses of a vendor are told about a device, so that they do as its block everywhere says.
import { ERASED } from '#kernel/fields.js';
import type { BlockedDeviceDoc } from './blocked-device.view.js';
import { isBlockInForce } from './device-block.js';
import type { DeviceBlockDoc } from './device-block.view.js';

/** In whose name licenses are told: a block that stands in this name is one that may be lifted again. */
export const FOLLOWER = 'system:block-device-everywhere';

export type FollowUp =
  | {
      readonly licenseId: string;
      readonly command: 'blockDevice';
      readonly data: { fingerprint: string; reason: string | null; until: string | null };
    }
  | { readonly licenseId: string; readonly command: 'unblockDevice'; readonly data: { fingerprint: string } };

export interface KnownOfDevice {
  readonly device: string;
  /** The block everywhere; null where it is lifted. */
  readonly block: DeviceBlockDoc | null;
  /** Licenses of which the device holds a seat, or held one when they ended. */
  readonly seatedAt: readonly string[];
  /** Blocks of the device on single licenses. */
  readonly blockedAt: readonly BlockedDeviceDoc[];
}

/**
 * What is still to be told. It looks at how things stand, not at what has happened, so that it may come late,
 * twice, or in any order. A block that somebody set on a license himself stays, and is not made shorter.
 */
export function followUps({ device, block, seatedAt, blockedAt }: KnownOfDevice, now: string): FollowUp[] {
  const ours = blockedAt.filter(({ by }) => by === FOLLOWER);
  if (!isBlockInForce(block, now)) {
    return ours.map(({ licenseId }) => ({ licenseId, command: 'unblockDevice', data: { fingerprint: device } }));
  }
  const { until } = block;
  const reason = block.reason === ERASED ? null : block.reason;
  const known = new Map(blockedAt.map((doc) => [doc.licenseId, doc]));
  const licenses = [...new Set([...seatedAt, ...ours.map(({ licenseId }) => licenseId)])];
  return licenses
    .filter((licenseId) => !isKept(known.get(licenseId), until))
    .map((licenseId) => ({ licenseId, command: 'blockDevice', data: { fingerprint: device, reason, until } }));
}

/** Whether the license keeps the device away as it should: for as long if the block is ours, at least as long otherwise. */
function isKept(doc: BlockedDeviceDoc | undefined, until: string | null): boolean {
  if (!doc) return false;
  if (doc.until === until) return true;
  return doc.by !== FOLLOWER && (doc.until === null || (until !== null && doc.until > until));
}
