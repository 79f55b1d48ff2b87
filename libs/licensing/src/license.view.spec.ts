import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { activationKey, activationView, isLive } from './activation.view.js';
import { NEVER } from './license-filter.js';
import { licenseView } from './license.view.js';
import { ownerView } from './owner.view.js';
import {
  activated,
  activation,
  archived,
  CONTACT,
  deactivated,
  fingerprint,
  issued,
  NOW,
  ORGANIZATION,
  replaced,
  revoked,
  suspended,
  vendor,
} from './testing/license-examples.js';

const LATER = '2026-07-01T00:00:00.000Z';
const key = (n: number) => activationKey(TEST_ID, fingerprint(n));
const base = { holder: ORGANIZATION, reason: null };

describe('the view of licenses', () => {
  it('shows a license as it was issued, without its key', () => {
    const { data, at } = issued({}, { name: 'Design', metadata: { order: '42' } });
    const seen = folded(licenseView, { type: 'LicenseIssued', data, at });
    expect(seen.doc()).toMatchObject({
      id: TEST_ID,
      name: 'Design',
      metadata: { order: '42' },
      maskedKey: '•••••-•••••-•••••-•••••-P9Q0R',
      issuedAt: at,
      revision: 0,
    });
    expect(JSON.stringify(seen.doc())).not.toContain('A1B2C-D3E4F');
  });

  it('is found by its facts; what never comes stands behind every instant', () => {
    const seen = folded(
      licenseView,
      issued({ duration: 'P1Y', grace: 'P7D' }, { expiresAt: LATER, contactId: CONTACT }),
      suspended(),
      revoked(LATER),
      activated(1),
    );
    const index = (name: string) => seen.index(name);
    expect(
      ['expiresAt', 'graceEndsAt', 'soonFrom', 'suspendedFrom', 'suspendedUntil', 'revokedFrom', 'used', 'archived'].map(index),
    ).toEqual([...[LATER, '2026-07-08T00:00:00.000Z', '2026-06-01T00:00:00.000Z', NOW, NEVER, LATER, 1, 0]]);
    expect(['organizationId', 'contactId', 'keyHash'].map(index)).toEqual([ORGANIZATION, CONTACT, fingerprint(0)]);
  });

  it('is found by words of its name and by the last group of its key', () => {
    expect(folded(licenseView, issued({}, { name: 'Design départment' })).index('words')).toEqual([
      'design',
      'department',
      'p9q0r',
    ]);
  });

  it('follows every event with its revision', () => {
    const seen = folded(licenseView, issued({ activations: 2 }), activated(1), activated(2), deactivated(1), replaced(2, 3));
    expect(seen.doc()).toMatchObject({
      revision: 4,
      changedAt: NOW,
      facts: { used: 1, released: { total: 2, recent: [NOW, NOW] } },
    });
  });

  it('knows the groups that give access by it, as long as it belongs to their organization', () => {
    const [GROUP, OTHER] = ['01j00000000000000000000901', '01j00000000000000000000902'];
    const its = (groupId: string) => ({ groupId, organizationId: ORGANIZATION, licenseId: TEST_ID });
    const linked = (groupId: string) => ({ type: 'LicenseLinked', id: groupId, data: its(groupId) });
    const unlinked = { type: 'LicenseUnlinked', id: GROUP, data: its(GROUP) };
    const gone = { groupId: OTHER, organizationId: ORGANIZATION, name: 'Design', members: [], licenses: [TEST_ID] };
    const deleted = { type: 'GroupDeleted', id: OTHER, data: gone };
    const moved = (organizationId: string | null) => ({
      type: 'LicenseOwnerChanged',
      data: { ...base, organizationId, contactId: CONTACT },
    });
    const groups = (...events: Parameters<typeof folded>[1][]) => {
      const seen = folded(licenseView, issued(), linked(OTHER), linked(GROUP), ...events);
      expect(seen.index('group')).toEqual(seen.doc()!.groups);
      return seen.doc()!.groups;
    };
    expect(groups()).toEqual([GROUP, OTHER]);
    expect(groups(unlinked)).toEqual([OTHER]);
    expect(groups(deleted)).toEqual([GROUP]);
    expect(groups(moved(null))).toEqual([]);
    expect(groups(moved(CONTACT), unlinked)).toEqual([]);
    expect(groups(moved(CONTACT), unlinked, moved(ORGANIZATION))).toEqual([OTHER]);
    expect(folded(licenseView, issued(), linked(GROUP)).doc()).toMatchObject({ revision: 0, changedAt: issued().at });
  });

  it('forgets blocks that have run out', () => {
    const blocked = (n: number, until: string | null, at: string) => ({
      type: 'DeviceBlocked',
      at,
      data: { ...base, fingerprint: fingerprint(n), until },
    });
    const seen = folded(licenseView, issued(), blocked(1, LATER, NOW), blocked(2, null, LATER));
    expect(seen.doc()!.facts.blocked).toEqual({ [fingerprint(2)]: null });
  });
});

