// Another address of one's own: proven by a code that is mailed there. Whoever asks is told the same, whether somebody
// has that address already or not.
import type { Outcome } from '#event-store/execute.js';
import type { Commands } from '#http/commands.js';
import type { RequestContext } from '#http/request-context.js';
import { commandItem } from '#kernel/command-item.js';
import { emailKey } from '#kernel/fields.js';
import type { Outbox } from '#mail/outbox.js';
import { later } from '#read-models/pace.js';
import type { RecordStore } from '#records/record-store.js';
import type { Afterwards } from './afterwards.js';
import { loginErrors } from './login.errors.js';
import type { OneTimeCodes } from './one-time-codes.js';
import { addressChangedMail, newAddressMail } from './own-email.mail.js';
import { masked } from './masked.js';
import type { KnownPerson, People } from './people.js';
import type { Sessions } from './sessions.js';
import type { UserOrganizations } from './user-organizations.js';
import { user } from './user.js';

const PURPOSE = 'own-email';
const LIFE_MS = 30 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** In a day: nobody floods mailboxes that are not his. */
const MOST_CODES = 5;

/** What stands behind it: who somebody is, and what a mailbox proves. */
interface Parts {
  readonly people: People;
  readonly codes: OneTimeCodes;
  readonly outbox: Outbox;
  readonly sessions: Sessions;
  readonly records: RecordStore;
  readonly afterwards: Afterwards;
}

type Asked = Pick<RequestContext, 'tenant' | 'now'>;

export class OwnEmail {
  constructor(
    private readonly commands: Commands,
    private readonly organizations: UserOrganizations,
    private readonly parts: Parts,
  ) {}

  /** Mails a code to an address that nobody else has, in the place of an earlier code. @throws `email.too-many-codes` */
  async ask({ tenant, now }: Asked, userId: string, email: string): Promise<void> {
    const key = `${tenant}/${userId}/${now.slice(0, 10)}`;
    const asked = await this.parts.records.increment('own-email-codes', key, 1, now, later(now, DAY_MS));
    if (asked > MOST_CODES) loginErrors.refuse('email.too-many-codes');
    this.parts.afterwards.do(() => this.send({ tenant, now }, userId, email));
  }

  private async send({ tenant, now }: Asked, userId: string, email: string): Promise<void> {
    const { people, codes, outbox } = this.parts;
    const person = await people.byId(tenant, userId);
    const holder = await people.byAddress(tenant, email);
    if (!person || (holder && holder.id !== userId)) return;
    const code = await codes.newCode(about(tenant, userId), { email, before: person.email }, LIFE_MS, now);
    const values = { reader: person.name, vendor: await people.vendorOf(tenant), code };
    const to = { contactId: userId, address: email, name: person.name };
    const key = `${PURPOSE}/${userId}/${now}`;
    await outbox.queue({ tenant, to, template: newAddressMail, values, key, until: later(now, LIFE_MS) }, now);
  }

  /**
   * Makes the address that a code was mailed to the contact's own; all sessions end with the fact, and the address of
   * before is told.
   * @throws `email.wrong-code`; `contact-email.taken` by somebody who came first; what the rules of a contact refuse
   */
  async prove(ctx: RequestContext, userId: string, code: string): Promise<Outcome<unknown>> {
    const { tenant, now } = ctx;
    const taken = await this.parts.codes.takeCode(about(tenant, userId), code, now);
    const person = await this.parts.people.byId(tenant, userId);
    const said = taken?.data as { readonly email: string; readonly before: string } | undefined;
    // The vendor has changed it meanwhile: what was asked for then is not what he wants now.
    if (!said || !person || said.before !== person.email) return loginErrors.refuse('email.wrong-code');
    const changed = this.organizations.readdress({ contactId: userId, email: said.email });
    const ended = commandItem(user, userId, 'endSessions', { by: 'self' });
    const [outcome] = await this.commands.sendTogether([changed, ended], ctx);
    await this.parts.sessions.endAll(tenant, userId, now, ctx.principal.person!.sessionId);
    if (emailKey(said.email) !== emailKey(person.email)) await this.tell(tenant, person, said.email, now);
    return outcome;
  }

  private async tell(tenant: string, { id, name, email }: KnownPerson, next: string, now: string): Promise<void> {
    const values = { reader: name, vendor: await this.parts.people.vendorOf(tenant), masked: masked(next) };
    const to = { contactId: id, address: email, name };
    await this.parts.outbox.queue({ tenant, to, template: addressChangedMail, values, key: `${PURPOSE}-told/${id}/${now}` }, now);
  }
}

function about(tenant: string, userId: string) {
  return { purpose: PURPOSE, tenant, subject: userId };
}
