import { describe, expect, it } from '@jest/globals';
import { deriveId } from '#kernel/ids.js';
import { given, TEST_ID, testContext } from '#kernel/testing/given.js';
import { license } from './license.js';
import * as example from './testing/license-examples.js';
import { activated, activation, archived, deactivated, fingerprint, issued, NOW, ORGANIZATION, replaced, revoked, suspended, vendor } from './testing/license-examples.js';
import type { Terms } from './terms.js';

const DAY_BEFORE = '2026-05-31T12:00:00.000Z';
const device = (n: number) => ({ fingerprint: fingerprint(n) });
const told = (...events: example.LicenseEvent[]) => given(license, ...events).withFacts(vendor);
const made = (n: number, data: object = {}) => {
  const { type, data: base } = activated(n, NOW, { activationId: deriveId(testContext.commandId, 'activation'), ...data });
  return { type, data: base } as never;
};
const plain = ({ type, data }: example.LicenseEvent) => ({ type, data }) as never;
const budget = (deactivations: Partial<Terms['deactivations']>) => ({ activations: 2, deactivations: { allowed: -1, window: null, minimumAge: null, ...deactivations } });

describe('activating', () => {
  it('takes a seat, in the name of who asks', () => {
    told(issued()).when('activate', device(1)).then(made(1));
    told(issued()).when('activate', device(1), { actor: `license:${TEST_ID}` }).then(made(1, { by: 'license-key' }));
    told(issued()).when('activate', device(1), { actor: `user:${TEST_ID}` }).then(made(1, { by: 'user', userId: TEST_ID }));
  });

  it('keeps what the device says of itself', () => {
    const said = { platform: 'linux/x64', components: { board: fingerprint(9) }, publicKey: 'k'.repeat(43) };
    told(issued()).when('activate', { ...device(1), name: "Ada's laptop", ...said }).then(made(1, { deviceName: "Ada's laptop", ...said }));
  });

  it('of the same device again is the same activation', () => {
    told(issued(), activated(1)).when('activate', device(1)).thenNothing();
  });

  it('starts the license where its terms wait for the first activation', () => {
    const waiting = issued({ activations: 2, starts: 'first-activation', duration: 'P1Y', maintenance: 'P1M' });
    const started = { expiresAt: '2027-06-01T12:00:00.000Z', maintenanceEndsAt: '2026-07-01T12:00:00.000Z' };
    told(waiting).when('activate', device(1)).then(made(1, { started }));
    told(waiting, activated(1, DAY_BEFORE, { started })).when('activate', device(2)).then(made(2));
  });

  it('is unlimited at −1 and impossible at 0', () => {
    told(issued({ activations: -1 }), activated(1), activated(2)).when('activate', device(3)).then(made(3));
    told(issued({ activations: 0 })).when('activate', device(1)).thenRefused('license.activation-limit-reached', { allowed: 0, used: 0, releasable: [], resetsAt: null });
  });

  it('at the limit says what could be released, oldest first', () => {
    told(issued({ activations: 2 }), activated(1), activated(2, DAY_BEFORE, { deviceName: 'old one' }))
      .when('activate', { ...device(3), cause: 'customer' })
      .thenRefused('license.activation-limit-reached', {
        ...{ allowed: 2, used: 2, resetsAt: null },
        releasable: [
          { activationId: activation(2), deviceName: 'old one', activatedAt: DAY_BEFORE },
          { activationId: activation(1), deviceName: null, activatedAt: NOW },
        ],
      });
  });

  it('at the limit says when something can be released, where nothing can be now', () => {
    const full = { allowed: 2, used: 2, releasable: [] };
    told(issued(budget({ minimumAge: 'P7D' })), activated(1), activated(2, DAY_BEFORE))
      .when('activate', { ...device(3), cause: 'device' })
      .thenRefused('license.activation-limit-reached', { ...full, resetsAt: '2026-06-07T12:00:00.000Z' });
    told(issued(budget({ window: { allowed: 1, period: 'P30D' } })), activated(9), deactivated(9, DAY_BEFORE), activated(1), activated(2))
      .when('activate', { ...device(3), cause: 'device' })
      .thenRefused('license.activation-limit-reached', { ...full, resetsAt: '2026-06-30T12:00:00.000Z' });
  });

  it('is refused by what stands in the way of the license', () => {
    told(issued(), revoked()).when('activate', device(1)).thenRefused('license.revoked');
    told(issued(), suspended()).when('activate', device(1)).thenRefused('license.suspended', { suspendedBy: 'license' });
    told(issued({}, { effectiveFrom: '2026-07-01T00:00:00.000Z' })).when('activate', device(1)).thenRefused('license.not-yet-effective');
    told(issued({}, { expiresAt: DAY_BEFORE })).when('activate', device(1)).thenRefused('license.expired', { expiresAt: DAY_BEFORE });
    told(issued(), archived()).when('activate', device(1)).thenRefused('license.archived');
    told().when('activate', device(1)).thenRefused('license.not-found');
  });

  it('is refused while the owner is suspended', () => {
    const stopped = (name: 'organization' | 'contact', type: string) => ({ ...vendor, [name]: [...vendor[name], { type, data: {} }] });
    told(issued()).withFacts(stopped('organization', 'OrganizationSuspended')).when('activate', device(1)).thenRefused('license.suspended', { suspendedBy: 'organization' });
    told(issued({}, { organizationId: null, contactId: example.CONTACT, holder: example.CONTACT }))
      .withFacts(stopped('contact', 'ContactSuspended'))
      .when('activate', device(1))
      .thenRefused('license.suspended', { suspendedBy: 'contact' });
  });

  it('in grace takes no new devices, unless the terms say so', () => {
    const inGrace = (activateInGrace: boolean) => issued({ activations: 2, grace: 'P7D', activateInGrace }, { expiresAt: DAY_BEFORE });
    told(inGrace(false), activated(1)).when('activate', device(2)).thenRefused('license.in-grace');
    told(inGrace(false), activated(1)).when('activate', device(1)).thenNothing();
    told(inGrace(true)).when('activate', device(1)).then(made(1));
  });
});

