// Rules of API tokens: never more rights than their creator's, and a bound one never more than a customer's.
import { aggregateOf, factsFrom } from '#kernel/aggregate.js';
import { instantInputSchema, nameSchema } from '#kernel/fields.js';
import { idSchema } from '#kernel/ids.js';
import { ALL_PERMISSIONS } from '#kernel/permissions.js';
import { addPeriod } from '#kernel/periods.js';
import { organizationEvents } from '#organizations/organization.events.js';
import { z } from 'zod';
import { identityErrors } from './identity.errors.js';
import { covers, CUSTOMER_PERMISSIONS, grantInputSchema, grantSchema } from './rights.js';
import { grantsOf, roleBookOf, type RoleBook } from './role-book.js';
import { roleIdSchema } from './role.events.js';
import { roles } from './roles.js';
import { secretHashSchema, tokenEvents } from './token.events.js';

/** How long a token lives whose creator says nothing. */
const DEFAULT_LIFE = 'P1Y';

export interface TokenState {
  /** Null while there is no token. */
  readonly hash: string | null;
  readonly organizationId: string | null;
  /** As whom it acts; null: as itself. */
  readonly userId: string | null;
  readonly revoked: boolean;
}

/** What somebody asks for who wants a token. */
export const newTokenSchema = z.strictObject({
  name: nameSchema,
  role: roleIdSchema
    .nullable()
    .default(null)
    .meta({ description: 'A role, whose rights the token has as the vendor has made them; or `grants`.' }),
  grants: z.array(grantInputSchema).min(1).max(100).nullable().default(null),
  organizationId: idSchema
    .nullable()
    .default(null)
    .meta({ description: 'Binds the token to an organization: it sees nothing else.' }),
  expiresAt: instantInputSchema
    .nullable()
    .optional()
    .meta({ description: 'Absent: one year from now. Null: never; not for a bound token.' }),
});

/** What a user asks for who wants a token that acts as himself. */
export const newUserTokenSchema = z.strictObject({
  name: nameSchema,
  permissions: z
    .array(z.enum(ALL_PERMISSIONS))
    .min(1)
    .overwrite((all) => [...new Set(all)].sort())
    .meta({ description: 'What it may do of what you may, wherever you may, as long as you may.' }),
  expiresAt: instantInputSchema.optional().meta({ description: 'Absent: one year from now, which is the longest.' }),
});

type NewToken = z.output<typeof newTokenSchema>;

const organizationFact = factsFrom(organizationEvents)<null>({
  name: 'organization-there',
  category: 'organization',
  initial: null,
  evolve: {},
});

function checkRights({ role, grants, organizationId }: NewToken, book: RoleBook): void {
  if ((role === null) === (grants === null)) identityErrors.refuse('token.role-or-grants');
  const bound = organizationId !== null;
  if (role !== null && !book.has(role)) identityErrors.refuse('role.unknown', undefined, { roles: [role] });
  if (role !== null && book.get(role)!.kind !== (bound ? 'customer' : 'staff')) identityErrors.refuse('token.role-not-fitting');
  const scope = bound ? 'organization' : 'tenant';
  if (grants?.some((grant) => grant.scope !== scope)) identityErrors.refuse('token.scope-not-fitting');
  const never = bound ? (grants ?? []).filter(({ permission }) => !CUSTOMER_PERMISSIONS.has(permission)) : [];
  if (never.length > 0)
    identityErrors.refuse('token.never-for-customers', undefined, { permissions: never.map(({ permission }) => permission) });
}

function expiryOf({ expiresAt, organizationId }: NewToken, now: string): string | null {
  if (expiresAt === undefined) return addPeriod(now, DEFAULT_LIFE);
  if (expiresAt === null && organizationId !== null) identityErrors.refuse('token.expiry-required');
  if (expiresAt !== null && expiresAt <= now) identityErrors.refuse('token.expiry-past');
  return expiresAt;
}

/** A token that acts as somebody always has an end. */
function ownExpiry(expiresAt: string | undefined, now: string): string {
  const longest = addPeriod(now, DEFAULT_LIFE);
  if (expiresAt !== undefined && expiresAt <= now) identityErrors.refuse('token.expiry-past');
  if (expiresAt !== undefined && expiresAt > longest) identityErrors.refuse('token.expiry-too-late');
  return expiresAt ?? longest;
}

export const token = aggregateOf<TokenState>()({
  name: 'token',
  events: tokenEvents,
  organization: (state) => state.organizationId,
  initial: { hash: null, organizationId: null, userId: null, revoked: false },
  commands: {
    /** `hash` is drawn at the door with the secret; `creatorGrants` are the rights of who asks. */
    create: newTokenSchema.extend({ hash: secretHashSchema, creatorGrants: z.array(grantSchema) }),
    /** `held`: what the user may do at this moment. */
    createOwn: newUserTokenSchema.extend({ userId: idSchema, hash: secretHashSchema, held: z.array(z.string()) }),
    revoke: z.strictObject({}),
  },
  facts: { organization: organizationFact, roles },
  needs: {
    create: ({ organizationId, role }, _state, _id, tenant) => ({ organization: organizationId, roles: role && tenant }),
  },
  decide: {
    create: (command, state, ctx) => {
      if (state.hash !== null) identityErrors.refuse('token.exists');
      const { name, role, grants, organizationId, hash, creatorGrants } = command;
      const book = roleBookOf(ctx.facts.roles?.state.changes ?? {});
      checkRights(command, book);
      if (organizationId !== null && (ctx.facts.organization?.revision ?? -1) < 0)
        identityErrors.refuse('token.organization-unknown');
      const missing = grantsOf(command, book).filter((grant) => !covers(creatorGrants, grant));
      if (missing.length > 0) identityErrors.refuse('token.more-than-yours', undefined, { missing });
      const expiresAt = expiryOf(command, ctx.now);
      return {
        type: 'ApiTokenCreated',
        data: { tokenId: ctx.id, tenant: ctx.tenant, name, hash, role, grants, organizationId, expiresAt },
      };
    },
    createOwn: ({ held, permissions, expiresAt, ...made }, state, { id, tenant, now }) => {
      if (state.hash !== null) identityErrors.refuse('token.exists');
      const missing = permissions.filter((each) => !held.includes(each));
      if (missing.length > 0) identityErrors.refuse('token.more-than-yours', undefined, { missing });
      return {
        type: 'UserTokenCreated',
        data: { tokenId: id, tenant, ...made, permissions, expiresAt: ownExpiry(expiresAt, now) },
      };
    },
    revoke: (_, state, ctx) => {
      if (state.hash === null) return identityErrors.refuse('token.not-found');
      return state.revoked ? [] : { type: 'ApiTokenRevoked', data: { tokenId: ctx.id, hash: state.hash } };
    },
  },
  evolve: {
    ApiTokenCreated: (state, { hash, organizationId }) => ({ ...state, hash, organizationId }),
    UserTokenCreated: (state, { hash, userId }) => ({ ...state, hash, userId }),
    ApiTokenRevoked: (state) => ({ ...state, revoked: true }),
  },
});
