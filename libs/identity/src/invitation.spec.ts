import { describe, expect, it } from '@jest/globals';
import { given } from '#kernel/testing/given.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';
import { invitation } from './invitation.js';
import {
  ADA,
  also,
  COMPANY,
  facts,
  GLOBEX,
  GROUP,
  groupInvited,
  invited,
  INVITER,
  invitedData,
  newer,
  redeeming,
  several,
  single,
} from './testing/invitation-samples.js';

const inviting = (command: object, more: Parameters<typeof also>[0] = {}) =>
  given(invitation).withFacts(also(more)).when('invite', command);
describe('an invitation', () => {
  it('of one contact is mailed to his address, and lives for 14 days', () => {
    inviting({ ...single, roles: ['organization-administrator'], groups: [GROUP] }).then(invited);
  });

  it('of one contact can be answered to who invites instead, and live as long as he wants', () => {
    const expiresAt = '2026-07-01T00:00:00.000Z';
    inviting({ ...single, mail: false, message: 'Hello', expiresAt }).then({
      type: 'UserInvited',
      data: { ...invitedData, roles: [], groups: [], message: 'Hello', mailedTo: null, expiresAt },
    });
  });

  it('of several names an organization and a limit, and is never mailed', () => {
    const domains = ['globex.example'];
    inviting({ ...several, roles: ['authorized-user'], domains }).then({
      type: 'UserInvited',
      data: { ...groupInvited.data, name: 'Engineers', roles: ['authorized-user'], groups: [], domains },
    });
  });

  it('of a contact without an organization needs an account of his own', () => {
    const own = { ...single, organizationId: null };
    const account = { type: 'ContactAccountSet', data: { accountNumber: 'A-1', company: COMPANY } };
    inviting(own).thenRefused('invitation.account-missing');
    inviting(own, { contact: [{ ...account, data: { ...account.data, company: null } }] }).thenRefused(
      'invitation.account-missing',
    );
    inviting(own, { contact: [account] }).then({
      type: 'UserInvited',
      data: { ...invitedData, organizationId: null, roles: [], groups: [] },
    });
    inviting({ ...own, groups: [GROUP] }, { contact: [account] }).thenRefused('invitation.organization-required');
  });

  it.each([
    ['names nobody', { ...single, contactId: null }],
    ['of one has a limit', { ...single, limit: 3 }],
    ['of one has domains', { ...single, domains: ['globex.example'] }],
    ['of several names one', { ...several, contactId: ADA }],
    ['of several has no limit', { ...several, limit: null }],
    ['of several has no organization', { ...several, organizationId: null }],
    ['of several is to be mailed', { ...several, mail: true }],
  ])('is refused where it %s', (_, command) => inviting(command).thenRefused('invitation.kind-not-fitting'));

  it('is refused for a contact who cannot become a user', () => {
    inviting({ ...single, contactId: INVITER }).thenRefused('invitation.not-member');
    inviting(single, { contact: [{ type: 'ContactArchived', data: {} }] }).thenRefused('invitation.contact-archived');
    inviting(single, { user: [{ type: 'UserCreated', data: {} }] }).thenRefused('invitation.contact-has-user');
    given(invitation)
      .withFacts({ ...facts, contact: [] })
      .when('invite', { ...single, organizationId: null })
      .thenRefused('invitation.contact-unknown');
    const removed = [
      { type: 'UserCreated', data: {} },
      { type: 'UserRemoved', data: {} },
    ];
    expect(inviting(single, { user: removed }).decided()).toHaveLength(1);
  });

  it('is refused for an organization that is unknown, archived, or has no account', () => {
    given(invitation)
      .withFacts({ ...facts, organization: [] })
      .when('invite', single)
      .thenRefused('invitation.organization-unknown');
    inviting(several, { organization: [{ type: 'OrganizationArchived', data: {} }] }).thenRefused(
      'invitation.organization-archived',
    );
    for (const missing of [
      { type: 'OrganizationAccountNumberChanged', data: { accountNumber: null } },
      { type: 'OrganizationCompanyChanged', data: { company: null } },
    ]) {
      inviting(single, { organization: [missing] }).thenRefused('invitation.account-missing');
      given(invitation, invited)
        .withFacts(also({ organization: [missing] }))
        .when('resend', { codeHash: newer })
        .thenRefused('invitation.account-missing');
    }
  });

  it('is refused until the outside system has the contact as he is, where the vendor requires that', () => {
    const required = { type: 'ContactMappingSet', data: { system: 'CRM', requiredToInvite: true } };
    const confirmed = (revision: number) => ({ type: 'MappingConfirmed', data: { revision } });
    const synchronized = (...mapping: { type: string; data: object }[]) => ({ tenant: [required], mapping });
    for (const organizationId of [GLOBEX, null]) {
      const own = { type: 'ContactAccountSet', data: { accountNumber: 'A-1', company: COMPANY } };
      const invite = (more: ReturnType<typeof synchronized>) =>
        inviting({ ...single, organizationId }, { contact: [own], ...more });
      invite(synchronized()).thenRefused('invitation.not-synchronized');
      invite(synchronized(confirmed(0))).thenRefused('invitation.not-synchronized');
      invite(synchronized({ type: 'MappingUpdateReceived', data: { from: 0, revision: 1 } })).thenRefused(
        'invitation.not-synchronized',
      );
      expect(invite(synchronized(confirmed(1))).decided()).toHaveLength(1);
    }
    const found = { type: 'MappingConflictFound', data: {} };
    const decided = { type: 'MappingConflictDecided', data: { from: -1, revision: 0 } };
    inviting(single, synchronized(confirmed(0), found)).thenRefused('invitation.not-synchronized');
    expect(inviting(single, synchronized(found, decided)).decided()).toHaveLength(1);
    inviting(single, synchronized(confirmed(0), { type: 'MappingEnded', data: {} })).thenRefused('invitation.not-synchronized');
    given(invitation, invited)
      .withFacts(also(synchronized()))
      .when('resend', { codeHash: newer })
      .thenRefused('invitation.not-synchronized');
    expect(inviting(several, synchronized()).decided()).toHaveLength(1);
  });

  it('is refused while the vendor would not let him log in', () => {
    const only = (mode: string) => ({ tenant: [{ type: 'CustomerLoginSet', data: { mode } }] });
    const placed = { organization: [{ type: 'ContactAssigned', data: { contactId: ADA, place: 'primary' } }] };
    for (const command of [single, several]) {
      inviting(command, only('off')).thenRefused('invitation.login-closed', { customerLogin: 'off' });
    }
    inviting(single, only('contacts')).thenRefused('invitation.login-closed', { customerLogin: 'contacts' });
    expect(inviting(single, { ...only('contacts'), ...placed }).decided()).toHaveLength(1);
    expect(inviting(several, only('contacts')).decided()).toHaveLength(1);
    given(invitation, invited)
      .withFacts(also(only('off')))
      .when('resend', { codeHash: newer })
      .thenRefused('invitation.login-closed');
    given(invitation, invited)
      .withFacts(also(only('contacts')))
      .when('redeem', redeeming)
      .thenRefused('invitation.login-closed');
  });

  it('gives roles for customers only, and nothing that whoever invites has not', () => {
    inviting({ ...single, roles: ['ghost'] }).thenRefused('invitation.role-unknown', { roles: ['ghost'] });
    inviting({ ...single, roles: ['administrator'] }).thenRefused('invitation.role-not-fitting');
    const roles = ['organization-administrator'];
    const user = BUILT_IN_ROLES['authorized-user'].grants;
    inviting({ ...single, roles, held: user }).thenRefused('invitation.more-than-yours', {
      missing: expect.arrayContaining([{ permission: 'user.manage', scope: 'organization' }]),
    });
    const administrator = BUILT_IN_ROLES['organization-administrator'].grants;
    expect(inviting({ ...single, roles, held: administrator }).decided()).toHaveLength(1);
    const gone = { roles: [{ type: 'RoleRemoved', data: { role: 'organization-administrator' } }] };
    inviting({ ...single, roles }, gone).thenRefused('invitation.role-unknown');
  });

  it('ends in the future, and within a year', () => {
    for (const expiresAt of ['2026-06-01T12:00:00.000Z', '2027-06-01T12:00:00.001Z']) {
      inviting({ ...single, expiresAt }).thenRefused('invitation.expiry-not-fitting');
    }
  });

  it('is made once', () => {
    given(invitation, invited).withFacts(facts).when('invite', single).thenRefused('invitation.exists');
  });
});
