import { describe, expect, it } from '@jest/globals';
import { ERASED } from '#kernel/fields.js';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { contactView } from './contact.view.js';
import { membershipKey, membershipView } from './membership.view.js';
import { organizationView } from './organization.view.js';

const ADA = '01j00000000000000000000021';
const BOB = '01j00000000000000000000022';
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-02-01T00:00:00.000Z';
const id = { organizationId: TEST_ID };

const organization = {
  type: 'OrganizationAdded',
  data: { ...id, name: 'Globex Zürich', accountNumber: 'G-1', company: null, domains: ['globex.example'] },
  at,
};
const contact = (contactId: string, name: string) => ({
  type: 'ContactAdded',
  data: { contactId, name, email: `${name}@Globex.example` },
  id: contactId,
  at,
});
const joined = (contactId: string) => ({ type: 'MemberAdded', data: { ...id, contactId }, at });
const left = (contactId: string) => ({ type: 'MemberRemoved', data: { ...id, contactId }, at });
const assigned = (place: string, contactId: string, previous: string | null) => ({
  type: 'ContactAssigned',
  data: { ...id, contactId, place, previous },
  at,
});

const suspended = (type: string, subject: object) => ({ type, data: { ...subject, reason: 'unpaid' }, at: later });

describe('the view of organizations', () => {
  it('shows an organization as it was added, and finds it', () => {
    const seen = folded(organizationView, organization);
    expect(seen.doc()).toEqual({
      id: TEST_ID,
      name: 'Globex Zürich',
      accountNumber: 'G-1',
      company: null,
      domains: ['globex.example'],
      primary: null,
      secondary: null,
      members: 0,
      allowedUsers: null,
      status: 'active',
      suspension: null,
      archivedAt: null,
      addedAt: at,
      changedAt: at,
      revision: 0,
    });
    expect(seen.index('words')).toEqual(['globex', 'zurich', 'g', '1', 'example']);
    expect(seen.index('accountNumber')).toBe('g-1');
    expect(seen.index('domain')).toEqual(['globex.example']);
  });

  it('follows its changes', () => {
    const seen = folded(
      organizationView,
      organization,
      { type: 'OrganizationRenamed', data: { ...id, name: 'Globex' } },
      { type: 'OrganizationAccountNumberChanged', data: { ...id, accountNumber: null, previous: 'G-1' } },
      { type: 'OrganizationCompanyChanged', data: { ...id, company: ADA } },
      { type: 'OrganizationDomainsChanged', data: { ...id, domains: [] }, at: later },
    );
    expect(seen.doc()).toMatchObject({
      name: 'Globex',
      accountNumber: null,
      company: ADA,
      domains: [],
      addedAt: at,
      changedAt: later,
      revision: 4,
    });
    expect(seen.index('accountNumber')).toBeNull();
  });

  it('counts members and names both contacts', () => {
    const seen = folded(
      organizationView,
      organization,
      joined(ADA),
      joined(BOB),
      left(BOB),
      joined(BOB),
      assigned('primary', ADA, null),
      assigned('secondary', BOB, null),
    );
    expect(seen.doc()).toMatchObject({ members: 2, primary: ADA, secondary: BOB });
  });

  it('shows how many users its people may make', () => {
    const allowed = { type: 'AllowedUsersSet', data: { ...id, allowedUsers: 5, previous: null } };
    expect(folded(organizationView, organization, allowed).doc()).toMatchObject({ allowedUsers: 5, revision: 1 });
  });

  it('has no secondary contact once unassigned', () => {
    const unassigned = { type: 'ContactUnassigned', data: { ...id, contactId: BOB, place: 'secondary' } };
    expect(folded(organizationView, organization, assigned('secondary', BOB, null), unassigned).doc()).toMatchObject({
      secondary: null,
    });
  });

  it('stays suspended through being archived and restored', () => {
    const archived = { type: 'OrganizationArchived', data: { ...id, reason: null }, at: later };
    const restored = { type: 'OrganizationRestored', data: id };
    const suspension = { at: later, reason: 'unpaid' };
    const seen = (...events: Parameters<typeof folded>[1][]) =>
      folded(organizationView, organization, suspended('OrganizationSuspended', id), ...events).doc();
    expect(seen()).toMatchObject({ status: 'suspended', suspension });
    expect(seen(archived)).toMatchObject({ status: 'archived', suspension, archivedAt: later });
    expect(seen(archived, restored)).toMatchObject({ status: 'suspended', suspension, archivedAt: null });
    expect(seen({ type: 'OrganizationResumed', data: id })).toMatchObject({ status: 'active', suspension: null });
  });
});

