// What of a contact or an organization is kept on both sides, and the commands that make ours as theirs is.
import { commandItem, type CommandItem } from '#kernel/command-item.js';
import { emailKey } from '#kernel/fields.js';
import { accountNumberKey } from './account.js';
import { contact } from './contact.js';
import type { MappedKind, Theirs } from './mapping.events.js';
import { organization } from './organization.js';

/** Of a contact no domains, of an organization no address. */
export interface Values {
  readonly name: string;
  readonly email: string;
  readonly accountNumber: string | null;
  readonly company: string | null;
  readonly domains: readonly string[];
}

export const NO_VALUES: Values = { name: '', email: '', accountNumber: null, company: null, domains: [] };

/** The form in which two values are the same; what differs no more than that would be sent to and fro for ever. */
function keyOf<K extends keyof Values>(field: K, value: Values[K]): string | null {
  if (value === null) return null;
  if (field === 'email') return emailKey(value as string);
  if (field === 'accountNumber') return accountNumberKey(value as string);
  return Array.isArray(value) ? value.join() : (value as string);
}

function differs<K extends keyof Values>(field: K, ours: Values, theirs: Theirs): boolean {
  const value = theirs[field] as Values[K] | undefined;
  return value !== undefined && keyOf(field, ours[field]) !== keyOf(field, value);
}

/** Whether ours has all that the outside system has. */
export function agree(ours: Values, theirs: Theirs): boolean {
  return (Object.keys(theirs) as (keyof Values)[]).every((field) => !differs(field, ours, theirs));
}

/** What the outside system does not keep stays as ours. */
function accountOf(ours: Values, { accountNumber = ours.accountNumber, company = ours.company }: Theirs) {
  return { accountNumber, company };
}

/** The commands that make a contact as the outside system has it; each of them makes exactly one event. Null: he is new. */
function contactItems(id: string, ours: Values | null, theirs: Theirs): CommandItem[] {
  const { name, email = ours?.email ?? '' } = theirs;
  const before = ours ?? NO_VALUES;
  const account = differs('accountNumber', before, theirs) || differs('company', before, theirs);
  return [
    ...(ours ? [] : [commandItem(contact, id, 'add', { name, email })]),
    ...(ours && differs('name', ours, theirs) ? [commandItem(contact, id, 'rename', { name })] : []),
    ...(ours && differs('email', ours, theirs) ? [commandItem(contact, id, 'setEmail', { email })] : []),
    ...(account ? [commandItem(contact, id, 'setAccount', accountOf(before, theirs))] : []),
  ];
}

function organizationItems(id: string, ours: Values | null, theirs: Theirs): CommandItem[] {
  const { name, domains = [...(ours ?? NO_VALUES).domains] } = theirs;
  const { accountNumber, company } = accountOf(ours ?? NO_VALUES, theirs);
  if (!ours) return [commandItem(organization, id, 'add', { name, accountNumber, company, domains })];
  return [
    ...(differs('name', ours, theirs) ? [commandItem(organization, id, 'rename', { name })] : []),
    ...(differs('accountNumber', ours, theirs) ? [commandItem(organization, id, 'setAccountNumber', { accountNumber })] : []),
    ...(differs('company', ours, theirs) ? [commandItem(organization, id, 'setCompany', { company })] : []),
    ...(differs('domains', ours, theirs) ? [commandItem(organization, id, 'setDomains', { domains })] : []),
  ];
}

/** The commands that make ours as theirs, each of which makes exactly one event of the thing's own stream. Null: it is new. */
export function itemsTo(kind: MappedKind, id: string, ours: Values | null, theirs: Theirs): readonly CommandItem[] {
  return kind === 'contact' ? contactItems(id, ours, theirs) : organizationItems(id, ours, theirs);
}
