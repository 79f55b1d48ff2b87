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
  'organization.read': 'read organizations; at the scope `own` no more than the names of those that one belongs to',
  'organization.manage': 'add and change organizations, suspend and archive them',
  'organization.assign-contact': 'change the primary and secondary contact of an organization',
  'contact.read': 'read contacts',
  'contact.manage': 'add and change contacts, and say who belongs to which organization',
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
  'user.read': 'read who has a login: names',
  'user.read-details': 'see the addresses, roles, groups and ways of login of users too',
  'user.manage': 'add, edit, disable and remove users, and give them roles',
  'user.reset-password': 'reset or remove the passwords of users',
  'group.read': 'read groups, their members and the licenses that are linked to them',
  'group.manage': 'form groups, and change their members and the licenses that are linked to them',
  'role.read': 'read roles',
  'role.manage': 'add, change and remove roles, and name the default role',
  'invitation.read': 'read invitations (never their code)',
  'invitation.manage': 'invite contacts, send invitations again, revoke them and undo their redemption',
  'login.manage': 'decide who logs in and how: customer login, providers, factors',
  'session.manage': 'see and end the sessions of others',
  'outbox.read': 'see the mails to contacts and what became of them, and have one tried again',
  'person.erase': 'erase what is known of a person, for good',
  'mapping.read': 'see what an outside system has of contacts and organizations, and where both sides are in conflict',
  'mapping.synchronize':
    'exchange contacts and organizations with the outside system: confirm what it has, and write what it sends',
  'mapping.manage': 'name the outside system or switch it off, decide conflicts with it, and end a mapping',
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

/** What organization administrators and the two contacts of an organization have in common. */
const OF_THE_ORGANIZATION = at(
  'organization',
  ...(['organization.read', 'contact.read', 'contact.manage', 'product.read', 'license.read', 'license.validate'] as const),
  ...(['activation.create', 'activation.delete', 'activation.name', 'history.read', 'event.read'] as const),
  ...(['user.read', 'user.read-details', 'user.manage', 'user.reset-password', 'role.read'] as const),
  ...(['group.read', 'group.manage', 'invitation.read', 'invitation.manage'] as const),
);

/** What everybody may do with the licenses that are his own or that he holds by a group. */
const OF_A_PERSON = [
  ...at('own', 'user.read', 'user.read-details', 'product.read', 'license.read', 'license.validate'),
  ...at('own', 'history.read', 'event.read'),
  ...at('own', 'activation.create', 'activation.delete', 'activation.name'),
  ...at('group', 'license.read', 'license.validate', 'activation.create', 'activation.delete', 'activation.name'),
];

/** What the place of a primary or secondary contact confers by itself, on his organization (licensing.md §2.10, §2.14). */
export const CONTACT_GRANTS: readonly Grant[] = [...OF_THE_ORGANIZATION, ...at('organization', 'organization.assign-contact')];

/**
 * The roles that every tenant starts with (licensing.md §2.14). Customers never create, delete, revoke, edit or
 * renew a license.
 */
export const BUILT_IN_ROLES = {
  administrator: { title: 'Administrator', kind: 'staff', grants: at('tenant', ...ALL_PERMISSIONS) },
  support: {
    title: 'Support',
    kind: 'staff',
    grants: at(
      'tenant',
      ...(['tenant.read', 'product.read', 'policy.read', 'organization.read', 'contact.read', 'token.read'] as const),
      ...(['license.read', 'license.validate', 'activation.delete', 'history.read'] as const),
      ...(['user.read', 'user.read-details', 'user.reset-password', 'group.read', 'role.read', 'invitation.read'] as const),
      'mapping.read',
    ),
  },
  'organization-administrator': { title: 'Organization administrator', kind: 'customer', grants: OF_THE_ORGANIZATION },
  'customer-representative': {
    title: 'Customer representative',
    kind: 'customer',
    grants: [...OF_A_PERSON, ...at('organization', 'organization.read', 'user.read', 'group.read', 'product.read')],
  },
  'authorized-user': {
    title: 'Authorized user',
    kind: 'customer',
    grants: [...OF_A_PERSON, ...at('own', 'organization.read'), ...at('group', 'group.read')],
  },
} as const satisfies Record<string, RoleDefinition>;

export type BuiltInRole = keyof typeof BUILT_IN_ROLES;
