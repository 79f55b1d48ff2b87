// Mails by SMTP (RFC 5321): one connection each, encrypted where the server can, always where a password is sent.
import { createTransport, type Transporter } from 'nodemailer';
import type { SentMessageInfo, Options } from 'nodemailer/lib/smtp-transport/index.js';
import { redactText } from '#http/redact.js';
import { Mailer, NotTaken, type OutgoingMail } from './mailer.js';

/** How long a server may take for its answers, in milliseconds. */
export interface Patience {
  readonly connect: number;
  readonly answer: number;
}

const PATIENCE: Patience = { connect: 10_000, answer: 30_000 };
/** What the server said of this mail or its addressee; other errors are about the server, and pass. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

type SmtpError = Error & { readonly code?: string; readonly responseCode?: number };

export class SmtpMailer extends Mailer {
  override readonly by = 'smtp';
  override readonly domain: string;
  private readonly transport: Transporter<SentMessageInfo, Options>;

  /** @param url `smtp://` or `smtps://`, with user and password where the server wants them. */
  constructor(
    url: URL,
    private readonly from: { readonly address: string; readonly name: string },
    patience: Patience = PATIENCE,
  ) {
    super();
    this.domain = from.address.slice(from.address.lastIndexOf('@') + 1);
    this.transport = createTransport(transportOptions(url, patience));
  }

  override async send({ messageId, to, letter }: OutgoingMail): Promise<void> {
    const { subject, text, html } = letter;
    const addressee = to.name === null ? to.address : { name: to.name, address: to.address };
    // Servers answer such a mail neither with a holiday note nor with a receipt (RFC 3834).
    const headers = { 'Auto-Submitted': 'auto-generated' };
    const safe = { disableFileAccess: true, disableUrlAccess: true };
    try {
      await this.transport.sendMail({ ...safe, from: this.from, to: addressee, subject, text, html, messageId, headers });
    } catch (error) {
      const { code = '', responseCode = 0, message } = error as SmtpError;
      const final = ABOUT_THE_MAIL.has(code) && responseCode >= 500 && responseCode < 600;
      throw new NotTaken(redactText(message).slice(0, 500), final, error);
    }
  }

  override close(): void {
    this.transport.close();
  }
}

function transportOptions(url: URL, { connect, answer }: Patience): Options {
  const secure = url.protocol === 'smtps:';
  const auth =
    url.username === '' ? undefined : { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: auth !== undefined && !LOOPBACK.has(url.hostname),
    auth,
    dnsTimeout: connect,
    connectionTimeout: connect,
    greetingTimeout: connect,
    socketTimeout: answer,
  };
}