describe('deactivating', () => {
  it('gives the seat back, with its cause', () => {
    told(issued(), activated(1)).when('deactivate', { activationId: activation(1), cause: 'device' }).then(plain(deactivated(1, NOW, 'device')));
    told(issued(), activated(1), deactivated(1)).when('activate', device(2)).then(made(2));
  });

  it('counts only what customers and devices ask for', () => {
    const once = issued(budget({ allowed: 1 }));
    told(once, activated(1), deactivated(1, NOW, 'vendor'), activated(2)).when('deactivate', { activationId: activation(2), cause: 'customer' }).then(plain(deactivated(2)));
    const spent = [once, activated(1), deactivated(1, NOW, 'device'), activated(2)];
    told(...spent).when('deactivate', { activationId: activation(2), cause: 'customer' }).thenRefused('license.deactivation-limit-reached', { allowed: 1, used: 1, resetsAt: null });
    told(...spent).when('deactivate', { activationId: activation(2), cause: 'vendor' }).then(plain(deactivated(2, NOW, 'vendor')));
  });

  it('may be limited in a window, which frees up by itself', () => {
    const history = [issued(budget({ window: { allowed: 1, period: 'P1D' } })), activated(1), deactivated(1), activated(2)];
    const release = { activationId: activation(2), cause: 'device' };
    const resetsAt = '2026-06-02T12:00:00.000Z';
    told(...history).when('deactivate', release).thenRefused('license.deactivation-limit-reached', { allowed: 1, used: 1, resetsAt });
    told(...history).when('deactivate', release, { now: resetsAt }).then(plain(deactivated(2, NOW, 'device')));
  });

  it('wants an activation of some age, where the terms say so', () => {
    const history = [issued(budget({ minimumAge: 'P1D' })), activated(1)];
    told(...history).when('deactivate', { activationId: activation(1), cause: 'customer' }).thenRefused('activation.too-young', { resetsAt: '2026-06-02T12:00:00.000Z' });
    told(...history).when('deactivate', { activationId: activation(1), cause: 'vendor' }).then(plain(deactivated(1, NOW, 'vendor')));
  });

  it('works while the license is suspended or expired, not once its activations have ended', () => {
    const release = { activationId: activation(1), cause: 'customer' };
    told(issued(), activated(1), suspended()).when('deactivate', release).then(plain(deactivated(1)));
    told(issued({}, { expiresAt: DAY_BEFORE }), activated(1)).when('deactivate', release).then(plain(deactivated(1)));
    told(issued(), activated(1), revoked(DAY_BEFORE, 0, '2026-05-01T00:00:00.000Z')).when('deactivate', release).thenRefused('activation.not-found');
    told(issued()).when('deactivate', release).thenRefused('activation.not-found');
    told(issued(), activated(1), archived()).when('deactivate', release).thenRefused('license.archived');
  });
});

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
    told(once, activated(1), replaced(1, 2)).when('replace', { ...device(3), activationId: activation(2), cause: 'device' }).thenRefused('license.deactivation-limit-reached');
    const [next] = told(once, activated(1), replaced(1, 2, NOW, 'vendor')).when('replace', { ...device(3), activationId: activation(2), cause: 'device' }).decided();
    expect(next?.type).toBe('ActivationReplaced');
    told(issued(budget({ minimumAge: 'P1D' })), activated(1)).when('replace', byDevice2).thenRefused('activation.too-young');
  });

  it('by the same device, or asked for again, changes nothing', () => {
    told(issued(), activated(1)).when('replace', { ...byDevice2, ...device(1) }).thenNothing();
    told(issued(), activated(1), replaced(1, 2)).when('replace', byDevice2).thenNothing();
  });

  it('is refused where the new device has a seat, and where there is nothing to replace', () => {
    told(issued({ activations: 2 }), activated(1), activated(2)).when('replace', byDevice2).thenRefused('activation.already-active');
    told(issued()).when('replace', byDevice2).thenRefused('activation.not-found');
  });

  it('is refused like any new device', () => {
    told(issued({ grace: 'P7D' }, { expiresAt: DAY_BEFORE }), activated(1)).when('replace', byDevice2).thenRefused('license.in-grace');
    told(issued(), activated(1), suspended()).when('replace', byDevice2).thenRefused('license.suspended');
    const lowered: example.LicenseEvent = {
      type: 'LicenseLimitsOverridden',
      data: { holder: ORGANIZATION, reason: null, effectiveAt: NOW, overrides: { activations: 1 } },
    };
    told(issued({ activations: 2 }), activated(1), activated(3), lowered).when('replace', byDevice2).thenRefused('license.activation-limit-reached', { allowed: 1, used: 2 });
  });
});

