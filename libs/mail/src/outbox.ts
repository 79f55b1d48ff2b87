// The outbox: mails are records with due work, so that none is lost with a process and none is sent twice knowingly.
import { createHash } from 'node:crypto';
import { emailSchema, nameSchema } from '#kernel/fields.js';
import { newId } from '#kernel/ids.js';
import type { Keyring } from '#event-store/keyring.js';
import { later } from '#read-models/pace.js';
import type { Entry, RecordStore } from '#records/record-store.js';
import type { z } from 'zod';
import { mailErrors } from './mail.errors.js';
import { writeLetter, type MailTemplate } from './mail-template.js';
import { openContent, sealContent, type Addressee, type Content, type OutboxMail } from './outbox-mail.js';

/** The space of mails, keyed `<tenant>/<id>`; ids sort by time. */
const MAILS = 'outbox';
/** The id of each message key, keyed `<tenant>/<hash of the key>`. */
const KEYS = 'outbox-keys';
/** The queue of mails to be sent. */
export const MAIL_QUEUE = 'mail';

const KEPT_MS = 90 * 86_400_000;
const PAGE = 500;

/** A mail to be sent. */
export interface NewMail<Values extends z.ZodObject = z.ZodObject> {
  readonly tenant: string;
  /** A mail goes to a contact: its person's key seals it. The name stands before the address. */
  readonly to: { readonly contactId: string; readonly address: string; readonly name?: string };
  readonly template: MailTemplate<Values>;
  readonly values: z.input<Values>;
  /** Ids of other contacts whom it tells of: erasing one of them removes the mail too. */
  readonly about?: readonly string[];
  /** Names the mail for ever: a second one under the same key is the first. */
  readonly key: string;
  /** An instant from which on it is of no use, such as the end of a code. */
  readonly until?: string;
}

/** What is due: where the mail is kept. */
export type MailWork = { readonly tenant: string; readonly id: string };

/** A mail with what it says; null where the person is erased. */
export interface OpenedMail {
  readonly mail: OutboxMail;
  readonly content: Content | null;
}

