// Customers of whom somebody is invited: an organization with a group, and two members without a login.
import type { Client } from './client.js';

export interface InvitedCustomer {
  readonly name: string;
  readonly organizationId: string;
  readonly groupId: string;
  readonly ada: string;
  readonly bob: string;
  /** Of Ada, and of Bob. */
  readonly emails: readonly [string, string];
}

/** The code in the link of the mail to who is invited. */
export const INVITED = /invite#([0-9a-z]{26}\.[\w-]{22})/;
/** The code that proves the mailbox, in the mail that it is sent by. */
export const MAILBOX = /30 minutes:\s+([B-Z2-9]{4}-[B-Z2-9]{4})/;

let customers = 0;

/** @param staff of the vendor, which has one legal entity */
export async function invitedCustomer(staff: Pick<Client, 'read' | 'done'>): Promise<InvitedCustomer> {
  const number = ++customers;
  const company = (await staff.read('/v1/legal-entities')).data[0].id;
  const name = `Globex ${number}`;
  const { id: organizationId } = await staff.done('/v1/organizations', { name, accountNumber: `G-${number}`, company });
  const emails = [`ada${number}@globex.example`, `bob${number}@globex.example`] as const;
  const member = async (called: string, email: string): Promise<string> => {
    const { id } = await staff.done('/v1/contacts', { name: called, email });
    await staff.done(`/v1/organizations/${organizationId}/members`, { contactId: id });
    return id as string;
  };
  const [ada, bob] = [await member('Ada Lovelace', emails[0]), await member('Bob', emails[1])];
  const { id: groupId } = await staff.done('/v1/groups', { organizationId, name: 'Engineers' });
  return { name, organizationId, groupId, ada, bob, emails };
}
