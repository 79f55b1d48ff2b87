import { describe, expect, it } from '@jest/globals';
import { ERASED, sealMarks } from '#kernel/fields.js';
import { given, TEST_ID } from '#kernel/testing/given.js';
import { contactEvents } from './contact.events.js';
import { contact } from './contact.js';
import { organizationEvents } from './organization.events.js';

const EUROPE = '01j00000000000000000000011';
const AMERICA = '01j00000000000000000000012';
const ORGANIZATION = '01j00000000000000000000031';

const id = { contactId: TEST_ID };
const added = { type: 'ContactAdded', data: { ...id, name: 'Ada', email: 'Ada@globex.example' } } as const;
const archived = { type: 'ContactArchived', data: { ...id, reason: null } } as const;
const suspended = { type: 'ContactSuspended', data: { ...id, reason: null } } as const;
const account = { type: 'ContactAccountSet', data: { ...id, accountNumber: 'P-1', company: EUROPE, previous: null } } as const;
const vendor = [
  { type: 'LegalEntityAdded', data: { legalEntityId: EUROPE, name: 'Europe' } },
  { type: 'LegalEntityAdded', data: { legalEntityId: AMERICA, name: 'America' } },
  { type: 'LegalEntityClosed', data: { legalEntityId: AMERICA } },
];

describe('a contact', () => {
  it('is added once', () => {
    given(contact).when('add', { name: 'Ada', email: 'Ada@globex.example' }).then(added);
    given(contact, added).when('add', { name: 'Ada', email: 'ada@globex.example' }).thenRefused('contact.exists');
  });

  it('changes fact by fact, and not where nothing differs', () => {
    given(contact, added)
      .when('rename', { name: 'Ada L.' })
      .then({ type: 'ContactRenamed', data: { ...id, name: 'Ada L.' } });
    given(contact, added).when('rename', { name: 'Ada' }).thenNothing();
    given(contact, added)
      .when('setEmail', { email: 'ada@home.example' })
      .then({ type: 'ContactEmailChanged', data: { ...id, email: 'ada@home.example', previous: 'Ada@globex.example' } });
    given(contact, added).when('setEmail', { email: 'Ada@globex.example' }).thenNothing();
  });

  it('has an account of his own with an open company of the vendor', () => {
    const set = (accountNumber: string | null, company: string | null) =>
      given(contact, added).withFacts({ tenant: vendor }).when('setAccount', { accountNumber, company });
    set('P-1', EUROPE).then(account);
    set(null, null).thenNothing();
    set('P-1', AMERICA).thenRefused('company.closed');
    set('P-1', ORGANIZATION).thenRefused('company.not-found');
    given(contact, added, account)
      .when('setAccount', { accountNumber: null, company: null })
      .then({ type: 'ContactAccountSet', data: { ...id, accountNumber: null, company: null, previous: 'P-1' } });
  });

  it('keeps a company that was closed since, while only his number changes', () => {
    const closed = [...vendor, { type: 'LegalEntityClosed', data: { legalEntityId: EUROPE } }];
    given(contact, added, account)
      .withFacts({ tenant: closed })
      .when('setAccount', { accountNumber: 'P-2', company: EUROPE })
      .then({ type: 'ContactAccountSet', data: { ...id, accountNumber: 'P-2', company: EUROPE, previous: 'P-1' } });
  });

  it('is erased once, which frees his address and account number, and nothing can be changed from then on', () => {
    const erased = { type: 'PersonErased', data: { ...id, email: 'Ada@globex.example', accountNumber: 'P-1' } } as const;
    given(contact, added, account).when('erase', { places: [] }).then(archived, erased);
    given(contact, added, archived)
      .when('erase', { places: [] })
      .then({ type: 'PersonErased', data: { ...erased.data, accountNumber: null } });
    given(contact).when('erase', { places: [] }).thenRefused('contact.not-found');
    const places = [{ organizationId: ORGANIZATION, place: 'primary' as const }];
    given(contact, added).when('erase', { places }).thenRefused('contact.holds-place');
    const gone = given(contact, added, archived, erased);
    gone.when('erase', { places: [] }).thenNothing();
    gone.when('restore', {}).thenRefused('contact.erased');
    gone.when('rename', { name: 'Ada' }).thenRefused('contact.erased');
    expect(contactEvents.PersonErased.releases!(erased.data)).toEqual([
      { kind: 'contact-email', value: 'ada@globex.example' },
      { kind: 'account-number', value: 'p-1' },
    ]);
  });

  it('is erased also where his key was gone before, after an older backup was restored', () => {
    const unreadable = { ...added, data: { ...added.data, name: ERASED, email: ERASED } };
    given(contact, unreadable, archived)
      .when('erase', { places: [] })
      .then({ type: 'PersonErased', data: { ...id, email: null, accountNumber: null } });
  });

  it('is suspended and resumed, each once', () => {
    given(contact, added).when('suspend', {}).then(suspended);
    given(contact, added, suspended).when('suspend', {}).thenNothing();
    given(contact, added, suspended).when('resume', {}).then({ type: 'ContactResumed', data: id });
    given(contact, added).when('resume', {}).thenNothing();
  });

  it('is archived and restored, each once', () => {
    given(contact, added).when('archive', { places: [] }).then(archived);
    given(contact, added, archived).when('archive', { places: [] }).thenNothing();
    given(contact, added, archived).when('restore', {}).then({ type: 'ContactRestored', data: id });
    given(contact, added).when('restore', {}).thenNothing();
  });

  it('is not archived while he holds a place', () => {
    const places = [{ organizationId: ORGANIZATION, place: 'secondary' }];
    given(contact, added).when('archive', { places }).thenRefused('contact.holds-place', { places });
  });

  const commands = [
    ['rename', { name: 'X' }],
    ['setEmail', { email: 'x@y.example' }],
    ['setAccount', { accountNumber: null, company: null }],
    ['suspend', {}],
    ['resume', {}],
  ] as const;

  it.each(commands)('takes no %s once archived, and none before he exists', (command, data) => {
    given(contact, added, archived).when(command, data).thenRefused('contact.archived');
    given(contact).when(command, data).thenRefused('contact.not-found');
  });

  it('cannot be archived or restored before he exists', () => {
    given(contact).when('archive', { places: [] }).thenRefused('contact.not-found');
    given(contact).when('restore', {}).thenRefused('contact.not-found');
  });
});