export class Outbox {
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly records: RecordStore,
    private readonly keyring: Keyring,
  ) {}

  /** Is told whenever something is due. */
  onQueued(listener: () => void): void {
    this.listeners.add(listener);
  }

  /**
   * Keeps a mail and answers its id; it is sent soon after, by the server. The same key again changes nothing and
   * answers the same id, also where a crash cut the first call short.
   * @throws `mail.header-unsafe`; ZodError for values that are not the template's.
   */
  async queue<Values extends z.ZodObject>(mail: NewMail<Values>, now: string): Promise<string> {
    const { tenant, to, template } = mail;
    const { letter, hidden } = writeLetter(template, mail.values);
    const addressee = safeHeaders(to.address, to.name ?? null, letter.subject);
    const id = await this.idOf(tenant, mail.key, now);
    const key = `${tenant}/${id}`;
    const known = await this.records.get<OutboxMail>(MAILS, key, now);
    if (known && known.value.state !== 'queued') return id;
    // The work comes first: without its mail it is dropped, but a mail without work would wait for ever.
    await this.records.schedule(MAIL_QUEUE, key, { tenant, id } satisfies MailWork, now);
    if (!known) {
      const about = { id, contactId: to.contactId };
      const sealed = await sealContent(this.keyring, tenant, about, { to: addressee, subject: letter.subject, hidden, letter });
      const blank = { attempts: 0, nextAttemptAt: now, sentAt: null, by: null, messageId: null, error: null };
      const times = { queuedAt: now, triedFrom: now, changedAt: now, until: mail.until ?? null };
      const queued: OutboxMail = {
        ...about,
        about: mail.about ?? [],
        state: 'queued',
        template: template.name,
        ...times,
        ...blank,
        sealed,
      };
      await this.records.put(MAILS, key, queued, now, { expectedVersion: 0, expiresAt: later(now, KEPT_MS) });
    }
    for (const listener of this.listeners) listener();
    return id;
  }

  async get(tenant: string, id: string, now: string): Promise<OpenedMail | null> {
    const entry = await this.find(tenant, id, now);
    return entry && this.opened(tenant, entry.value);
  }

  /** With its version, for {@link replace}. */
  find(tenant: string, id: string, now: string): Promise<Entry<OutboxMail> | null> {
    return this.records.get<OutboxMail>(MAILS, `${tenant}/${id}`, now);
  }

  async opened(tenant: string, mail: OutboxMail): Promise<OpenedMail> {
    return { mail, content: await openContent(this.keyring, tenant, mail) };
  }

  /** Those that `wanted` takes, by the time of their queueing; reads on until so many are found. */
  async list(
    tenant: string,
    now: string,
    options: {
      readonly wanted: (mail: OutboxMail) => boolean;
      readonly newestFirst: boolean;
      readonly after?: string;
      readonly limit: number;
    },
  ): Promise<readonly OutboxMail[]> {
    const { wanted, newestFirst: descending, limit } = options;
    const found: OutboxMail[] = [];
    const prefix = `${tenant}/`;
    for (let after = options.after && prefix + options.after; ;) {
      const page = await this.records.list<OutboxMail>(MAILS, now, { prefix, after, limit: PAGE, descending });
      found.push(...page.map(({ value }) => value).filter(wanted));
      if (found.length >= limit || page.length < PAGE) return found.slice(0, limit);
      after = page.at(-1)!.key;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Writes what has become of a mail, unless it was changed or purged since it was read. Whether it was written. */
  async replace(
    tenant: string,
    { value, version }: Entry<OutboxMail>,
    change: Partial<OutboxMail>,
    now: string,
  ): Promise<boolean> {
    const options = { expectedVersion: version, expiresAt: later(now, KEPT_MS) };
    const changed = { ...value, ...change, changedAt: now };
    return (await this.records.put(MAILS, `${tenant}/${value.id}`, changed, now, options)) !== null;
  }

  /** What a mail says, sealed again. */
  seal(tenant: string, mail: OutboxMail, content: Content): Promise<string> {
    return sealContent(this.keyring, tenant, mail, content);
  }

  /** Tries a mail again from now on; one that is queued already stays so, one that was only told in the log can leave now. @throws `mail.not-found`, `mail.not-waiting` */
  async retry(tenant: string, id: string, now: string): Promise<OutboxMail> {
    const entry = (await this.find(tenant, id, now)) ?? mailErrors.refuse('mail.not-found');
    const { state, by } = entry.value;
    if (state === 'suppressed' || (state === 'sent' && by !== 'log')) mailErrors.refuse('mail.not-waiting');
    if (state !== 'queued') await this.replace(tenant, entry, { state: 'queued', triedFrom: now, nextAttemptAt: now }, now);
    await this.records.schedule(MAIL_QUEUE, `${tenant}/${id}`, { tenant, id } satisfies MailWork, now);
    for (const listener of this.listeners) listener();
    return (await this.find(tenant, id, now))?.value ?? mailErrors.refuse('mail.not-found');
  }

  /** The id that belongs to a message key, chosen once. */
  private async idOf(tenant: string, messageKey: string, now: string): Promise<string> {
    const key = `${tenant}/${createHash('sha256').update(messageKey).digest('base64url')}`;
    const id = newId();
    const options = { expectedVersion: 0, expiresAt: later(now, KEPT_MS) };
    if ((await this.records.put(KEYS, key, id, now, options)) !== null) return id;
    return (await this.records.get<string>(KEYS, key, now))?.value ?? id;
  }
}

/** @throws `mail.header-unsafe`: a line break in a header would begin another one */
function safeHeaders(address: string, name: string | null, subject: string): Addressee {
  // eslint-disable-next-line no-control-regex -- exactly these end or break a header
  const unsafe = (text: string) => /[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(text);
  const wrong = [address, name ?? '', subject].some(unsafe) || !emailSchema.safeParse(address).success;
  if (wrong || (name !== null && !nameSchema.safeParse(name).success)) mailErrors.refuse('mail.header-unsafe');
  return { address, name };
}
