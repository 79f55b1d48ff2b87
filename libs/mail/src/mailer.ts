// The way out of the house: one mail handed over, or a reason why not.
import type { Letter } from './mail-template.js';
import type { Addressee } from './outbox-mail.js';

/** A mail as it leaves. */
export interface OutgoingMail {
  readonly tenant: string;
  readonly id: string;
  readonly template: string;
  /** The same at each try, so that a receiver can recognise a repetition. */
  readonly messageId: string;
  readonly to: Addressee;
  readonly letter: Letter;
}

/** A mail that was not taken. `final`: the receiving server will never take it, so trying again is of no use. */
export class NotTaken extends Error {
  constructor(
    message: string,
    readonly final: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export abstract class Mailer {
  /** How it sends; `log`: no mail leaves, the outbox is the mailbox. */
  abstract readonly by: 'smtp' | 'log';
  /** The right part of message ids. */
  abstract readonly domain: string;
  /** @throws NotTaken */
  abstract send(mail: OutgoingMail): Promise<void>;
  abstract close(): void;
}
