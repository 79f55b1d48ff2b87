// What redeeming an invitation, and undoing that, changes in the organization of the person.
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { group } from '#organizations/group.js';
import { organization, type OrganizationState } from '#organizations/organization.js';

/** Roles and groups of a member: those that he has, and those that he is to have. */
export interface Membership {
  readonly organizationId: string;
  readonly contactId: string;
  readonly roles: readonly string[];
  readonly had: readonly string[];
  /** Throws where he has other roles by then. */
  readonly changed: () => never;
  readonly groups: readonly string[];
}

export function joinItems(membership: Membership): CommandItem[] {
  const { contactId, groups } = membership;
  return [rolesItem(membership), ...groups.map((id) => commandItem(group, id, 'addMember', { contactId }))];
}

export function leaveItems(membership: Membership): CommandItem[] {
  const { contactId, groups } = membership;
  return [rolesItem(membership), ...groups.map((id) => commandItem(group, id, 'removeMember', { contactId }))];
}

/** Whose rights they are was looked at when he was invited: `held` is nobody's. */
function rolesItem({ organizationId, contactId, roles, had, changed }: Membership): CommandItem<OrganizationState> {
  const guard = (state: OrganizationState): void => {
    if ((state.roles[contactId] ?? []).join() !== had.join()) changed();
  };
  return commandItem(organization, organizationId, 'setMemberRoles', { contactId, roles: [...roles], held: null }, { guard });
}
