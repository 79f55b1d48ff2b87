// What goes in one append with whatever decides whether a person can log in: the roles of the vendor are told, which keep
// the last administrator.
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { roles } from './roles.js';

export function standingItems(tenant: string, contactId: string): CommandItem[] {
  return [commandItem(roles, tenant, 'noteStanding', { userId: contactId })];
}
