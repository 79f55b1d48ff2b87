import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { INVITATION_STATUSES, invitationStatus, whereInvitationStatus, type InvitationStatus } from './invitation-status.js';
import { invitationView, type InvitationDoc } from './invitation.view.js';
import {
  ADA,
  BOB,
  GLOBEX,
  groupInvited,
  invited,
  invitedData,
  INVITER,
  inTwoWeeks,
  redeemedBy,
  resent,
  revoked,
  shown,
  undone,
} from './testing/invitation-samples.js';

const at = '2026-06-01T12:00:00.000Z';
const later = '2026-06-02T12:00:00.000Z';

describe('the view of invitations', () => {
  it('shows an invitation without its code and without the address that it went to', () => {
    const { codeHash: _code, mailedTo: _address, subject: _subject, invitationId, ...told } = invitedData;
    const seen = folded(invitationView, { ...invited, at });
    expect(seen.doc()).toEqual({
      ...{ id: invitationId, ...told, mailed: true, sentAt: at, revokedAt: null, redemptions: [] },
      ...{ createdAt: at, changedAt: at, revision: 0 },
    });
    expect([seen.index('organization'), seen.index('contact'), seen.index('words')]).toEqual([GLOBEX, ADA, ['ada']]);
    expect(folded(invitationView, { ...shown, at }).doc()).toMatchObject({ mailed: false, inviter: INVITER });
  });

  it('shows since when it was sent again or revoked', () => {
    const seen = folded(invitationView, { ...invited, at }, { ...resent, at: later }, { ...revoked, at: later });
    expect(seen.doc()).toMatchObject({ createdAt: at, sentAt: later, revokedAt: later, changedAt: later, revision: 2 });
  });

  it('shows who has redeemed it, and no more once that was undone', () => {
    const one = { ...redeemedBy(ADA), at };
    const seen = folded(invitationView, { ...groupInvited, at }, one, { ...redeemedBy(BOB), at: later });
    expect(seen.doc()).toMatchObject({
      redemptions: [
        { contactId: ADA, at },
        { contactId: BOB, at: later },
      ],
    });
    expect(seen.index('end')).toBe('used-up');
    const after = folded(invitationView, { ...groupInvited, at }, one, undone(ADA));
    expect(after.doc()).toMatchObject({ redemptions: [] });
    expect(after.index('end')).toBeNull();
  });

  it('finds each status by its indexes, and no other', () => {
    const histories = [
      [invited],
      [invited, revoked],
      [invited, redeemedBy(ADA)],
      [groupInvited, redeemedBy(ADA), redeemedBy(BOB)],
    ];
    const seen = new Set<InvitationStatus>();
    for (const history of histories) {
      for (const now of [at, inTwoWeeks, later]) {
        const view = folded(invitationView, ...history);
        const { revokedAt, redemptions, ...doc } = view.doc(TEST_ID) as InvitationDoc;
        const is = invitationStatus({ ...doc, revoked: revokedAt !== null, used: redemptions.length }, now);
        seen.add(is);
        const found = INVITATION_STATUSES.filter((status) =>
          holds(whereInvitationStatus(status, now), (name) => view.index(name)),
        );
        expect(found).toEqual([is]);
      }
    }
    expect([...seen].sort()).toEqual([...INVITATION_STATUSES].sort());
  });
});

function holds(conditions: ReturnType<typeof whereInvitationStatus>, index: (name: string) => unknown): boolean {
  return Object.entries(conditions).every(([name, { equal, from, to }]) => {
    const value = index(name) as string;
    return (equal === undefined || value === equal) && (!from || value >= from) && (!to || value <= to);
  });
}