describe('naming a device', () => {
  it('gives it a name or takes it away', () => {
    const named = (deviceName: string | null) => ({
      type: 'ActivationNamed' as const,
      data: { activationId: activation(1), fingerprint: fingerprint(1), holder: ORGANIZATION, deviceName },
    });
    told(issued(), activated(1)).when('nameActivation', { activationId: activation(1), name: 'den' }).then(named('den'));
    told(issued(), activated(1), named('den')).when('nameActivation', { activationId: activation(1), name: 'den' }).thenNothing();
    told(issued(), activated(1), named('den')).when('nameActivation', { activationId: activation(1), name: null }).then(named(null));
    told(issued()).when('nameActivation', { activationId: activation(1), name: 'den' }).thenRefused('activation.not-found');
  });
});

describe('blocking a device', () => {
  const blocked = (n: number, until: string | null = null): example.LicenseEvent => ({ type: 'DeviceBlocked', data: { ...device(n), holder: ORGANIZATION, reason: null, until } });
  const until = '2026-07-01T00:00:00.000Z';

  it('keeps it from the license, for a time or until the block is lifted', () => {
    told(issued()).when('blockDevice', device(1)).then(plain(blocked(1)));
    told(issued(), blocked(1)).when('activate', device(1)).thenRefused('device.blocked');
    told(issued(), blocked(1, until)).when('activate', device(1), { now: until }).then(made(1));
    told(issued(), blocked(2), activated(1)).when('replace', { ...device(2), activationId: activation(1) }).thenRefused('device.blocked');
  });

  it('is blocked everywhere at once where it has no seat yet, and where it has one', () => {
    const everywhere = { type: 'DeviceBlockedEverywhere', data: { ...device(1), tenant: 'acme', reason: null, until } };
    const known = { ...vendor, deviceBlock: [everywhere] };
    given(license, issued()).withFacts(known).when('activate', device(1)).thenRefused('device.blocked');
    given(license, issued(), activated(1)).withFacts(known).when('activate', device(1)).thenRefused('device.blocked');
    given(license, issued(), activated(2)).withFacts(known).when('replace', { ...device(1), activationId: activation(2) }).thenRefused('device.blocked');
    given(license, issued()).withFacts(known).when('activate', device(1), { now: until }).then(made(1));
  });

  it('again changes nothing; lifting it does, once', () => {
    told(issued(), blocked(1, until)).when('blockDevice', { ...device(1), until }).thenNothing();
    const lifted: example.LicenseEvent = { type: 'DeviceUnblocked', data: device(1) };
    told(issued(), blocked(1)).when('unblockDevice', device(1)).then(plain(lifted));
    told(issued(), blocked(1), lifted).when('unblockDevice', device(1)).thenNothing();
    told(issued(), blocked(1), lifted).when('activate', device(1)).then(made(1));
  });

  it('is refused in the past, and beyond a thousand devices', () => {
    told(issued()).when('blockDevice', { ...device(1), until: DAY_BEFORE }).thenRefused('license.in-the-past');
    const many = Array.from({ length: 1000 }, (_, n) => blocked(n));
    told(issued(), ...many).when('blockDevice', device(1000)).thenRefused('device.too-many-blocked');
    told(issued(), ...many).when('blockDevice', { ...device(1), until }).then(plain(blocked(1, until)));
  });
});
