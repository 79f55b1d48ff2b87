import { describe, expect, it } from '@jest/globals';
import { deriveId } from '#kernel/ids.js';
import { given, testContext } from '#kernel/testing/given.js';
import { license } from './license.js';
import {
  activated,
  activation,
  budget,
  device,
  fingerprint,
  issued,
  made,
  NOW,
  ORGANIZATION,
  plain,
  replaced,
  suspended,
  vendor,
  type LicenseEvent,
} from './testing/license-examples.js';

const DAY_BEFORE = '2026-05-31T12:00:00.000Z';
const told = (...events: LicenseEvent[]) => given(license, ...events).withFacts(vendor);

describe('replacing a device', () => {
  const byDevice2 = { ...device(2), activationId: activation(1), cause: 'customer' };
  const event = (cause: 'customer' | 'vendor' = 'customer') => {
    const { type, data } = replaced(1, 2, NOW, cause) as { type: 'ActivationReplaced'; data: object };
    return { type, data: { ...data, activationId: deriveId(testContext.commandId, 'activation') } } as never;
  };

  it('is one event, at the limit too', () => {
    told(issued(), activated(1)).when('replace', byDevice2).then(event());
  });

  it('counts as one deactivation', () => {
    const once = issued({ ...budget({ allowed: 1 }), activations: 1 });
    told(once, activated(1), replaced(1, 2))
      .when('replace', { ...device(3), activationId: activation(2), cause: 'device' })
      .thenRefused('license.deactivation-limit-reached');
    const [next] = told(once, activated(1), replaced(1, 2, NOW, 'vendor'))
      .when('replace', { ...device(3), activationId: activation(2), cause: 'device' })
      .decided();
    expect(next?.type).toBe('ActivationReplaced');
    told(issued(budget({ minimumAge: 'P1D' })), activated(1))
      .when('replace', byDevice2)
      .thenRefused('activation.too-young');
  });

  it('by the same device, or asked for again, changes nothing', () => {
    told(issued(), activated(1))
      .when('replace', { ...byDevice2, ...device(1) })
      .thenNothing();
    told(issued(), activated(1), replaced(1, 2)).when('replace', byDevice2).thenNothing();
  });

  it('is refused where the new device has a seat, and where there is nothing to replace', () => {
    told(issued({ activations: 2 }), activated(1), activated(2))
      .when('replace', byDevice2)
      .thenRefused('activation.already-active');
    told(issued()).when('replace', byDevice2).thenRefused('activation.not-found');
  });

  it('is refused like any new device', () => {
    told(issued({ grace: 'P7D' }, { expiresAt: DAY_BEFORE }), activated(1))
      .when('replace', byDevice2)
      .thenRefused('license.in-grace');
    told(issued(), activated(1), suspended()).when('replace', byDevice2).thenRefused('license.suspended');
    const lowered: LicenseEvent = {
      type: 'LicenseLimitsOverridden',
      data: { holder: ORGANIZATION, reason: null, effectiveAt: NOW, overrides: { activations: 1 } },
    };
    told(issued({ activations: 2 }), activated(1), activated(3), lowered)
      .when('replace', byDevice2)
      .thenRefused('license.activation-limit-reached', { allowed: 1, used: 2 });
  });
});

describe('naming a device', () => {
  it('gives it a name or takes it away', () => {
    const named = (deviceName: string | null) => ({
      type: 'ActivationNamed' as const,
      data: { activationId: activation(1), fingerprint: fingerprint(1), holder: ORGANIZATION, deviceName },
    });
    told(issued(), activated(1))
      .when('nameActivation', { activationId: activation(1), name: 'den' })
      .then(named('den'));
    told(issued(), activated(1), named('den'))
      .when('nameActivation', { activationId: activation(1), name: 'den' })
      .thenNothing();
    told(issued(), activated(1), named('den'))
      .when('nameActivation', { activationId: activation(1), name: null })
      .then(named(null));
    told(issued())
      .when('nameActivation', { activationId: activation(1), name: 'den' })
      .thenRefused('activation.not-found');
  });
});

describe('blocking a device', () => {
  const blocked = (n: number, until: string | null = null): LicenseEvent => ({
    type: 'DeviceBlocked',
    data: { ...device(n), holder: ORGANIZATION, reason: null, until },
  });
  const until = '2026-07-01T00:00:00.000Z';

  it('keeps it from the license, for a time or until the block is lifted', () => {
    told(issued())
      .when('blockDevice', device(1))
      .then(plain(blocked(1)));
    told(issued(), blocked(1)).when('activate', device(1)).thenRefused('device.blocked');
    told(issued(), blocked(1, until)).when('activate', device(1), { now: until }).then(made(1));
    told(issued(), blocked(2), activated(1))
      .when('replace', { ...device(2), activationId: activation(1) })
      .thenRefused('device.blocked');
  });

  it('is blocked everywhere at once where it has no seat yet, and where it has one', () => {
    const everywhere = { type: 'DeviceBlockedEverywhere', data: { ...device(1), tenant: 'acme', reason: null, until } };
    const known = { ...vendor, deviceBlock: [everywhere] };
    given(license, issued()).withFacts(known).when('activate', device(1)).thenRefused('device.blocked');
    given(license, issued(), activated(1)).withFacts(known).when('activate', device(1)).thenRefused('device.blocked');
    given(license, issued(), activated(2))
      .withFacts(known)
      .when('replace', { ...device(1), activationId: activation(2) })
      .thenRefused('device.blocked');
    given(license, issued()).withFacts(known).when('activate', device(1), { now: until }).then(made(1));
  });

  it('is not lifted from one license while it is blocked everywhere', () => {
    const everywhere = { type: 'DeviceBlockedEverywhere', data: { ...device(1), tenant: 'acme', reason: null, until } };
    const lifted = { type: 'DeviceUnblockedEverywhere', data: device(1) };
    const unblock = (history: object[], now = NOW) =>
      given(license, issued(), blocked(1))
        .withFacts({ ...vendor, deviceBlock: history as never })
        .when('unblockDevice', device(1), { now });
    unblock([everywhere]).thenRefused('device.blocked-everywhere');
    unblock([everywhere, lifted]).then({ type: 'DeviceUnblocked', data: device(1) });
    unblock([everywhere], until).then({ type: 'DeviceUnblocked', data: device(1) });
  });

  it('again changes nothing; lifting it does, once', () => {
    told(issued(), blocked(1, until))
      .when('blockDevice', { ...device(1), until })
      .thenNothing();
    const lifted: LicenseEvent = { type: 'DeviceUnblocked', data: device(1) };
    told(issued(), blocked(1)).when('unblockDevice', device(1)).then(plain(lifted));
    told(issued(), blocked(1), lifted).when('unblockDevice', device(1)).thenNothing();
    told(issued(), blocked(1), lifted).when('activate', device(1)).then(made(1));
  });

  it('is refused in the past, and beyond a thousand devices', () => {
    told(issued())
      .when('blockDevice', { ...device(1), until: DAY_BEFORE })
      .thenRefused('license.in-the-past');
    const many = Array.from({ length: 1000 }, (_, n) => blocked(n));
    told(issued(), ...many)
      .when('blockDevice', device(1000))
      .thenRefused('device.too-many-blocked');
    told(issued(), ...many)
      .when('blockDevice', { ...device(1), until })
      .then(plain(blocked(1, until)));
  });
});
