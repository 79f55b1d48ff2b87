import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TEST_ID } from '#kernel/testing/given.js';
import { licenseItem, licenseItemSchema, type Joined } from './license-answers.js';
import { issuedFacts, type LicenseFacts } from './license-facts.js';
import { ShownLicense, shownLicense, type Listed } from './license-shown.js';
import type { LicenseDoc } from './license.view.js';
import { CONTACT, issued, ORGANIZATION, PRODUCT, terms } from './testing/license-examples.js';

const T = '2026-06-01T12:00:00.000Z';
const DAY = 86_400_000;
const day = fc.integer({ min: -4, max: 4 }).map((days) => new Date(Date.parse(T) + days * DAY).toISOString());
const period = fc.constantFrom('P1D', 'P2D');
const budget = fc.record({
  allowed: fc.integer({ min: -1, max: 4 }),
  window: fc.option(fc.record({ allowed: fc.nat(3), period })),
  minimumAge: fc.constant(null),
});
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('Ada “Q” \n\\', '•', '\u{1F511}', 'Ü*-*'));

const facts = fc
  .record({
    organizationId: fc.option(fc.constant(ORGANIZATION)),
    contactId: fc.option(fc.constant(CONTACT)),
    effectiveFrom: day,
    expiresAt: fc.option(day),
    maintenanceEndsAt: fc.option(day),
    archivedAt: fc.option(day, { freq: 1 }),
    revokedFrom: fc.option(day, { freq: 2 }),
    suspension: fc.option(fc.record({ from: day, until: fc.option(day) })),
    used: fc.nat(3),
    released: fc.array(day, { maxLength: 30 }).map((days) => ({ total: days.length, recent: days.sort() })),
    overrides: fc
      .array(
        fc.record({
          effectiveAt: day,
          limits: fc.record({ activations: fc.option(fc.nat(3)), deactivations: fc.option(budget) }),
        }),
        { maxLength: 3 },
      )
      .map((all) => all.sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : 1))),
    terms: fc
      .record({
        activations: fc.integer({ min: -1, max: 3 }),
        grace: fc.option(period),
        expiringSoon: period,
        deactivations: budget,
      })
      .map((some) => terms(some)),
  })
  .map((change): LicenseFacts => ({ ...issuedFacts(issued().data as never), ...change }));

const listed: fc.Arbitrary<Listed> = fc.record({
  id: fc.constant(TEST_ID),
  name: fc.option(text),
  maskedKey: fc.constantFrom('•••••-•••••-•••••-•••••-P9Q0R', '••••••-••••-••••-0000', '•-•-*'.replace('*', 'A')),
  facts,
  issuedAt: day,
  changedAt: day,
  revision: fc.nat(99),
});

const joined: fc.Arbitrary<Joined> = fc.record({
  products: fc.option(text).map((name) => new Map(name === null ? [] : [[PRODUCT, name]])),
  owners: fc
    .array(fc.record({ id: fc.constantFrom(ORGANIZATION, CONTACT), name: text, suspended: fc.boolean() }), { maxLength: 2 })
    .map((owners) => new Map(owners.map((owner) => [owner.id, { ...owner, kind: 'contact' as const, archived: false }]))),
});

/** What the door answered before it knew of texts: the item, put through the schema of the route. */
function answered(license: Listed, names: Joined, t: string): string {
  return JSON.stringify(licenseItemSchema.parse(licenseItem(license as LicenseDoc, names, t)));
}

function shownAt(license: ShownLicense, { products, owners }: Joined, t: string): string {
  const name = (known: string | undefined) => Buffer.from(JSON.stringify(known ?? null)).toString('latin1');
  const names = {
    product: (id: string) => name(products.get(id)),
    owner: (id: string) => name(owners.get(id)?.name),
    isSuspended: (id: string) => owners.get(id)?.suspended === true,
  };
  return Buffer.from(license.text(names, t), 'latin1').toString();
}

describe('a license as lists show it', () => {
  it('is byte for byte what its document gives, at every instant', () => {
    let written = 0;
    fc.assert(
      fc.property(listed, joined, (license, names) => {
        const shown = shownLicense(license);
        if (shown === '') return;
        written++;
        const parts = new ShownLicense(shown);
        for (let days = -7; days <= 7; days++) {
          for (const ms of [-1, 0, 1]) {
            const t = new Date(Date.parse(T) + days * DAY + ms).toISOString();
            expect(shownAt(parts, names, t)).toBe(answered(license, names, t));
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(written).toBeGreaterThan(200);
  });

  it('names whom it belongs to and what it is for', () => {
    fc.assert(
      fc.property(listed, (license) => {
        const shown = shownLicense(license);
        const { productId, organizationId, contactId } = license.facts;
        if (shown !== '') expect(new ShownLicense(shown)).toMatchObject({ productId, organizationId, contactId });
      }),
    );
  });

  it('is left to the document where it would change at too many instants', () => {
    const recent = Array.from({ length: 60 }, (_, i) => new Date(Date.parse(T) + i * 1000).toISOString());
    const window = { allowed: 3, period: 'P1D' };
    const often = { ...issuedFacts(issued({ deactivations: { allowed: -1, window, minimumAge: null } }).data as never) };
    const license = { id: TEST_ID, name: null, maskedKey: '•-A', issuedAt: T, changedAt: T, revision: 1 };
    const released = { total: recent.length, recent };
    expect(shownLicense({ ...license, facts: { ...often, released } })).toBe('');
    expect(shownLicense({ ...license, facts: often })).not.toBe('');
  });
});
