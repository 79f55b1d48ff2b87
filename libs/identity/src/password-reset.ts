// Another password, or a first one, by a link to the mailbox. Whoever asks is told the same, whether there is such a
// person or not.
import { rootContext } from '#kernel/context.js';
import { newCommandId } from '#kernel/ids.js';
import type { RequestContext } from '#http/request-context.js';
import type { Outcome } from '#event-store/execute.js';
import type { Outbox } from '#mail/outbox.js';
import { later } from '#read-models/pace.js';
import { loginErrors } from './login.errors.js';
import type { OneTimeCodes } from './one-time-codes.js';
import type { PasswordChange } from './password-change.js';
import { passwordResetMail } from './password-reset.mail.js';
import type { People } from './people.js';
import type { UserState } from './user.js';

const PURPOSE = 'password-reset';
const LIFE_MS = 30 * 60_000;
/** One mail in so long, however often it is asked for. */
const MAIL_EVERY_MS = 60_000;

export class PasswordReset {
  constructor(
    private readonly people: People,
    private readonly codes: OneTimeCodes,
    private readonly outbox: Outbox,
    private readonly change: PasswordChange,
  ) {}

  /** Sends a mail to who has this address and logs in by a password or a provider; else nothing. */
  async ask(tenant: string, email: string, page: string | null, now: string): Promise<void> {
    const person = await this.people.byAddress(tenant, email);
    const login = person && (await this.people.loginOf(tenant, person.id));
    if (!person || !login || !mayReset(login)) return;
    const about = { purpose: PURPOSE, tenant, subject: person.id };
    const code = await this.codes.newLink(about, stateOf(login, person.email), LIFE_MS, now);
    const until = later(now, LIFE_MS);
    await this.outbox.queue(
      {
        ...{ tenant, template: passwordResetMail, until },
        to: { contactId: person.id, address: person.email, name: person.name },
        values: { reader: person.name, vendor: await this.people.vendorOf(tenant), page, code },
        key: `${PURPOSE}/${person.id}/${Math.floor(Date.parse(now) / MAIL_EVERY_MS)}`,
      },
      now,
    );
  }

  /**
   * Sets the password by what the mail said; logs nobody in, so no second factor is gone around.
   * @throws `password-reset.invalid`; `password.…`, which leave the code as good as it was
   */
  async redeem(ctx: RequestContext, code: string, password: string): Promise<{ outcome: Outcome<UserState>; email: string }> {
    const { tenant, now } = ctx;
    const link = await this.codes.seeLink(PURPOSE, tenant, code, now);
    const login = link && (await this.people.loginOf(tenant, link.subject));
    const person = link && (await this.people.byId(tenant, link.subject));
    // The password was changed since the mail was sent, or the mailbox is another one.
    if (!link || !login || !person || !mayReset(login) || stateOf(login, person.email) !== link.data)
      return loginErrors.refuse('password-reset.invalid');
    await this.change.check(tenant, link.subject, password);
    if (!(await this.codes.takeLink(code))) return loginErrors.refuse('password-reset.invalid');
    const command = { ...rootContext(tenant, `user:${link.subject}`, now, newCommandId()), requestId: ctx.requestId };
    const outcome = await this.change.set({ tenant, now, command }, link.subject, password, 'reset');
    return { outcome, email: person.email };
  }
}

/** Whoever has neither password nor provider was given no way in yet, or his was taken: a mail gives him none. */
function mayReset({ kind, disabled, password, identities }: UserState): boolean {
  return kind !== null && !disabled && (password !== null || identities.length > 0);
}

/** What must still be so when the link of a mail is used. */
function stateOf({ password }: UserState, email: string): string {
  return JSON.stringify([password?.id ?? null, email]);
}
