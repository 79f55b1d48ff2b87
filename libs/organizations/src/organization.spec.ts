import { describe, it } from '@jest/globals';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { MOST_MEMBERS, organization } from './organization.js';

const EUROPE = '01j00000000000000000000011';
const AMERICA = '01j00000000000000000000012';
const ADA = '01j00000000000000000000021';
const BOB = '01j00000000000000000000022';

const id = { organizationId: TEST_ID };
const added = {
  type: 'OrganizationAdded',
  data: { ...id, name: 'Globex', accountNumber: 'G-1', company: EUROPE, domains: ['globex.example'] as string[] },
} as const;
const archived = { type: 'OrganizationArchived', data: { ...id, reason: null } } as const;
const suspended = { type: 'OrganizationSuspended', data: { ...id, reason: 'unpaid' } } as const;
const member = (contactId: string) => ({ type: 'MemberAdded', data: { ...id, contactId } }) as const;
const assigned = (place: 'primary' | 'secondary', contactId: string, previous: string | null = null) =>
  ({ type: 'ContactAssigned', data: { ...id, contactId, place, previous } }) as const;

const vendor = [
  { type: 'LegalEntityAdded', data: { legalEntityId: EUROPE, name: 'Europe' } },
  { type: 'LegalEntityAdded', data: { legalEntityId: AMERICA, name: 'America' } },
  { type: 'LegalEntityClosed', data: { legalEntityId: AMERICA } },
];
const person = [{ type: 'ContactAdded', data: { contactId: ADA, name: 'Ada', email: 'ada@globex.example' } }];
const gone = [...person, { type: 'ContactArchived', data: { contactId: ADA, reason: null } }];
const back = [...gone, { type: 'ContactRestored', data: { contactId: ADA } }];

describe('an organization', () => {
  const record = { name: 'Globex', accountNumber: 'G-1', company: EUROPE, domains: ['globex.example'] };

  it('is added, its domains in one form', () => {
    given(organization)
      .withFacts({ tenant: vendor })
      .when('add', { ...record, domains: ['WWW.globex.example', 'globex.example', 'www.globex.example'] })
      .then({ type: 'OrganizationAdded', data: { ...id, ...record, domains: ['globex.example', 'www.globex.example'] } });
  });

  it('may be added before its account number and company are known', () => {
    given(organization)
      .when('add', { name: 'Globex' })
      .then({
        type: 'OrganizationAdded',
        data: { ...id, name: 'Globex', accountNumber: null, company: null, domains: [] },
      });
  });

  it('is served by an open legal entity of the vendor', () => {
    given(organization)
      .withFacts({ tenant: vendor })
      .when('add', { ...record, company: AMERICA })
      .thenRefused('company.closed');
    given(organization)
      .withFacts({ tenant: vendor })
      .when('add', { ...record, company: ADA })
      .thenRefused('company.not-found');
    given(organization).when('add', record).thenRefused('company.not-found');
  });

  it('is added once', () => {
    given(organization, added).withFacts({ tenant: vendor }).when('add', record).thenRefused('organization.exists');
  });

  it('changes fact by fact, and not where nothing differs', () => {
    const known = () =>
      given(organization, added).withFacts({
        tenant: [...vendor, { type: 'LegalEntityAdded', data: { legalEntityId: BOB, name: 'Asia' } }],
      });
    known()
      .when('rename', { name: 'Globex Ltd' })
      .then({ type: 'OrganizationRenamed', data: { ...id, name: 'Globex Ltd' } });
    known()
      .when('setAccountNumber', { accountNumber: 'G-2' })
      .then({ type: 'OrganizationAccountNumberChanged', data: { ...id, accountNumber: 'G-2', previous: 'G-1' } });
    known()
      .when('setCompany', { company: BOB })
      .then({ type: 'OrganizationCompanyChanged', data: { ...id, company: BOB } });
    known()
      .when('setCompany', { company: null })
      .then({ type: 'OrganizationCompanyChanged', data: { ...id, company: null } });
    known()
      .when('setDomains', { domains: [] })
      .then({ type: 'OrganizationDomainsChanged', data: { ...id, domains: [] } });
    known().when('rename', { name: 'Globex' }).thenNothing();
    known().when('setAccountNumber', { accountNumber: 'G-1' }).thenNothing();
    known().when('setCompany', { company: EUROPE }).thenNothing();
    known()
      .when('setDomains', { domains: ['globex.example'] })
      .thenNothing();
  });

  it('moves to an open company only', () => {
    given(organization, added)
      .withFacts({ tenant: vendor })
      .when('setCompany', { company: AMERICA })
      .thenRefused('company.closed');
    given(organization, added)
      .withFacts({ tenant: vendor })
      .when('setCompany', { company: BOB })
      .thenRefused('company.not-found');
  });

  it('is suspended and resumed, each once', () => {
    given(organization, added).when('suspend', { reason: 'unpaid' }).then(suspended);
    given(organization, added, suspended).when('suspend', {}).thenNothing();
    given(organization, added, suspended).when('resume', {}).then({ type: 'OrganizationResumed', data: id });
    given(organization, added).when('resume', {}).thenNothing();
  });

  it('is archived and restored, each once', () => {
    given(organization, added).when('archive', {}).then(archived);
    given(organization, added, archived).when('archive', {}).thenNothing();
    given(organization, added, archived).when('restore', {}).then({ type: 'OrganizationRestored', data: id });
    given(organization, added).when('restore', {}).thenNothing();
  });

  const commands = [
    ['rename', { name: 'X' }],
    ['setAccountNumber', { accountNumber: null }],
    ['setCompany', { company: null }],
    ['setDomains', { domains: [] }],
    ['suspend', {}],
    ['resume', {}],
    ['addMember', { contactId: ADA }],
    ['removeMember', { contactId: ADA }],
    ['assignContact', { place: 'primary', contactId: ADA }],
    ['unassignContact', { place: 'secondary' }],
  ] as const;

  it.each(commands)('takes no %s once archived, and none before it exists', (command, data) => {
    given(organization, added, archived).withFacts({ contact: person }).when(command, data).thenRefused('organization.archived');
    given(organization).withFacts({ contact: person }).when(command, data).thenRefused('organization.not-found');
  });

  it('cannot be archived or restored before it exists', () => {
    given(organization).when('archive', {}).thenRefused('organization.not-found');
    given(organization).when('restore', {}).thenRefused('organization.not-found');
  });
});