describe('unique values', () => {
  const account = { ...id, accountNumber: 'Ä-1', company: null, previous: 'p-0' };

  it('are addresses, whatever their case', () => {
    expect(contactEvents.ContactAdded.claims!(added.data)).toEqual([{ kind: 'contact-email', value: 'ada@globex.example' }]);
    const changed = { ...id, email: 'B@x.example', previous: 'A@x.example' };
    expect(contactEvents.ContactEmailChanged.claims!(changed)).toEqual([{ kind: 'contact-email', value: 'b@x.example' }]);
    expect(contactEvents.ContactEmailChanged.releases!(changed)).toEqual([{ kind: 'contact-email', value: 'a@x.example' }]);
  });

  it('are account numbers of organizations and contacts alike', () => {
    expect(contactEvents.ContactAccountSet.claims!(account)).toEqual([{ kind: 'account-number', value: 'ä-1' }]);
    expect(contactEvents.ContactAccountSet.releases!(account)).toEqual([{ kind: 'account-number', value: 'p-0' }]);
    const organizationId = TEST_ID;
    const changed = { organizationId, accountNumber: null, previous: 'A-1' };
    expect(organizationEvents.OrganizationAccountNumberChanged.claims!(changed)).toEqual([]);
    expect(organizationEvents.OrganizationAccountNumberChanged.releases!(changed)).toEqual([
      { kind: 'account-number', value: 'a-1' },
    ]);
    const first = { organizationId, name: 'G', accountNumber: 'A-1', company: null, domains: [] };
    expect(organizationEvents.OrganizationAdded.claims!(first)).toEqual([{ kind: 'account-number', value: 'a-1' }]);
  });
});

describe('what is personal', () => {
  it('is sealed with the key of the person', () => {
    const sealed = Object.entries(contactEvents).map(([type, { data }]) => [
      type,
      [...sealMarks(data)].map(([field, { subject }]) => `${field}:${subject}`),
    ]);
    expect(Object.fromEntries(sealed)).toEqual({
      ContactAdded: ['name:contactId', 'email:contactId'],
      ContactRenamed: ['name:contactId'],
      ContactEmailChanged: ['email:contactId', 'previous:contactId'],
      ContactAccountSet: ['accountNumber:contactId', 'previous:contactId'],
      ContactSuspended: ['reason:contactId'],
      ContactResumed: [],
      ContactArchived: ['reason:contactId'],
      ContactRestored: [],
      PersonErased: ['email:contactId', 'accountNumber:contactId'],
    });
  });
});
