import {
  ALL_PERMISSIONS,
  BUILT_IN_ROLES,
  CONTACT_GRANTS,
  PERMISSIONS,
  type Permission,
  type RoleDefinition,
} from '#kernel/permissions.js';
import { code, page, table } from './markdown.js';

const ABOUT = `Every permission, the built-in roles that hold it, and what the place of a primary or secondary contact confers by itself. A role holds a permission at a **scope**: \`tenant\` (everything of
the vendor), \`organization\` (everything of the holder's organizations), \`group\` (what is linked to the holder's groups),
\`own\` (what is the holder's own). Rights add up. An API token holds a list of permissions itself, for the whole tenant or
for one organization.`;

/** `docs/reference/permissions.md` */
export function permissionsPage(): string {
  const place = { title: 'Contact of an organization', kind: 'customer', grants: CONTACT_GRANTS } as const;
  const roles: readonly RoleDefinition[] = [...Object.values(BUILT_IN_ROLES), place];
  const rows = ALL_PERMISSIONS.map((permission) => [
    code(permission),
    PERMISSIONS[permission],
    ...roles.map((role) => scopesOf(role, permission)),
  ]);
  const heads = roles.map(({ title, kind }) => `${title} (${kind})`);
  return page('Permissions', ABOUT, [table(['permission', 'lets its holder', ...heads], rows)]);
}

function scopesOf(role: RoleDefinition, permission: Permission): string {
  return role.grants
    .filter((grant) => grant.permission === permission)
    .map(({ scope }) => scope)
    .join(', ');
}
