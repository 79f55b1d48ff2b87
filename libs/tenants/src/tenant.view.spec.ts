import { describe, expect, it } from '@jest/globals';
import { TEST_ID } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { holderOf } from '#read-models/view.js';
import { tenantDirectoryView, tenantView } from './tenant.view.js';

const at = '2026-01-01T00:00:00.000Z';
const second = '01j00000000000000000000002';
const id = 'acme';
const history = [
  { type: 'TenantCreated', data: { tenant: id, name: 'Acme' }, id, at },
  { type: 'LegalEntityAdded', data: { legalEntityId: TEST_ID, name: 'Europe' }, id },
  { type: 'LegalEntityAdded', data: { legalEntityId: second, name: 'America' }, id },
  { type: 'TenantRenamed', data: { name: 'Acme Ltd' }, id },
  { type: 'LegalEntityRenamed', data: { legalEntityId: TEST_ID, name: 'EU' }, id },
  { type: 'LegalEntityClosed', data: { legalEntityId: second }, id },
  { type: 'FirstLoginSet', data: { on: false }, id },
];

describe('the record of a vendor', () => {
  it('holds its legal entities in the order of their adding', () => {
    expect(folded(tenantView, ...history).doc(id)).toEqual({
      id,
      name: 'Acme Ltd',
      createdAt: at,
      legalEntities: [
        { id: TEST_ID, name: 'EU', status: 'open' },
        { id: second, name: 'America', status: 'closed' },
      ],
      firstLogin: false,
      customerLogin: 'off',
      contactMapping: null,
      factorPolicy: 'administrators',
      revision: 6,
    });
  });

  it('names the outside system while there is one', () => {
    const set = (system: string | null) => ({
      type: 'ContactMappingSet',
      data: { system, requiredToInvite: system !== null },
      id,
    });
    const contactMapping = { system: 'CRM', requiredToInvite: true };
    expect(folded(tenantView, ...history, set('CRM')).doc(id)).toMatchObject({ contactMapping, revision: 7 });
    expect(folded(tenantView, ...history, set('CRM'), set(null)).doc(id)).toMatchObject({ contactMapping: null });
  });

  it('says which customers may log in', () => {
    const set = { type: 'CustomerLoginSet', data: { mode: 'contacts', previous: 'off' }, id };
    expect(folded(tenantView, ...history, set).doc(id)).toMatchObject({ customerLogin: 'contacts', revision: 7 });
  });
});

describe("the operator's directory", () => {
  it('has one entry for each vendor, held by the installation', () => {
    expect(folded(tenantDirectoryView, ...history).doc(id)).toEqual({ id, name: 'Acme Ltd', createdAt: at });
    const event = { meta: { tenant: id } };
    expect([holderOf(tenantDirectoryView, event), holderOf(tenantView, event)]).toEqual(['0system', id]);
  });
});
