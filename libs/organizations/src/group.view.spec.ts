import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { groupView } from './group.view.js';
import { linkedLicenseView } from './linked-license.view.js';

const GLOBEX = '01j00000000000000000000011';
const INITECH = '01j00000000000000000000012';
const [ADA, BOB] = ['01j00000000000000000000021', '01j00000000000000000000022'];
const [STUDIO, EDITOR] = ['01j00000000000000000000031', '01j00000000000000000000032'];
const OTHER = '01j00000000000000000000041';
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-02-01T00:00:00.000Z';

const id = { groupId: TEST_ID, organizationId: GLOBEX };
const created = { type: 'GroupCreated', data: { ...id, name: 'Design Zürich' }, at };
const member = (type: string, contactId: string) => ({ type, data: { ...id, contactId }, at: later });
const license = (type: string, licenseId: string, groupId = TEST_ID) => ({
  type,
  data: { ...id, groupId, licenseId },
  id: groupId,
});

describe('the view of groups', () => {
  it('shows a group as it was formed, and finds it', () => {
    const seen = folded(groupView, created);
    expect(seen.doc()).toEqual({
      id: TEST_ID,
      organizationId: GLOBEX,
      name: 'Design Zürich',
      members: [],
      licenses: [],
      createdAt: at,
      changedAt: at,
      revision: 0,
    });
    expect([seen.index('organization'), seen.index('words')]).toEqual([GLOBEX, ['design', 'zurich']]);
  });

  it('follows its name, its members and its licenses', () => {
    const seen = folded(
      groupView,
      created,
      { type: 'GroupRenamed', data: { ...id, name: 'Draft', previous: 'Design Zürich' } },
      member('GroupMemberAdded', ADA),
      license('LicenseLinked', STUDIO),
      license('LicenseLinked', EDITOR),
      license('LicenseUnlinked', STUDIO),
      member('GroupMemberAdded', BOB),
      member('GroupMemberRemoved', ADA),
    );
    expect(seen.doc()).toMatchObject({ name: 'Draft', members: [BOB], licenses: [EDITOR], changedAt: later, revision: 7 });
    expect([seen.index('member'), seen.index('license')]).toEqual([[BOB], [EDITOR]]);
  });

  it('shows nothing of a deleted one', () => {
    const deleted = { type: 'GroupDeleted', data: { ...id, name: 'Design', members: [ADA], licenses: [] } };
    expect(folded(groupView, created, member('GroupMemberAdded', ADA), deleted).keys).toEqual([]);
  });
});

describe('the view of linked licenses', () => {
  const moved = (licenseId: string, organizationId: string | null) => ({
    type: 'LicenseOwnerChanged',
    data: { organizationId, contactId: null, holder: GLOBEX, reason: null },
    id: licenseId,
  });

  it('knows whose they are now, and what they were ever linked to', () => {
    const links = [license('LicenseLinked', STUDIO), license('LicenseLinked', STUDIO, OTHER), license('LicenseUnlinked', STUDIO)];
    const seen = folded(linkedLicenseView, ...links, license('LicenseLinked', STUDIO));
    expect(seen.doc(STUDIO)).toEqual({ id: STUDIO, organizationId: GLOBEX, groups: [TEST_ID, OTHER] });
    expect(folded(linkedLicenseView, ...links, moved(STUDIO, INITECH)).doc(STUDIO)).toMatchObject({ organizationId: INITECH });
  });

  it('knows nothing of licenses that were never linked', () => {
    expect(folded(linkedLicenseView, moved(EDITOR, INITECH)).keys).toEqual([]);
  });
});
