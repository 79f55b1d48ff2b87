// Activations that hold a seat, one document each, so that a license with thousands of them stays small.
// Those that ended together with their license stay behind: `isLive` tells by the license's document.
import type { RecordedEvent } from '#kernel/context.js';
import type { DataOf } from '#kernel/events.js';
import { searchTokens } from '#kernel/text.js';
import type { Conditions } from '#read-models/read-store.js';
import { viewOf } from '#read-models/view.js';
import { isRevokedAt } from './license-status.js';
import { licenseEvents, type LicenseEvents } from './license.events.js';
import type { LicenseDoc } from './license.view.js';

export type ActivationDoc = {
  readonly id: string;
  readonly licenseId: string;
  /** Keyed hash. */
  readonly fingerprint: string;
  readonly deviceName: string | null;
  readonly platform: string | null;
  readonly components: Readonly<Record<string, string>> | null;
  readonly publicKey: string | null;
  readonly by: 'license-key' | 'user' | 'token';
  readonly userId: string | null;
  readonly activatedAt: string;
  /** The revision of the license with which it came. */
  readonly since: number;
};

/** The key of a device's document on a license: validation reads it directly. */
export function activationKey(licenseId: string, fingerprint: string): string {
  return `${licenseId}.${fingerprint}`;
}

/** Whether the activation holds its seat at `t`: it did not end together with all others of its license. */
export function isLive(activation: Pick<ActivationDoc, 'since'>, { facts, endedUntil }: LicenseDoc, t: string): boolean {
  return activation.since > endedUntil && facts.archivedAt === null && !isRevokedAt(facts, t);
}

/** Finds those of a license that hold a seat at `t`, as {@link isLive} says. */
export function liveConditions(license: LicenseDoc, t: string): Conditions {
  const any = isLive({ since: Number.MAX_SAFE_INTEGER }, license, t);
  return any ? { licenseId: { equal: license.id }, since: { from: license.endedUntil + 1 } } : { licenseId: { equal: null } };
}

type Came = RecordedEvent<string, DataOf<LicenseEvents, 'KeyActivated'> | DataOf<LicenseEvents, 'ActivationReplaced'>>;

function came({ id: licenseId, data, meta, revision }: Came): ActivationDoc {
  const { activationId: id, fingerprint, deviceName, platform, components, publicKey, by, userId } = data;
  return {
    id,
    licenseId,
    fingerprint,
    deviceName,
    platform,
    components,
    publicKey,
    by,
    userId,
    activatedAt: meta.occurredAt,
    since: revision,
  };
}

export const activationView = viewOf<ActivationDoc>()(licenseEvents, {
  name: 'activations',
  version: 2,
  about: 'Devices that hold a seat of a license.',
  categories: ['license'],
  indexes: {
    id: { one: (doc) => doc.id },
    licenseId: { one: (doc) => doc.licenseId },
    userId: { one: (doc) => doc.userId },
    fingerprint: { one: (doc) => doc.fingerprint },
    since: { one: (doc) => doc.since },
    activatedAt: { one: (doc) => doc.activatedAt },
    words: { many: (doc) => searchTokens(doc.deviceName) },
  },
  lists: [['id'], ['userId'], ['fingerprint'], ['licenseId', 'activatedAt'], ['licenseId', 'since']],
  streamsOf: (key) => [{ category: 'license', id: key.split('.')[0]! }],
  on: {
    KeyActivated: { keys: ({ id, data }) => [activationKey(id, data.fingerprint)], evolve: (_doc, event) => came(event) },
    KeyDeactivated: { keys: ({ id, data }) => [activationKey(id, data.fingerprint)], evolve: () => null },
    ActivationReplaced: {
      keys: ({ id, data }) => [activationKey(id, data.ended.fingerprint), activationKey(id, data.fingerprint)],
      evolve: (_doc, event, key) => (key === activationKey(event.id, event.data.fingerprint) ? came(event) : null),
    },
    ActivationNamed: {
      keys: ({ id, data }) => [activationKey(id, data.fingerprint)],
      evolve: (doc, { data }) => doc && { ...doc, deviceName: data.deviceName },
    },
  },
});
