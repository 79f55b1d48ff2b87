// Sends what is due: at least once, again later where the server is away, and not for ever.
import { backoff, later, type Pace } from '#read-models/pace.js';
import { patiently, Stopped, type Patience } from '#read-models/patience.js';
import type { ClaimedWork, Entry, RecordStore } from '#records/record-store.js';
import { NotTaken, type Mailer } from './mailer.js';
import { MAIL_QUEUE, type MailWork, type Outbox } from './outbox.js';
import type { Content, OutboxMail } from './outbox-mail.js';

/** How many mails are on their way at once. */
const AT_ONCE = 4;
/** How often due mails are looked for where none was queued meanwhile. */
const LOOK_MS = 1_000;
/** Longer than any mailer takes: until then nobody else takes the mail over. */
const CLAIM_MS = 180_000;
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 3_600_000;
/** A mail is parked where its next try would come later than so long after the first. */
const TRIED_FOR_MS = 86_400_000;
/** Work whose mail never came: whoever queued it was cut off, and answered nobody. */
const TRIES_WITHOUT_MAIL = 5;

export interface DeliveryOptions {
  readonly pace: Pace;
  readonly onTrouble?: (error: unknown, attempt: number) => void;
  /** A mail was given up: refused for good, or parked. */
  readonly onGivenUp?: (mail: { readonly tenant: string; readonly id: string; readonly error: string }) => void;
}

export class Delivery {
  readonly #stopping = new AbortController();
  #sleep = new AbortController();
  #nudged = false;

  constructor(
    private readonly records: RecordStore,
    private readonly outbox: Outbox,
    private readonly mailer: Mailer,
    private readonly options: DeliveryOptions,
  ) {
    outbox.onQueued(() => this.#nudge());
  }

  /** Sends until {@link stop}; the mails under way are finished. */
  async run(): Promise<void> {
    const { pace, onTrouble } = this.options;
    const patience: Patience = { pace, onTrouble, signal: this.#stopping.signal };
    try {
      while (!this.#stopping.signal.aborted) {
        const due = await patiently(patience, () => this.#claim());
        await Promise.all(due.map((work) => this.#settle(work)));
        if (due.length < AT_ONCE) await this.#idle();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }

  stop(): void {
    this.#stopping.abort();
    this.#sleep.abort();
  }

  #nudge(): void {
    this.#nudged = true;
    this.#sleep.abort();
  }

  async #idle(): Promise<void> {
    if (!this.#nudged && !this.#stopping.signal.aborted) {
      this.#sleep = new AbortController();
      await this.options.pace.sleep(LOOK_MS, this.#sleep.signal);
    }
    this.#nudged = false;
  }

  #claim(): Promise<readonly ClaimedWork<MailWork>[]> {
    const now = this.options.pace.now();
    return this.records.claim<MailWork>(MAIL_QUEUE, now, later(now, CLAIM_MS), AT_ONCE);
  }

  /** A trouble of the store leaves the work claimed: it is due again when the claim ends. */
  async #settle(work: ClaimedWork<MailWork>): Promise<void> {
    try {
      const { tenant, id } = work.value;
      const entry = await this.outbox.find(tenant, id, this.options.pace.now());
      if (entry?.value.state === 'queued') await this.#try(work, entry);
      else if (entry || work.attempt >= TRIES_WITHOUT_MAIL) await this.records.complete(MAIL_QUEUE, work.key, work.token);
      else await this.#again(work, LOOK_MS, 'the mail is not there yet');
    } catch (error) {
      this.options.onTrouble?.(error, work.attempt);
    }
  }

  async #try(work: ClaimedWork<MailWork>, entry: Entry<OutboxMail>): Promise<void> {
    const mail = entry.value;
    const { content } = await this.outbox.opened(work.value.tenant, mail);
    if (!content?.letter || (mail.until !== null && mail.until <= this.options.pace.now())) {
      const error = content ? 'its time was over before it could be sent' : 'the person is erased';
      return this.#end(work, entry, { state: 'suppressed', error });
    }
    const messageId = mail.messageId ?? `<${mail.id}.${work.value.tenant}@${this.mailer.domain}>`;
    try {
      await this.mailer.send({ ...work.value, template: mail.template, messageId, to: content.to, letter: content.letter });
    } catch (error) {
      return this.#notTaken(work, entry, error, messageId);
    }
    const now = this.options.pace.now();
    const sealed = await this.#afterwards(work.value.tenant, mail, content);
    const sent = { state: 'sent', sentAt: now, by: this.mailer.by, messageId, error: null, sealed } as const;
    await this.#end(work, entry, { ...sent, attempts: mail.attempts + 1 });
  }

  /** What has left is not kept whole: its secrets are the addressee's alone by now. */
  async #afterwards(tenant: string, mail: OutboxMail, content: Content): Promise<string> {
    return this.mailer.by === 'log' ? mail.sealed : this.outbox.seal(tenant, mail, { ...content, letter: null });
  }

  async #notTaken(work: ClaimedWork<MailWork>, entry: Entry<OutboxMail>, reason: unknown, messageId: string): Promise<void> {
    const { pace, onGivenUp } = this.options;
    const { triedFrom, attempts: before } = entry.value;
    const [now, attempts] = [pace.now(), before + 1];
    const error = reason instanceof Error ? reason.message : String(reason);
    const wait = backoff(pace, attempts, FIRST_RETRY_MS, LONGEST_RETRY_MS);
    const final = reason instanceof NotTaken && reason.final;
    if (final || later(now, wait) > later(triedFrom, TRIED_FOR_MS)) {
      await this.#end(work, entry, { state: final ? 'failed' : 'parked', attempts, error, messageId });
      return onGivenUp?.({ ...work.value, error });
    }
    const change = { attempts, error, messageId, nextAttemptAt: later(now, wait) };
    await this.outbox.replace(work.value.tenant, entry, change, now);
    await this.#again(work, wait, error);
  }

  /** The record first: work that is left over finds it settled, and ends. */
  async #end(work: ClaimedWork<MailWork>, entry: Entry<OutboxMail>, change: Partial<OutboxMail>): Promise<void> {
    await this.outbox.replace(work.value.tenant, entry, { ...change, nextAttemptAt: null }, this.options.pace.now());
    await this.records.complete(MAIL_QUEUE, work.key, work.token);
  }

  async #again({ key, token }: ClaimedWork<MailWork>, wait: number, error: string): Promise<void> {
    await this.records.retryLater(MAIL_QUEUE, key, token, later(this.options.pace.now(), wait), error);
  }
}