describe('the view of activations', () => {
  it('has a document per seat', () => {
    const seen = folded(
      activationView,
      issued({ activations: 3 }),
      activated(1, NOW, { deviceName: "Ada's laptop" }),
      activated(2),
      deactivated(2),
      activated(4),
      replaced(4, 5),
    );
    expect(seen.keys).toEqual([key(1), key(5)]);
    expect(seen.doc(key(1))).toEqual({
      ...{ id: activation(1), licenseId: TEST_ID, fingerprint: fingerprint(1), deviceName: "Ada's laptop", platform: null },
      ...{ components: null, publicKey: null, by: 'token', userId: null, activatedAt: NOW, since: 1 },
    });
    expect(seen.index('words', key(1))).toEqual(['ada', 's', 'laptop']);
  });

  it('follows names', () => {
    const named = {
      type: 'ActivationNamed',
      data: { activationId: activation(1), fingerprint: fingerprint(1), holder: ORGANIZATION, deviceName: 'den' },
    };
    expect(folded(activationView, issued(), activated(1), named).doc(key(1))).toMatchObject({ deviceName: 'den' });
  });

  it('tells by the license which ones have ended together with it', () => {
    const undone = { type: 'LicenseRevocationUndone', at: LATER, data: { ...base, wasInForce: true, ended: 1 } };
    const history = [issued(), activated(1), revoked(LATER), undone, activated(2, LATER)];
    const live = (events: readonly (typeof history)[number][], n: number, t: string) =>
      isLive(folded(activationView, ...events).doc(key(n))!, folded(licenseView, ...events).doc()!, t);
    expect([NOW, LATER].map((t) => live(history.slice(0, 3), 1, t))).toEqual([true, false]);
    expect([1, 2].map((n) => live(history, n, LATER))).toEqual([false, true]);
    expect(live([issued(), activated(1), archived()], 1, NOW)).toBe(false);
    expect(live([issued(), activated(1), revoked(NOW)], 1, NOW)).toBe(false);
  });
});

describe('the view of owners', () => {
  it('has names and standings of organizations and contacts', () => {
    const [organization] = vendor.organization;
    const seen = folded(
      ownerView,
      { ...organization!, id: ORGANIZATION },
      { type: 'OrganizationSuspended', data: {}, id: ORGANIZATION },
      { ...vendor.contact[0]!, id: CONTACT },
      { type: 'ContactRenamed', data: { name: 'Ada King' }, id: CONTACT },
      { type: 'ContactArchived', data: {}, id: CONTACT },
    );
    expect(seen.doc(ORGANIZATION)).toEqual({
      id: ORGANIZATION,
      kind: 'organization',
      name: 'Globex',
      suspended: true,
      archived: false,
    });
    expect(seen.doc(CONTACT)).toEqual({ id: CONTACT, kind: 'contact', name: 'Ada King', suspended: false, archived: true });
    const back = [
      { type: 'OrganizationArchived', data: {} },
      { type: 'OrganizationRestored', data: {} },
      { type: 'OrganizationResumed', data: {} },
    ];
    expect(folded(ownerView, organization!, { type: 'OrganizationSuspended', data: {} }, ...back).doc()).toMatchObject({
      suspended: false,
      archived: false,
    });
  });
});
