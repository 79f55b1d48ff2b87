// What the rights of everybody in a tenant are decided by: its roles, and which customers may log in. One document.
import type { EventPlace } from '#kernel/context.js';
import { viewOf } from '#read-models/view.js';
import { tenantEvents, type CustomerLogin, type FactorPolicy } from '#tenants/tenant.events.js';
import { closedBy, NEVER_CLOSED, type Closed } from './login-closed.js';
import { FIRST_DEFAULT_ROLE, roleBookOf, type Role } from './role-book.js';
import { roleEvents } from './role.events.js';

export type AccessRulesDoc = {
  readonly customerLogin: CustomerLogin;
  /** When fewer customers might log in: what ended their sessions. */
  readonly closed: Closed;
  /** Who beside administrators must have a second factor. */
  readonly factorPolicy: FactorPolicy;
  readonly defaultRole: string;
  /** What differs from the roles that come built in; null: removed. */
  readonly roles: Readonly<Record<string, Role | null>>;
  /** Of the stream of the roles; −1 before its first event. */
  readonly revision: number;
};

/** Of a vendor that has changed nothing yet. */
export const FIRST_RULES: AccessRulesDoc = {
  customerLogin: 'off',
  closed: NEVER_CLOSED,
  factorPolicy: 'administrators',
  defaultRole: FIRST_DEFAULT_ROLE,
  roles: {},
  revision: -1,
};

function changed(doc: AccessRulesDoc | null, { revision }: EventPlace, role: string, to: Role | null): AccessRulesDoc {
  const before = doc ?? FIRST_RULES;
  return { ...before, roles: { ...before.roles, [role]: to }, revision };
}

export const accessRulesView = viewOf<AccessRulesDoc>()(
  { ...roleEvents, ...tenantEvents },
  {
    name: 'access-rules',
    version: 3,
    about:
      'The roles of a vendor, as far as they are not those that come built in, which customers may log in, and who must have a second factor.',
    categories: ['roles', 'tenant'],
    indexes: {},
    lists: [],
    on: {
      CustomerLoginSet: {
        evolve: (doc, { data, meta }) => {
          const before = doc ?? FIRST_RULES;
          return { ...before, customerLogin: data.mode, closed: closedBy(before.closed, data, meta.occurredAt) };
        },
      },
      FactorPolicySet: { evolve: (doc, { data }) => ({ ...(doc ?? FIRST_RULES), factorPolicy: data.requiredOf }) },
      RoleAdded: {
        evolve: (doc, event) => {
          const { role, kind, title, about, grants } = event.data;
          return changed(doc, event, role, { kind, title, about, grants });
        },
      },
      RoleChanged: {
        evolve: (doc, event) => {
          const { role, title, about, grants } = event.data;
          const before = roleBookOf(doc?.roles ?? {}).get(role);
          return before ? changed(doc, event, role, { kind: before.kind, title, about, grants }) : doc;
        },
      },
      RoleRemoved: { evolve: (doc, event) => changed(doc, event, event.data.role, null) },
      DefaultRoleSet: {
        evolve: (doc, { data, revision }) => ({ ...(doc ?? FIRST_RULES), defaultRole: data.role, revision }),
      },
      StaffRolesSet: { evolve: (doc, { revision }) => ({ ...(doc ?? FIRST_RULES), revision }) },
      StaffBarred: { evolve: (doc, { revision }) => ({ ...(doc ?? FIRST_RULES), revision }) },
    },
  },
);
