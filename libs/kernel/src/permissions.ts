// Every permission of the product, and the roles that come built in.
// Contexts declare nothing of their own here: one list is what a tenant's administrator picks from.

/** Over how much a grant reaches; rights add up (DESIGN §2). */
export const SCOPES = ['tenant', 'organization', 'group', 'own'] as const;
export type Scope = (typeof SCOPES)[number];

/** Every permission, with the sentence that the reference and a role editor show. */
export const PERMISSIONS = {
  'tenant.read': "read the vendor's own record and its legal entities",
  'tenant.manage': "change the vendor's own record and its legal entities",
  'product.read': 'read products',
  'product.manage': 'add, change and retire products',
  'policy.read': 'read policies and their versions',
  'policy.manage': 'add and change policies, and migrate licenses between their versions',
  'organization.read': 'read organizations',
  'organization.manage': 'add and change organizations, suspend and archive them',
  'organization.assign-contact': 'change the primary and secondary contact of an organization',
  'contact.read': 'read contacts',
  'contact.manage': 'add and change contacts',
  'license.read': 'read licenses and their activations, keys masked',
  'license.issue': 'issue licenses',
  'license.manage': 'renew, set expiry, change owner, override limits, migrate and archive licenses',
  'license.suspend': 'suspend and resume licenses',
  'license.revoke': 'revoke licenses and undo a revocation',
  'license.reveal-key': 'see the whole key of a license; each time is recorded',
  'license.validate': 'ask for the verdict on a license',
  'activation.create': 'activate devices',
  'activation.delete': 'deactivate and replace devices',
  'activation.name': 'name devices',
  'device.block': 'block devices and lift blocks',
  'history.read': 'read who changed what, when and why, of what one may read',
  'event.read': 'follow the events, without personal fields',
  'event.read-personal': 'see the personal fields of events too',
  'token.read': 'read API tokens (never their secret)',
  'token.manage': 'create and revoke API tokens',
} as const satisfies Record<string, string>;

export type Permission = keyof typeof PERMISSIONS;
export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export interface Grant {
  readonly permission: Permission;
  readonly scope: Scope;
}

export interface RoleDefinition {
  readonly title: string;
  /** For whom: people of the vendor, or people of its customers. */
  readonly kind: 'staff' | 'customer';
  readonly grants: readonly Grant[];
}

const at = (scope: Scope, ...permissions: Permission[]): Grant[] => permissions.map((permission) => ({ permission, scope }));

/** The roles that every tenant starts with (licensing.md §2.14). Customers never create, revoke, edit or renew a license. */
export const BUILT_IN_ROLES = {
  administrator: { title: 'Administrator', kind: 'staff', grants: at('tenant', ...ALL_PERMISSIONS) },
  support: {
    title: 'Support',
    kind: 'staff',
    grants: at(
      'tenant',
      'tenant.read',
      'product.read',
      'policy.read',
      'organization.read',
      'contact.read',
      'license.read',
      'license.validate',
      'activation.delete',
      'history.read',
      'token.read',
    ),
  },
  'organization-administrator': {
    title: 'Organization administrator',
    kind: 'customer',
    grants: at(
      'organization',
      'organization.read',
      'contact.read',
      'product.read',
      'license.read',
      'license.validate',
      'activation.create',
      'activation.delete',
      'activation.name',
      'history.read',
      'event.read',
    ),
  },
  'customer-representative': {
    title: 'Customer representative',
    kind: 'customer',
    grants: [
      ...at('organization', 'organization.read', 'contact.read', 'product.read'),
      ...at('own', 'license.read', 'license.validate', 'activation.create', 'activation.delete', 'activation.name'),
      ...at('group', 'license.read', 'license.validate', 'activation.create'),
    ],
  },
  'authorized-user': {
    title: 'Authorized user',
    kind: 'customer',
    grants: [
      ...at(
        'own',
        'product.read',
        'license.read',
        'license.validate',
        'activation.create',
        'activation.delete',
        'activation.name',
      ),
      ...at('group', 'license.read', 'license.validate', 'activation.create'),
    ],
  },
} as const satisfies Record<string, RoleDefinition>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;
