// Without an SMTP server a mail is told in the log, by its id, and read in the outbox.
import type { Log } from '#http/log.js';
import { Mailer, type OutgoingMail } from './mailer.js';

export class LogMailer extends Mailer {
  override readonly by = 'log';
  override readonly domain = 'keyledger.invalid';

  constructor(private readonly log: Log) {
    super();
  }

  override async send({ id, template }: OutgoingMail): Promise<void> {
    this.log.pino.info({ mail: id, template }, 'a mail stands in the outbox; KEYLEDGER_SMTP_URL is not set, so it goes nowhere');
  }

  override close(): void {}
}
