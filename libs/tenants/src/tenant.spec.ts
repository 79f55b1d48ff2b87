import { describe, expect, it } from '@jest/globals';
import { deriveId } from '#kernel/ids.js';
import { given, testContext, TEST_ID } from '#kernel/testing/given.js';
import { RESERVED_SLUGS, tenant } from './tenant.js';

const EUROPE = TEST_ID;
const AMERICA = '01j00000000000000000000002';
const acme = { id: 'acme' };
const created = { type: 'TenantCreated', data: { tenant: 'acme', name: 'Acme' } } as const;
const europe = { type: 'LegalEntityAdded', data: { legalEntityId: EUROPE, name: 'Acme Europe' } } as const;
const america = { type: 'LegalEntityAdded', data: { legalEntityId: AMERICA, name: 'Acme America' } } as const;
const americaClosed = { type: 'LegalEntityClosed', data: { legalEntityId: AMERICA } } as const;
const madeHere = deriveId(testContext.commandId, 'legal-entity');

describe('a vendor', () => {
  it('is created with its first legal entity, in one go', () => {
    given(tenant)
      .when('create', { name: ' Acme ', legalEntity: { name: 'Acme Europe' } }, acme)
      .then(created, { type: 'LegalEntityAdded', data: { legalEntityId: madeHere, name: 'Acme Europe' } });
  });

  it('keeps its slug to itself', () => {
    given(tenant, created, europe)
      .when('create', { name: 'Other', legalEntity: { name: 'X' } }, acme)
      .thenRefused('tenant.slug-taken');
  });

  it.each(['-acme', '1acme', 'Acme', 'a', 'acme~b', 'a'.repeat(33)])('is refused the slug %s', (id) => {
    given(tenant)
      .when('create', { name: 'Acme', legalEntity: { name: 'X' } }, { id, tenant: id })
      .thenRefused('tenant.slug-invalid');
  });

  it.each(['www', 'api', 'admin', 'v1', 'docs', 'health'])('is refused the reserved slug %s', (id) => {
    given(tenant)
      .when('create', { name: 'Acme', legalEntity: { name: 'X' } }, { id, tenant: id })
      .thenRefused('tenant.slug-reserved');
  });

  it('cannot be recorded in the name of another', () => {
    const attempt = given(tenant).when('create', { name: 'Acme', legalEntity: { name: 'X' } }, { id: 'acme', tenant: 'other' });
    expect(() => attempt.decided()).toThrow('belongs to that tenant');
  });

  it('reserves no slug that nobody could take anyhow, but the shortest paths', () => {
    expect([...RESERVED_SLUGS].filter((slug) => !/^[a-z][a-z0-9-]*$/.test(slug))).toEqual([]);
  });

  it('lets no customer log in until it says otherwise', () => {
    const opened = { type: 'CustomerLoginSet', data: { mode: 'users', previous: 'off' } } as const;
    given(tenant, created, europe).when('setCustomerLogin', { mode: 'off' }, acme).thenNothing();
    given(tenant, created, europe).when('setCustomerLogin', { mode: 'users' }, acme).then(opened);
    given(tenant, created, europe, opened)
      .when('setCustomerLogin', { mode: 'contacts' }, acme)
      .then({ type: 'CustomerLoginSet', data: { mode: 'contacts', previous: 'users' } });
    given(tenant).when('setCustomerLogin', { mode: 'users' }, acme).thenRefused('tenant.not-found');
  });

  it('keeps contacts the same in no outside system until it names one', () => {
    const set = (system: string | null, requiredToInvite = false) =>
      ({ type: 'ContactMappingSet', data: { system, requiredToInvite } }) as const;
    given(tenant, created, europe).when('setContactMapping', { system: null }, acme).thenNothing();
    given(tenant, created, europe).when('setContactMapping', { system: 'CRM' }, acme).then(set('CRM'));
    given(tenant, created, europe, set('CRM'))
      .when('setContactMapping', { system: 'CRM', requiredToInvite: true }, acme)
      .then(set('CRM', true));
    given(tenant, created, europe, set('CRM', true)).when('setContactMapping', { system: null }, acme).then(set(null));
    given(tenant).when('setContactMapping', { system: 'CRM' }, acme).thenRefused('tenant.not-found');
  });

  it('is renamed, once', () => {
    given(tenant, created, europe)
      .when('rename', { name: 'Acme Ltd' }, acme)
      .then({ type: 'TenantRenamed', data: { name: 'Acme Ltd' } });
    given(tenant, created, europe).when('rename', { name: 'Acme' }, acme).thenNothing();
  });

  it('does nothing before it exists', () => {
    given(tenant).when('rename', { name: 'X' }, acme).thenRefused('tenant.not-found');
    given(tenant).when('addLegalEntity', { name: 'X' }, acme).thenRefused('tenant.not-found');
  });
});

