import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Found } from '#read-models/document.js';
import type { AnyView } from '#read-models/view.js';
import { accessOf, type ReadDoc } from './access-of.js';
import { accessRulesView, FIRST_RULES, type AccessRulesDoc } from './access-rules.view.js';
import type { AccessDoc } from './access.view.js';
import { personOf } from './rights-of.js';
import { roleBookOf } from './role-book.js';

const someone = (id: string, roles: readonly string[], places: readonly ('primary' | null)[]): AccessDoc => ({
  id,
  user: { kind: 'customer', status: 'active', roles },
  standing: { suspended: false, archived: false },
  organizations: places.map((place, index) => ({ id: `organization-${index}`, place, roles: [...roles] })),
  groups: [],
  sessionsFrom: null,
  tokensFrom: null,
  placed: null,
  password: true,
  factors: [],
  providers: [],
  mustChangePassword: false,
});

const found = (doc: object, key: string) =>
  new Found({ key, text: JSON.stringify(doc), position: '1', stale: false, values: [] });

/** As a store would answer that holds these two. */
const store = (doc: AccessDoc, rules: AccessRulesDoc | null): ReadDoc =>
  ((view: AnyView, key: string) =>
    Promise.resolve(view.name === accessRulesView.name ? rules && found(rules, key) : found(doc, key))) as ReadDoc;

const aRules = fc.record({
  customerLogin: fc.constantFrom('off' as const, 'contacts' as const, 'users' as const),
  roles: fc.constantFrom<AccessRulesDoc['roles'][]>({}, { 'authorized-user': null }, { 'customer-representative': null }),
});
const aState = fc.record({
  who: fc.constantFrom('ada', 'bob'),
  tenant: fc.constantFrom('acme', 'globex'),
  roles: fc.subarray(['authorized-user', 'customer-representative', 'organization-administrator']),
  places: fc.array(fc.constantFrom('primary' as const, null), { maxLength: 3 }),
  rules: fc.option(aRules),
});

describe('the access of a person', () => {
  it('is what the two documents say now, whatever they said before, of whomever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aState, { minLength: 1, maxLength: 12 }), async (states) => {
        for (const { who, tenant, roles, places, rules } of states) {
          const doc = someone(who, roles, places);
          const stored = rules && { ...FIRST_RULES, ...rules };
          const { roles: changes, customerLogin } = stored ?? FIRST_RULES;
          const { doc: answered, access } = await accessOf(store(doc, stored), tenant, who);
          expect(answered).toEqual(doc);
          expect(access).toEqual(personOf(doc, roleBookOf(changes), customerLogin));
        }
      }),
    );
  });

  it('is made once while nothing about it changes', async () => {
    const rules: AccessRulesDoc = { ...FIRST_RULES, customerLogin: 'users' };
    const ask = async () => (await accessOf(store(someone('cid', ['authorized-user'], []), rules), 'acme', 'cid')).access;
    expect(await ask()).toBe(await ask());
  });
});
