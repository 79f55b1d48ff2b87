// That somebody has the mailbox of a contact for whom an invitation is: by a code that is sent there and typed in.
import type { Outbox } from '#mail/outbox.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import { mailboxCodeMail } from './mailbox-code.mail.js';
import type { OneTimeCodes } from './one-time-codes.js';
import type { KnownPerson, People } from './people.js';

const PURPOSE = 'invitation';
const LIFE_MS = 30 * 60_000;
/** One mail in so long, however often it is asked for. */
const MAIL_EVERY_MS = 60_000;
const ASKED = 'mailbox-codes-asked';

export class MailboxProofs {
  constructor(
    private readonly records: RecordStore,
    private readonly codes: OneTimeCodes,
    private readonly people: People,
    private readonly outbox: Outbox,
  ) {}

  /** Mails a code that is good once, for half an hour. */
  async send(tenant: string, invitationId: string, person: KnownPerson, now: string): Promise<void> {
    // A newer code would make the one that was mailed a moment ago useless.
    const asked = `${tenant}/${invitationId}/${person.id}`;
    const again = { expectedVersion: 0, expiresAt: later(now, MAIL_EVERY_MS) };
    if ((await this.records.put(ASKED, asked, true, now, again)) === null) return;
    const key = `mailbox-code/${asked}/${now}`;
    const code = await this.codes.newCode(aboutOf(tenant, invitationId, person.id), person.email, LIFE_MS, now);
    const values = { reader: person.name, vendor: await this.people.vendorOf(tenant), code };
    const to = { contactId: person.id, address: person.email, name: person.name };
    await this.outbox.queue({ tenant, to, template: mailboxCodeMail, values, key, until: later(now, LIFE_MS) }, now);
  }

  /** Whether a code is the one that was mailed to the address that the contact still has. It is used up by that. */
  async take(tenant: string, invitationId: string, { id, email }: KnownPerson, code: string, now: string): Promise<boolean> {
    return (await this.codes.takeCode(aboutOf(tenant, invitationId, id), code, now))?.data === email;
  }
}

function aboutOf(tenant: string, invitationId: string, contactId: string) {
  return { purpose: PURPOSE, tenant, subject: `${invitationId}/${contactId}` };
}
