// What making, changing and removing a user changes beside his login: a person is introduced first, and belongs nowhere
// afterwards.
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { contact } from '#organizations/contact.js';
import { group } from '#organizations/group.js';
import { organization } from '#organizations/organization.js';

export interface NewPerson {
  readonly contactId: string;
  readonly name: string;
  readonly email: string;
  readonly organizationId: string | null;
}

export function introduceItems({ contactId, name, email, organizationId }: NewPerson): CommandItem[] {
  const added = commandItem(contact, contactId, 'add', { name, email });
  return organizationId === null ? [added] : [added, commandItem(organization, organizationId, 'addMember', { contactId })];
}

export function readdressItem({ contactId, email }: { readonly contactId: string; readonly email: string }): CommandItem {
  return commandItem(contact, contactId, 'setEmail', { email });
}

export function renameItem({ contactId, name }: { readonly contactId: string; readonly name: string }): CommandItem {
  return commandItem(contact, contactId, 'rename', { name });
}

export interface Belonging {
  readonly contactId: string;
  readonly organizations: readonly string[];
  readonly groups: readonly string[];
}

export function dismissItems({ contactId, organizations, groups }: Belonging): CommandItem[] {
  return [
    ...groups.map((id) => commandItem(group, id, 'removeMember', { contactId })),
    ...organizations.map((id) => commandItem(organization, id, 'removeMember', { contactId })),
  ];
}
