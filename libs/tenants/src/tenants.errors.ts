import { defineErrors } from '#kernel/errors.js';

export const tenantsErrors = defineErrors({
  'tenant.not-found': { kind: 'missing', title: 'There is no such vendor.' },
  'tenant.slug-invalid': {
    kind: 'invalid',
    title: 'The slug is not 2 to 32 lower-case letters, digits or hyphens that start with a letter.',
  },
  'tenant.slug-reserved': { kind: 'invalid', title: 'The slug is kept for addresses of the product itself; choose another.' },
  'tenant.slug-taken': { kind: 'conflict', title: 'A vendor with this slug exists already.' },
  'legal-entity.not-found': { kind: 'missing', title: 'There is no such legal entity of the vendor.', keygen: 'NOT_FOUND' },
  'legal-entity.closed': { kind: 'conflict', title: 'The legal entity is closed: it takes no change and serves nobody new.' },
  'legal-entity.last-open': { kind: 'conflict', title: 'The last open legal entity cannot be closed; add another first.' },
  'legal-entity.too-many': { kind: 'conflict', title: 'A vendor has at most 200 legal entities.' },
});