describe('a legal entity', () => {
  it('is added under an id that the command names', () => {
    given(tenant, created, europe)
      .when('addLegalEntity', { name: 'Acme Asia' }, acme)
      .then({ type: 'LegalEntityAdded', data: { legalEntityId: madeHere, name: 'Acme Asia' } });
  });

  it('is renamed', () => {
    const change = { legalEntityId: EUROPE, name: 'Acme EU' };
    given(tenant, created, europe).when('renameLegalEntity', change, acme).then({ type: 'LegalEntityRenamed', data: change });
    given(tenant, created, europe).when('renameLegalEntity', { legalEntityId: EUROPE, name: 'Acme Europe' }, acme).thenNothing();
  });

  it('is closed while another stays open; closing it again changes nothing', () => {
    given(tenant, created, europe, america).when('closeLegalEntity', { legalEntityId: AMERICA }, acme).then(americaClosed);
    given(tenant, created, europe, america, americaClosed)
      .when('closeLegalEntity', { legalEntityId: AMERICA }, acme)
      .thenNothing();
  });

  it('stays open as the last one', () => {
    given(tenant, created, europe)
      .when('closeLegalEntity', { legalEntityId: EUROPE }, acme)
      .thenRefused('legal-entity.last-open');
    given(tenant, created, europe, america, americaClosed)
      .when('closeLegalEntity', { legalEntityId: EUROPE }, acme)
      .thenRefused('legal-entity.last-open');
  });

  it('takes no change once closed', () => {
    given(tenant, created, europe, america, americaClosed)
      .when('renameLegalEntity', { legalEntityId: AMERICA, name: 'X' }, acme)
      .thenRefused('legal-entity.closed');
  });

  it('must exist', () => {
    given(tenant, created, europe)
      .when('closeLegalEntity', { legalEntityId: AMERICA }, acme)
      .thenRefused('legal-entity.not-found');
    given(tenant, created, europe)
      .when('renameLegalEntity', { legalEntityId: AMERICA, name: 'X' }, acme)
      .thenRefused('legal-entity.not-found');
  });

  it('is one of at most 200', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      type: 'LegalEntityAdded' as const,
      data: { legalEntityId: `01j${String(i).padStart(23, '0')}`, name: `E${i}` },
    }));
    given(tenant, created, ...many)
      .when('addLegalEntity', { name: 'X' }, acme)
      .thenRefused('legal-entity.too-many');
  });
});

describe('the switch of first logins', () => {
  it('is on until it is set otherwise', () => {
    const off = { type: 'FirstLoginSet', data: { on: false } } as const;
    given(tenant, created, europe).when('setFirstLogin', { on: true }, { id: 'acme' }).thenNothing();
    given(tenant, created, europe).when('setFirstLogin', { on: false }, { id: 'acme' }).then(off);
    given(tenant, created, europe, off).when('setFirstLogin', { on: false }, { id: 'acme' }).thenNothing();
    given(tenant).when('setFirstLogin', { on: false }, { id: 'acme' }).thenRefused('tenant.not-found');
  });
});
