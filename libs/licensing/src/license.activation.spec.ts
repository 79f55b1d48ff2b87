import { describe, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { license } from './license.js';
import {
  activated,
  activation,
  archived,
  budget,
  CONTACT,
  deactivated,
  device,
  fingerprint,
  issued,
  made,
  NOW,
  plain,
  revoked,
  suspended,
  vendor,
  type LicenseEvent,
} from './testing/license-examples.js';

const DAY_BEFORE = '2026-05-31T12:00:00.000Z';
const told = (...events: LicenseEvent[]) => given(license, ...events).withFacts(vendor);

describe('activating', () => {
  it('takes a seat, in the name of who asks', () => {
    told(issued()).when('activate', device(1)).then(made(1));
    told(issued())
      .when('activate', device(1), { actor: `license:${TEST_ID}` })
      .then(made(1, { by: 'license-key' }));
    told(issued())
      .when('activate', device(1), { actor: `user:${TEST_ID}` })
      .then(made(1, { by: 'user', userId: TEST_ID }));
  });

  it('keeps what the device says of itself', () => {
    const said = { platform: 'linux/x64', components: { board: fingerprint(9) }, publicKey: 'k'.repeat(43) };
    told(issued())
      .when('activate', { ...device(1), name: "Ada's laptop", ...said })
      .then(made(1, { deviceName: "Ada's laptop", ...said }));
  });

  it('of the same device again is the same activation', () => {
    told(issued(), activated(1)).when('activate', device(1)).thenNothing();
  });

  it('starts the license where its terms wait for the first activation', () => {
    const waiting = issued({ activations: 2, starts: 'first-activation', duration: 'P1Y', maintenance: 'P1M' });
    const started = { expiresAt: '2027-06-01T12:00:00.000Z', maintenanceEndsAt: '2026-07-01T12:00:00.000Z' };
    told(waiting).when('activate', device(1)).then(made(1, { started }));
    told(waiting, activated(1, DAY_BEFORE, { started }))
      .when('activate', device(2))
      .then(made(2));
  });

  it('is unlimited at −1 and impossible at 0', () => {
    told(issued({ activations: -1 }), activated(1), activated(2))
      .when('activate', device(3))
      .then(made(3));
    told(issued({ activations: 0 }))
      .when('activate', device(1))
      .thenRefused('license.activation-limit-reached', { allowed: 0, used: 0, releasable: [], resetsAt: null });
  });

  it('at the limit says what could be released, oldest first', () => {
    told(issued({ activations: 2 }), activated(1), activated(2, DAY_BEFORE, { deviceName: 'old one' }))
      .when('activate', { ...device(3), cause: 'customer' })
      .thenRefused('license.activation-limit-reached', {
        ...{ allowed: 2, used: 2, resetsAt: null },
        releasable: [
          { id: activation(2), name: 'old one', activatedAt: DAY_BEFORE },
          { id: activation(1), name: null, activatedAt: NOW },
        ],
      });
  });

  it('at the limit says when something can be released, where nothing can be now', () => {
    const full = { allowed: 2, used: 2, releasable: [] };
    told(issued(budget({ minimumAge: 'P7D' })), activated(1), activated(2, DAY_BEFORE))
      .when('activate', { ...device(3), cause: 'device' })
      .thenRefused('license.activation-limit-reached', { ...full, resetsAt: '2026-06-07T12:00:00.000Z' });
    told(
      issued(budget({ window: { allowed: 1, period: 'P30D' } })),
      activated(9),
      deactivated(9, DAY_BEFORE),
      activated(1),
      activated(2),
    )
      .when('activate', { ...device(3), cause: 'device' })
      .thenRefused('license.activation-limit-reached', { ...full, resetsAt: '2026-06-30T12:00:00.000Z' });
  });

  it('is refused by what stands in the way of the license', () => {
    told(issued(), revoked()).when('activate', device(1)).thenRefused('license.revoked');
    told(issued(), suspended()).when('activate', device(1)).thenRefused('license.suspended', { suspendedBy: 'license' });
    told(issued({}, { effectiveFrom: '2026-07-01T00:00:00.000Z' }))
      .when('activate', device(1))
      .thenRefused('license.not-yet-effective');
    told(issued({}, { expiresAt: DAY_BEFORE }))
      .when('activate', device(1))
      .thenRefused('license.expired', { expiresAt: DAY_BEFORE });
    told(issued(), archived()).when('activate', device(1)).thenRefused('license.archived');
    told().when('activate', device(1)).thenRefused('license.not-found');
  });

  it('is refused while the owner is suspended', () => {
    const stopped = (name: 'organization' | 'contact', type: string) => ({
      ...vendor,
      [name]: [...vendor[name], { type, data: {} }],
    });
    told(issued())
      .withFacts(stopped('organization', 'OrganizationSuspended'))
      .when('activate', device(1))
      .thenRefused('license.suspended', { suspendedBy: 'organization' });
    told(issued({}, { organizationId: null, contactId: CONTACT, holder: CONTACT }))
      .withFacts(stopped('contact', 'ContactSuspended'))
      .when('activate', device(1))
      .thenRefused('license.suspended', { suspendedBy: 'contact' });
  });

  it('in grace takes no new devices, unless the terms say so', () => {
    const inGrace = (activateInGrace: boolean) =>
      issued({ activations: 2, grace: 'P7D', activateInGrace }, { expiresAt: DAY_BEFORE });
    told(inGrace(false), activated(1)).when('activate', device(2)).thenRefused('license.in-grace');
    told(inGrace(false), activated(1)).when('activate', device(1)).thenNothing();
    told(inGrace(true)).when('activate', device(1)).then(made(1));
  });
});

describe('deactivating', () => {
  it('gives the seat back, with its cause', () => {
    told(issued(), activated(1))
      .when('deactivate', { activationId: activation(1), cause: 'device' })
      .then(plain(deactivated(1, NOW, 'device')));
    told(issued(), activated(1), deactivated(1)).when('activate', device(2)).then(made(2));
  });

  it('counts only what customers and devices ask for', () => {
    const once = issued(budget({ allowed: 1 }));
    told(once, activated(1), deactivated(1, NOW, 'vendor'), activated(2))
      .when('deactivate', { activationId: activation(2), cause: 'customer' })
      .then(plain(deactivated(2)));
    const spent = [once, activated(1), deactivated(1, NOW, 'device'), activated(2)];
    told(...spent)
      .when('deactivate', { activationId: activation(2), cause: 'customer' })
      .thenRefused('license.deactivation-limit-reached', { allowed: 1, used: 1, resetsAt: null });
    told(...spent)
      .when('deactivate', { activationId: activation(2), cause: 'vendor' })
      .then(plain(deactivated(2, NOW, 'vendor')));
  });

  it('may be limited in a window, which frees up by itself', () => {
    const history = [issued(budget({ window: { allowed: 1, period: 'P1D' } })), activated(1), deactivated(1), activated(2)];
    const release = { activationId: activation(2), cause: 'device' };
    const resetsAt = '2026-06-02T12:00:00.000Z';
    told(...history)
      .when('deactivate', release)
      .thenRefused('license.deactivation-limit-reached', { allowed: 1, used: 1, resetsAt });
    told(...history)
      .when('deactivate', release, { now: resetsAt })
      .then(plain(deactivated(2, NOW, 'device')));
  });

  it('wants an activation of some age, where the terms say so', () => {
    const history = [issued(budget({ minimumAge: 'P1D' })), activated(1)];
    told(...history)
      .when('deactivate', { activationId: activation(1), cause: 'customer' })
      .thenRefused('activation.too-young', { resetsAt: '2026-06-02T12:00:00.000Z' });
    told(...history)
      .when('deactivate', { activationId: activation(1), cause: 'vendor' })
      .then(plain(deactivated(1, NOW, 'vendor')));
  });

  it('works while the license is suspended or expired, not once its activations have ended', () => {
    const release = { activationId: activation(1), cause: 'customer' };
    told(issued(), activated(1), suspended())
      .when('deactivate', release)
      .then(plain(deactivated(1)));
    told(issued({}, { expiresAt: DAY_BEFORE }), activated(1))
      .when('deactivate', release)
      .then(plain(deactivated(1)));
    told(issued(), activated(1), revoked(DAY_BEFORE, 0, '2026-05-01T00:00:00.000Z'))
      .when('deactivate', release)
      .thenRefused('activation.not-found');
    told(issued()).when('deactivate', release).thenRefused('activation.not-found');
    told(issued(), activated(1), archived()).when('deactivate', release).thenRefused('license.archived');
  });
});
