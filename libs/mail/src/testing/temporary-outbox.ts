// An outbox on records of its own, with time that moves when a test says so.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Keyring } from '#event-store/keyring.js';
import { newId } from '#kernel/ids.js';
import { ManualPace, until } from '#read-models/testing/manual-pace.js';
import { SqliteRecordStore } from '#records/sqlite.record-store.js';
import { z } from 'zod';
import { Delivery } from '../delivery.js';
import { mailTemplate, paragraphs } from '../mail-template.js';
import { Mailer, type OutgoingMail } from '../mailer.js';
import { Outbox, type NewMail } from '../outbox.js';
import type { MailState } from '../outbox-mail.js';

const codeMail = mailTemplate({
  name: 'code',
  values: z.strictObject({ name: z.string(), code: z.string() }),
  secrets: ['code'],
  write: ({ name, code }) =>
    paragraphs({ subject: `A code for ${name}`, paragraphs: [`Hello ${name},`, `your code is ${code}.`], footer: 'Acme' }),
});

/** Answers as a test tells it to; keeps what it was handed. */
export class ToldMailer extends Mailer {
  override readonly domain = 'example.com';
  readonly handed: OutgoingMail[] = [];
  answer: (mail: OutgoingMail) => Promise<void> = async () => undefined;

  constructor(override readonly by: 'smtp' | 'log' = 'smtp') {
    super();
  }

  override async send(mail: OutgoingMail): Promise<void> {
    this.handed.push(mail);
    await this.answer(mail);
  }

  override close(): void {}
}

export class TemporaryOutbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyledger-outbox-'));
  readonly records = SqliteRecordStore.open(join(this.folder, 'records.db'), { durable: false });
  readonly keyring = new Keyring(this.records, randomBytes(32));
  readonly outbox = new Outbox(this.records, this.keyring);
  readonly pace = new ManualPace();
  readonly troubles: unknown[] = [];
  readonly givenUp: string[] = [];
  readonly contactId = newId();
  private readonly deliveries: { readonly delivery: Delivery; readonly end: Promise<void> }[] = [];

  queue(change: Partial<NewMail<typeof codeMail.values>> = {}): Promise<string> {
    const to = { contactId: this.contactId, address: 'ada@globex.example', name: 'Ada' };
    const mail = { tenant: 'acme', to, template: codeMail, values: { name: 'Ada', code: 'hush-4711' }, key: newId() };
    return this.outbox.queue({ ...mail, ...change }, this.pace.now());
  }

  deliver(mailer: Mailer): Delivery {
    const { pace } = this;
    const onTrouble = (error: unknown) => void this.troubles.push(error);
    const onGivenUp = ({ id }: { readonly id: string }) => void this.givenUp.push(id);
    const delivery = new Delivery(this.records, this.outbox, mailer, { pace, onTrouble, onGivenUp });
    this.deliveries.push({ delivery, end: delivery.run() });
    return delivery;
  }

  async state(id: string): Promise<MailState | undefined> {
    return (await this.outbox.get('acme', id, this.pace.now()))?.mail.state;
  }

  /** Lets time pass, a second at a time where somebody sleeps, until something holds. */
  async passing(holds: () => boolean | Promise<boolean>, step = 1_000): Promise<void> {
    while (!(await holds())) {
      await until(async () => this.pace.sleeping.length > 0 || (await holds()));
      this.pace.advance(step);
    }
  }

  async dispose(): Promise<void> {
    for (const { delivery } of this.deliveries) delivery.stop();
    await Promise.all(this.deliveries.map(({ end }) => end));
    await this.records.close();
    rmSync(this.folder, { recursive: true });
  }
}
