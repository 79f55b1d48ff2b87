import { describe, expect, it } from '@jest/globals';
import { TEST_ID, testContext } from '#kernel/testing/given.js';
import { folded } from '#read-models/testing/folded.js';
import { grantsOf, roleBookOf } from './role-book.js';
import { tokenAccessView, tokenView } from './token.view.js';

const at = '2026-01-01T00:00:00.000Z';
const later = '2026-02-01T00:00:00.000Z';
const hash = 'h'.repeat(43);
const rights = { role: 'support', grants: null, organizationId: null, expiresAt: later };
const created = {
  type: 'ApiTokenCreated',
  data: { tokenId: TEST_ID, tenant: 'acme', name: 'Build server', hash, ...rights },
  at,
};
const revoked = { type: 'ApiTokenRevoked', data: { tokenId: TEST_ID, hash }, at: later };

describe('the view of tokens', () => {
  it('shows a token without its hash', () => {
    const seen = folded(tokenView, created);
    expect(seen.doc()).toEqual({
      id: TEST_ID,
      name: 'Build server',
      ...{ userId: null, permissions: null },
      ...rights,
      createdAt: at,
      createdBy: testContext.actor,
      revokedAt: null,
      revision: 0,
    });
    expect(seen.index('words')).toEqual(['build', 'server']);
  });

  it('shows since when it is revoked', () => {
    expect(folded(tokenView, created, revoked).doc()).toMatchObject({ revokedAt: later, revision: 1 });
  });
});

describe('the view of what a secret opens', () => {
  it('is found by the hash, whatever the tenant', () => {
    const seen = folded(tokenAccessView, created);
    expect(seen.doc(hash)).toEqual({ tenant: 'acme', tokenId: TEST_ID, ...rights, revokedAt: null, user: null });
    expect(tokenAccessView.heldBy).toBe('installation');
  });

  it('knows of the revocation', () => {
    expect(folded(tokenAccessView, created, revoked).doc(hash)).toMatchObject({ revokedAt: later });
  });
});

describe('the rights of a token', () => {
  it('are those of its role, as this version knows it', () => {
    expect(grantsOf({ role: 'support', grants: null }, roleBookOf({})).map(({ permission }) => permission)).toContain(
      'license.read',
    );
    expect(grantsOf({ role: 'dropped-since', grants: null }, roleBookOf({}))).toEqual([]);
  });

  it('leave out a permission that this version does not know', () => {
    const grants = [
      { permission: 'license.read', scope: 'tenant' as const },
      { permission: 'dropped.since', scope: 'tenant' as const },
    ];
    expect(grantsOf({ role: null, grants }, roleBookOf({}))).toEqual([grants[0]]);
  });
});