describe('the view of memberships', () => {
  it('shows the roles of a member, which end with his membership', () => {
    const roles = { type: 'MemberRolesSet', data: { ...id, contactId: ADA, roles: ['buyer'], previous: [] } };
    const seen = folded(membershipView, organization, joined(ADA), joined(BOB), roles);
    expect(seen.doc(membershipKey(TEST_ID, ADA))).toMatchObject({ roles: ['buyer'] });
    expect(seen.doc(membershipKey(TEST_ID, BOB))).toMatchObject({ roles: [] });
    const back = folded(membershipView, organization, joined(ADA), roles, left(ADA), joined(ADA));
    expect(back.doc(membershipKey(TEST_ID, ADA))).toMatchObject({ roles: [] });
  });

  it('has one document for each member, with his place', () => {
    const seen = folded(membershipView, organization, joined(ADA), joined(BOB), assigned('primary', ADA, null));
    expect(seen.keys).toEqual([membershipKey(TEST_ID, ADA), membershipKey(TEST_ID, BOB)]);
    expect(seen.doc(membershipKey(TEST_ID, ADA))).toEqual({ ...id, contactId: ADA, place: 'primary', roles: [], addedAt: at });
    expect(seen.doc(membershipKey(TEST_ID, BOB))).toMatchObject({ place: null });
  });

  it('takes the place from whom another follows, and from whom is unassigned', () => {
    const followed = folded(
      membershipView,
      organization,
      joined(ADA),
      joined(BOB),
      assigned('primary', ADA, null),
      assigned('primary', BOB, ADA),
    );
    expect(followed.doc(membershipKey(TEST_ID, ADA))).toMatchObject({ place: null });
    expect(followed.doc(membershipKey(TEST_ID, BOB))).toMatchObject({ place: 'primary' });
    const unassigned = { type: 'ContactUnassigned', data: { ...id, contactId: ADA, place: 'secondary' } };
    const seen = folded(membershipView, joined(ADA), assigned('secondary', ADA, null), unassigned);
    expect(seen.doc(membershipKey(TEST_ID, ADA))).toMatchObject({ place: null });
  });

  it('forgets who left', () => {
    expect(folded(membershipView, organization, joined(ADA), left(ADA)).keys).toEqual([]);
  });
});

describe('the view of contacts', () => {
  it('shows a contact as he was added, and finds him', () => {
    const seen = folded(contactView, contact(ADA, 'Ada'));
    expect(seen.doc(ADA)).toEqual({
      id: ADA,
      name: 'Ada',
      erasedAt: null,
      email: 'Ada@Globex.example',
      accountNumber: null,
      company: null,
      organizations: [],
      status: 'active',
      suspension: null,
      archivedAt: null,
      addedAt: at,
      changedAt: at,
      revision: 0,
    });
    expect(seen.index('email', ADA)).toBe('ada@globex.example');
    expect(seen.index('words', ADA)).toEqual(['ada', 'globex', 'example']);
    expect(seen.index('accountNumber', ADA)).toBeNull();
  });

  it('follows his changes', () => {
    const who = { contactId: ADA };
    const seen = folded(
      contactView,
      contact(ADA, 'Ada'),
      { type: 'ContactRenamed', data: { ...who, name: 'Ada King' }, id: ADA },
      { type: 'ContactEmailChanged', data: { ...who, email: 'ada@home.example', previous: 'x@y.example' }, id: ADA },
      { type: 'ContactAccountSet', data: { ...who, accountNumber: 'P-1', company: BOB, previous: null }, id: ADA },
      { ...suspended('ContactSuspended', who), id: ADA },
    );
    const account = { accountNumber: 'P-1', company: BOB };
    expect(seen.doc(ADA)).toMatchObject({
      name: 'Ada King',
      email: 'ada@home.example',
      ...account,
      status: 'suspended',
      changedAt: later,
      revision: 4,
    });
    expect(seen.index('accountNumber', ADA)).toBe('p-1');
  });

  it('is resumed, archived and restored', () => {
    const who = { contactId: ADA };
    const history = [
      contact(ADA, 'Ada'),
      { ...suspended('ContactSuspended', who), id: ADA },
      { type: 'ContactResumed', data: who, id: ADA },
    ];
    const archived = { type: 'ContactArchived', data: { ...who, reason: null }, id: ADA, at: later };
    expect(folded(contactView, ...history).doc(ADA)).toMatchObject({ status: 'active' });
    expect(folded(contactView, ...history, archived).doc(ADA)).toMatchObject({ status: 'archived', archivedAt: later });
    expect(folded(contactView, ...history, archived, { type: 'ContactRestored', data: who, id: ADA }).doc(ADA)).toMatchObject({
      status: 'active',
      archivedAt: null,
    });
  });

  it('knows his organizations and his place in each; his own revision stays', () => {
    const history = [contact(ADA, 'Ada'), contact(BOB, 'Bob'), joined(ADA), joined(BOB), assigned('primary', ADA, null)];
    const seen = folded(contactView, ...history, assigned('primary', BOB, ADA));
    expect(seen.doc(ADA)).toMatchObject({ organizations: [{ id: TEST_ID, place: null }], revision: 0 });
    expect(seen.doc(BOB)).toMatchObject({ organizations: [{ id: TEST_ID, place: 'primary' }], revision: 0 });
    expect(seen.index('organization', BOB)).toEqual([TEST_ID]);
    const unassigned = { type: 'ContactUnassigned', data: { ...id, contactId: BOB, place: 'secondary' } };
    expect(folded(contactView, ...history, assigned('secondary', BOB, null), unassigned).doc(BOB)).toMatchObject({
      organizations: [{ id: TEST_ID, place: null }],
    });
    expect(folded(contactView, ...history, left(BOB)).doc(BOB)).toMatchObject({ organizations: [] });
  });

  it('is found by nothing personal once he was erased', () => {
    const erased = { type: 'ContactAdded', data: { contactId: ADA, name: ERASED, email: ERASED }, id: ADA };
    const seen = folded(contactView, erased);
    expect([seen.index('name', ADA), seen.index('email', ADA), seen.index('words', ADA)]).toEqual(['', '', []]);
  });
});