describe('a member', () => {
  it('is a contact in use, and is added once', () => {
    given(organization, added).withFacts({ contact: person }).when('addMember', { contactId: ADA }).then(member(ADA));
    given(organization, added).withFacts({ contact: back }).when('addMember', { contactId: ADA }).then(member(ADA));
    given(organization, added, member(ADA)).when('addMember', { contactId: ADA }).thenNothing();
    given(organization, added).when('addMember', { contactId: ADA }).thenRefused('contact.unknown');
    given(organization, added).withFacts({ contact: gone }).when('addMember', { contactId: ADA }).thenRefused('contact.archived');
  });

  it('is one of at most 10,000', () => {
    const state = { ...organization.initial, members: new Set(Array.from({ length: MOST_MEMBERS }, (_, i) => String(i))) };
    given({ ...organization, initial: state }, added)
      .withFacts({ contact: person })
      .when('addMember', { contactId: ADA })
      .thenRefused('organization.too-many-members');
  });

  it('is removed, once, but not from a place', () => {
    given(organization, added, member(ADA))
      .when('removeMember', { contactId: ADA })
      .then({ type: 'MemberRemoved', data: { ...id, contactId: ADA } });
    given(organization, added).when('removeMember', { contactId: ADA }).thenNothing();
    given(organization, added, member(ADA), assigned('primary', ADA))
      .when('removeMember', { contactId: ADA })
      .thenRefused('organization.member-holds-place', { place: 'primary' });
  });
});

describe('the contacts of an organization', () => {
  const both = [added, member(ADA), member(BOB), assigned('primary', BOB)] as const;

  it('are assigned from its members, and told whom they follow', () => {
    given(organization, added, member(ADA))
      .withFacts({ contact: person })
      .when('assignContact', { place: 'primary', contactId: ADA })
      .then(assigned('primary', ADA));
    given(organization, ...both)
      .withFacts({ contact: person })
      .when('assignContact', { place: 'primary', contactId: ADA })
      .then(assigned('primary', ADA, BOB));
    given(organization, ...both)
      .withFacts({ contact: person })
      .when('assignContact', { place: 'secondary', contactId: ADA })
      .then(assigned('secondary', ADA));
  });

  it('stay as they are when the same one is assigned again', () => {
    given(organization, ...both)
      .when('assignContact', { place: 'primary', contactId: BOB })
      .thenNothing();
  });

  it('must be members, and in use', () => {
    const assign = { place: 'primary', contactId: ADA };
    given(organization, added)
      .withFacts({ contact: person })
      .when('assignContact', assign)
      .thenRefused('organization.not-member');
    given(organization, added).when('assignContact', assign).thenRefused('organization.not-member');
    given(organization, added, member(ADA))
      .withFacts({ contact: gone })
      .when('assignContact', assign)
      .thenRefused('contact.archived');
  });

  it('are two persons', () => {
    given(organization, ...both)
      .when('assignContact', { place: 'secondary', contactId: BOB })
      .thenRefused('organization.holds-other-place', { place: 'primary' });
  });

  it('begin with the primary one', () => {
    given(organization, added, member(ADA))
      .withFacts({ contact: person })
      .when('assignContact', { place: 'secondary', contactId: ADA })
      .thenRefused('organization.primary-first');
  });

  it('lose the secondary one only', () => {
    const full = [...both, assigned('secondary', ADA)] as const;
    given(organization, ...full)
      .when('unassignContact', { place: 'secondary' })
      .then({
        type: 'ContactUnassigned',
        data: { ...id, contactId: ADA, place: 'secondary' },
      });
    given(organization, ...both)
      .when('unassignContact', { place: 'secondary' })
      .thenNothing();
    given(organization, ...full)
      .when('unassignContact', { place: 'primary' })
      .thenRefused('organization.primary-stays');
    given(organization, ...both)
      .when('unassignContact', { place: 'primary' })
      .thenRefused('organization.primary-stays');
  });
});
