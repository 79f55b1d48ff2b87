import { describe, expect, it } from '@jest/globals';
import { given } from '#kernel/testing/given.js';
import { invitation, statusOf, type InvitationState } from './invitation.js';
import { invitationErrors } from './invitation.errors.js';
import {
  ADA,
  also,
  BOB,
  codeHash,
  facts,
  GLOBEX,
  groupInvited,
  invited,
  INVITER,
  invitedData,
  inTwoWeeks,
  newer,
  redeemedBy,
  redeeming,
  resent,
  revoked,
  shown,
  undone,
} from './testing/invitation-samples.js';

describe('an invitation', () => {
  describe('sent again', () => {
    const again = (...events: Parameters<typeof given>[1][]) =>
      given(invitation, ...(events as never[]))
        .withFacts(facts)
        .when('resend', { codeHash: newer });

    it('has another code and lives for 14 days more, also where it had expired', () => {
      again(invited).then(resent);
      again({ ...invited, data: { ...invitedData, expiresAt: '2026-06-01T11:00:00.000Z' } }).then(resent);
      again(groupInvited).then({ ...resent, data: { ...resent.data, subject: GLOBEX, mailedTo: null } });
    });

    it('is refused where it is over, or of several and to be mailed', () => {
      again().thenRefused('invitation.not-found');
      again(invited, revoked).thenRefused('invitation.revoked');
      again(invited, redeemedBy(ADA)).thenRefused('invitation.redeemed');
      again(groupInvited, redeemedBy(ADA), redeemedBy(BOB)).thenRefused('invitation.used-up');
      given(invitation, groupInvited)
        .withFacts(facts)
        .when('resend', { codeHash: newer, mail: true })
        .thenRefused('invitation.kind-not-fitting');
    });
  });

  describe('revoked', () => {
    it('once; not where its one contact has redeemed it', () => {
      given(invitation, invited).when('revoke', {}).then(revoked);
      given(invitation, invited, revoked).when('revoke', {}).thenNothing();
      given(invitation).when('revoke', {}).thenRefused('invitation.not-found');
      given(invitation, invited, redeemedBy(ADA)).when('revoke', {}).thenRefused('invitation.redeemed');
      given(invitation, groupInvited, redeemedBy(ADA)).when('revoke', {}).then(revoked);
    });
  });

  describe('redeemed', () => {
    const redeem = (command: object, ...events: unknown[]) =>
      given(invitation, ...(events as never[]))
        .withFacts(facts)
        .when('redeem', { ...redeeming, ...command });

    it('by whoever has the code out of the mail', () => redeem({}, invited).then(redeemedBy(ADA)));

    it('by nobody else without a proof of the mailbox', () => {
      redeem({}, shown).thenRefused('invitation.mailbox-unproven');
      redeem({ mailboxProven: true }, shown).then(redeemedBy(ADA));
      redeem({}, groupInvited).thenRefused('invitation.mailbox-unproven');
      redeem({ mailboxProven: true, contactId: BOB }, groupInvited).then(redeemedBy(BOB));
    });

    it('not with a mail to an address that the contact has no more', () => {
      const moved = also({ contact: [{ type: 'ContactEmailChanged', data: { email: 'ada@initech.example' } }] });
      given(invitation, invited).withFacts(moved).when('redeem', redeeming).thenRefused('invitation.mailbox-unproven');
    });

    it('not for another contact than it is for', () => {
      redeem({ contactId: BOB, mailboxProven: true }, invited).thenRefused('invitation.mailbox-unproven');
      redeem({ contactId: INVITER, mailboxProven: true }, groupInvited).thenRefused('invitation.mailbox-unproven');
    });

    it('by addresses of its domains only', () => {
      const of = (domains: string[]) => ({ ...groupInvited, data: { ...groupInvited.data, domains } });
      redeem({ mailboxProven: true }, of(['initech.example'])).thenRefused('invitation.domain-not-allowed');
      redeem({ mailboxProven: true }, of(['example', 'obex.example'])).thenRefused('invitation.domain-not-allowed');
      redeem({ mailboxProven: true }, of(['globex.example'])).then(redeemedBy(ADA));
    });

    it('with the code that counts', () => {
      redeem({ codeHash: newer }, invited).thenRefused('invitation.not-found');
      redeem({}, invited, resent).thenRefused('invitation.code-replaced');
      redeem({ codeHash: newer }, invited, resent).then(redeemedBy(ADA));
      redeem({}).thenRefused('invitation.not-found');
    });

    it('while it is open', () => {
      redeem({}, invited, revoked).thenRefused('invitation.revoked');
      redeem({}, invited, redeemedBy(ADA)).thenRefused('invitation.redeemed');
      redeem({}, groupInvited, redeemedBy(BOB), redeemedBy(INVITER)).thenRefused('invitation.used-up');
      const over = { ...invited, data: { ...invitedData, expiresAt: '2026-06-01T12:00:00.000Z' } };
      redeem({}, over).thenRefused('invitation.expired');
    });

    it('not by a contact who has become a user meanwhile, or is no member any more', () => {
      const after = (more: Parameters<typeof also>[0]) =>
        given(invitation, invited).withFacts(also(more)).when('redeem', redeeming);
      after({ user: [{ type: 'UserCreated', data: {} }] }).thenRefused('invitation.contact-has-user');
      after({ organization: [{ type: 'MemberRemoved', data: { contactId: ADA } }] }).thenRefused('invitation.not-member');
    });

    it('of several by those whom the outside system has, where the vendor requires that', () => {
      const required = { tenant: [{ type: 'ContactMappingSet', data: { system: 'CRM', requiredToInvite: true } }] };
      const asked = (event: typeof invited | typeof groupInvited, more: Parameters<typeof also>[0] = {}) =>
        given(invitation, event)
          .withFacts(also({ ...required, ...more }))
          .when('redeem', { ...redeeming, mailboxProven: true });
      asked(groupInvited).thenRefused('invitation.not-synchronized');
      asked(groupInvited, { mapping: [{ type: 'MappingConfirmed', data: { revision: 0 } }] }).then(redeemedBy(ADA));
      asked(invited).then(redeemedBy(ADA)); // it was asked when he was invited
    });

    it('notes of the roles only those that he had not', () => {
      const had = { type: 'MemberRolesSet', data: { contactId: ADA, roles: ['organization-administrator'] } };
      given(invitation, invited)
        .withFacts(also({ organization: [had] }))
        .when('redeem', { ...redeeming, groups: [] })
        .then({ ...redeemedBy(ADA), data: { ...redeemedBy(ADA).data, roles: [], groups: [] } });
    });
  });

  describe('undone', () => {
    it('frees the redemption, and of one contact leaves the code useless', () => {
      given(invitation, invited, redeemedBy(ADA)).when('undo', { contactId: ADA }).then(undone(ADA));
      const after = [invited, redeemedBy(ADA), undone(ADA)];
      given(invitation, ...after)
        .withFacts(facts)
        .when('redeem', redeeming)
        .thenRefused('invitation.not-found');
      given(invitation, ...after)
        .withFacts(facts)
        .when('resend', { codeHash: newer })
        .then(resent);
      given(invitation, groupInvited, redeemedBy(ADA), redeemedBy(BOB), undone(BOB))
        .withFacts(facts)
        .when('redeem', { ...redeeming, contactId: BOB, mailboxProven: true })
        .then(redeemedBy(BOB));
    });

    it('is refused where the contact has not redeemed it', () => {
      given(invitation, invited).when('undo', { contactId: ADA }).thenRefused('invitation.not-redeemed-by');
      given(invitation, invited, redeemedBy(ADA), undone(ADA))
        .when('undo', { contactId: ADA })
        .thenRefused('invitation.not-redeemed-by');
      given(invitation).when('undo', { contactId: ADA }).thenRefused('invitation.not-found');
    });
  });
});

describe('the status of an invitation', () => {
  const state = (more: Partial<InvitationState>): InvitationState => ({
    ...{ ...invitation.initial, kind: 'group', limit: 1, codeHash, expiresAt: inTwoWeeks },
    ...more,
  });
  const one = { redemptions: { [ADA]: { roles: [], groups: [] } } };

  it.each([
    ['open', state({}), '2026-06-15T11:59:59.999Z'],
    ['expired', state({}), inTwoWeeks],
    ['used-up', state(one), inTwoWeeks],
    ['redeemed', state({ ...one, kind: 'single' }), inTwoWeeks],
    ['revoked', state({ ...one, revoked: true }), inTwoWeeks],
  ])('is %s', (status, of, at) => expect(statusOf(of, at)).toBe(status));

  it('is named in a refusal for every way of being over', () => {
    const named = Object.keys(invitationErrors.table);
    expect(named).toEqual(
      expect.arrayContaining(['expired', 'used-up', 'redeemed', 'revoked'].map((each) => `invitation.${each}`)),
    );
  });
});
