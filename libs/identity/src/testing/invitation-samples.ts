// An invitation of a contact of an organization, and what its rules know of others: for specs.
import { TEST_ID } from '#kernel/testing/given.js';
import { BUILT_IN_ROLES } from '#kernel/permissions.js';

export const GLOBEX = '01j00000000000000000000031';
export const ADA = '01j00000000000000000000041';
export const BOB = '01j00000000000000000000042';
export const INVITER = '01j00000000000000000000043';
export const GROUP = '01j00000000000000000000051';
export const COMPANY = '01j00000000000000000000061';
export const codeHash = 'c'.repeat(43);
export const newer = 'd'.repeat(43);
export const inTwoWeeks = '2026-06-15T12:00:00.000Z';

const held = [...BUILT_IN_ROLES.administrator.grants];
export const single = {
  kind: 'single',
  contactId: ADA,
  organizationId: GLOBEX,
  name: 'Ada',
  codeHash,
  inviter: INVITER,
  held,
} as const;
export const several = { ...single, kind: 'group', contactId: null, limit: 2, name: 'Engineers' } as const;

export const facts = {
  contact: [{ type: 'ContactAdded', data: { email: 'ada@globex.example' } }],
  user: [] as { type: string; data: object }[],
  mapping: [] as { type: string; data: object }[],
  tenant: [
    { type: 'TenantCreated', data: {} },
    { type: 'CustomerLoginSet', data: { mode: 'users' } },
  ],
  organization: [
    { type: 'OrganizationAdded', data: { name: 'Globex', accountNumber: 'G-1', company: COMPANY, domains: [] } },
    { type: 'MemberAdded', data: { contactId: ADA } },
    { type: 'MemberAdded', data: { contactId: BOB } },
  ],
  roles: [] as { type: string; data: object }[],
};

/** Facts with some more events. */
export function also(more: { [K in keyof typeof facts]?: readonly { type: string; data: object }[] }) {
  const added = (name: keyof typeof facts) => [...facts[name], ...(more[name] ?? [])];
  return Object.fromEntries(Object.keys(facts).map((name) => [name, added(name as keyof typeof facts)]));
}

export const invitedData = {
  invitationId: TEST_ID,
  kind: 'single' as const,
  organizationId: GLOBEX,
  contactId: ADA as string | null,
  subject: ADA,
  name: 'Ada',
  message: null,
  inviter: INVITER,
  roles: ['organization-administrator'],
  groups: [GROUP],
  limit: 1,
  domains: [] as string[],
  codeHash,
  mailedTo: 'ada@globex.example' as string | null,
  expiresAt: inTwoWeeks,
};
export const invited = { type: 'UserInvited' as const, data: invitedData };
export const shown = { type: 'UserInvited' as const, data: { ...invitedData, mailedTo: null } };
export const groupInvited = {
  type: 'UserInvited' as const,
  data: { ...invitedData, kind: 'group' as const, contactId: null, subject: GLOBEX, limit: 2, mailedTo: null },
};
export const resent = {
  type: 'InvitationResent' as const,
  data: { invitationId: TEST_ID, subject: ADA, codeHash: newer, mailedTo: 'ada@globex.example', expiresAt: inTwoWeeks },
};
export const revoked = { type: 'InvitationRevoked' as const, data: { invitationId: TEST_ID } };
export const redeemedBy = (contactId: string) => ({
  type: 'InvitationRedeemed' as const,
  data: { invitationId: TEST_ID, contactId, organizationId: GLOBEX, roles: invitedData.roles, groups: [GROUP] },
});
export const undone = (contactId: string) => ({ type: 'RedemptionUndone' as const, data: { invitationId: TEST_ID, contactId } });

export const redeeming = { contactId: ADA, codeHash, mailboxProven: false, groups: [GROUP] };
