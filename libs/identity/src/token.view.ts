// API tokens as they are listed, and as they are looked up by the hash of their secret.
import { instantSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { searchTokens, sortKey } from '#kernel/text.js';
import { viewOf } from '#read-models/view.js';
import { z } from 'zod';
import { grantSchema, type StoredGrant } from './rights.js';
import { tokenEvents } from './token.events.js';

export const tokenDocSchema = z.strictObject({
  id: idSchema,
  name: z.string(),
  role: z.string().nullable(),
  grants: z.array(grantSchema).nullable(),
  organizationId: idSchema.nullable(),
  /** Of the user whom it acts as; null: it is the vendor's. */
  userId: idSchema.nullable(),
  /** Of a user's token: what it may do of what he may. */
  permissions: z.array(z.string()).nullable(),
  expiresAt: instantSchema.nullable(),
  createdAt: instantSchema,
  /** The actor: `token:<id>`, `operator`, … */
  createdBy: z.string(),
  revokedAt: instantSchema.nullable(),
  revision: z.int(),
});
export type TokenDoc = z.output<typeof tokenDocSchema>;

export const tokenView = viewOf<TokenDoc>()(tokenEvents, {
  name: 'tokens',
  version: 2,
  about: 'The API tokens of a vendor, without their secrets.',
  categories: ['token'],
  indexes: {
    name: { one: (doc) => sortKey(doc.name) },
    createdAt: { one: (doc) => doc.createdAt },
    expiresAt: { one: (doc) => doc.expiresAt },
    revokedAt: { one: (doc) => doc.revokedAt },
    organization: { one: (doc) => doc.organizationId },
    user: { one: (doc) => doc.userId },
    words: { many: (doc) => searchTokens(doc.name) },
  },
  lists: [['name'], ['createdAt'], ['organization', 'createdAt'], ['user', 'createdAt']],
  on: {
    ApiTokenCreated: {
      evolve: (_, { data, meta, revision }) => ({
        id: data.tokenId,
        name: data.name,
        role: data.role,
        grants: data.grants,
        organizationId: data.organizationId,
        userId: null,
        permissions: null,
        expiresAt: data.expiresAt,
        createdAt: meta.occurredAt,
        createdBy: meta.actor,
        revokedAt: null,
        revision,
      }),
    },
    UserTokenCreated: {
      evolve: (_, { data: { tokenId: id, tenant: _tenant, hash: _hash, ...made }, meta, revision }) => ({
        ...{ id, ...made, role: null, grants: null, organizationId: null },
        ...{ createdAt: meta.occurredAt, createdBy: meta.actor, revokedAt: null, revision },
      }),
    },
    ApiTokenRevoked: { evolve: (doc, { meta, revision }) => doc && { ...doc, revokedAt: meta.occurredAt, revision } },
  },
});

export type TokenAccessDoc = {
  readonly tenant: string;
  readonly tokenId: string;
  readonly role: string | null;
  readonly grants: readonly StoredGrant[] | null;
  readonly organizationId: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Of one that acts as a user: as whom, with what, and since when it is there. */
  readonly user: { readonly id: string; readonly permissions: readonly string[]; readonly since: string } | null;
};

/** By the hash of the secret, and held by the installation: the tenant is known only once the token is found. */
export const tokenAccessView = viewOf<TokenAccessDoc>()(tokenEvents, {
  name: 'token-access',
  version: 2,
  about: 'What the secret of an API token opens.',
  indexes: {},
  lists: [],
  categories: ['token'],
  heldBy: 'installation',
  on: {
    ApiTokenCreated: {
      keys: ({ data }) => [data.hash],
      evolve: (_, { data }) => {
        const { tenant, tokenId, role, grants, organizationId, expiresAt } = data;
        return { tenant, tokenId, role, grants, organizationId, expiresAt, revokedAt: null, user: null };
      },
    },
    UserTokenCreated: {
      keys: ({ data }) => [data.hash],
      evolve: (_, { data, meta }) => {
        const { tenant, tokenId, userId: id, permissions, expiresAt } = data;
        const user = { id, permissions, since: meta.occurredAt };
        return { tenant, tokenId, role: null, grants: null, organizationId: null, expiresAt, revokedAt: null, user };
      },
    },
    ApiTokenRevoked: {
      keys: ({ data }) => [data.hash],
      evolve: (doc, { meta }) => doc && { ...doc, revokedAt: meta.occurredAt },
    },
  },
});
