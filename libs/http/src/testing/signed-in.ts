// Signed-in people for tests, by what gives them their rights: the principal that a session would give.
import { BUILT_IN_ROLES, CONTACT_GRANTS, type BuiltInRole, type Grant, type Scope } from '#kernel/permissions.js';
import type { Person, Principal, Right } from '../principal.js';

/** Somebody, in words that are short enough for a header. */
export interface Somebody {
  /** Of his contact. */
  readonly id: string;
  /** Default: `acme`. */
  readonly tenant?: string;
  /** Roles of staff. A person without them is a customer. */
  readonly staff?: readonly BuiltInRole[];
  /** Roles of his own, wherever he is. */
  readonly roles?: readonly BuiltInRole[];
  readonly memberships?: readonly {
    readonly organization: string;
    readonly place?: 'primary' | 'secondary';
    readonly roles?: readonly BuiltInRole[];
  }[];
  readonly groups?: Person['groups'];
}

function rightsOf(grants: readonly Grant[], scopes: readonly Scope[], organizationId: string | null, via: string): Right[] {
  return grants.filter(({ scope }) => scopes.includes(scope)).map((grant) => ({ ...grant, organizationId, via }));
}

const ofRole = (name: BuiltInRole, scopes: readonly Scope[], organizationId: string | null) =>
  rightsOf(BUILT_IN_ROLES[name].grants, scopes, organizationId, `role:${name}`);

export function signedIn({ id, tenant = 'acme', staff, roles = [], memberships = [], groups = [] }: Somebody): Principal {
  const rights = [
    ...(staff ?? []).flatMap((name) => ofRole(name, ['tenant'], null)),
    ...roles.flatMap((name) => ofRole(name, ['own', 'group'], null)),
    ...memberships.flatMap(({ organization, place, roles: held = [] }) => [
      ...(place ? rightsOf(CONTACT_GRANTS, ['organization'], organization, `place:${place}`) : []),
      ...held.flatMap((name) => ofRole(name, ['organization', 'group', 'own'], organization)),
    ]),
  ];
  const person: Person = {
    contactId: id,
    kind: staff ? 'staff' : 'customer',
    sessionId: `session-of-${id}`,
    authenticatedAt: '2026-01-01T00:00:00.000Z',
    factors: ['password'],
    rights,
    groups,
    organizations: memberships.map(({ organization }) => organization),
  };
  const grants = rights.map(({ permission, scope }) => ({ permission, scope }));
  return { kind: 'user', id, actor: `user:${id}`, tenant, grants, person };
}

const PREFIX = 'signed-in.';

/** A secret by which an authenticator of a test knows him again. */
export function secretOf(somebody: Somebody): string {
  return PREFIX + Buffer.from(JSON.stringify(somebody)).toString('base64url');
}

/** Whom such a secret stands for; null for any other secret. */
export function toldBy(secret: string): Principal | null {
  if (!secret.startsWith(PREFIX)) return null;
  return signedIn(JSON.parse(Buffer.from(secret.slice(PREFIX.length), 'base64url').toString()) as Somebody);
}
