// A mail as the outbox keeps it: what it is in the open, what it says sealed with the key of who gets it.
import { decrypt, encrypt, type Keyring } from '#event-store/keyring.js';
import type { Letter } from './mail-template.js';

/**
 * `queued` is tried until it is `sent`. `failed`: the receiving server will never take it. `parked`: given up after a day
 * of tries. `suppressed`: never sent, because its time was over or the person is gone.
 */
export const MAIL_STATES = ['queued', 'sent', 'failed', 'parked', 'suppressed'] as const;
export type MailState = (typeof MAIL_STATES)[number];

export type OutboxMail = {
  readonly id: string;
  readonly state: MailState;
  readonly template: string;
  readonly contactId: string;
  /** Ids of other contacts whom it tells of. */
  readonly about: readonly string[];
  readonly queuedAt: string;
  /** From when the tries count: parked a day later. */
  readonly triedFrom: string;
  readonly changedAt: string;
  /** From then on it is not sent any more. */
  readonly until: string | null;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly sentAt: string | null;
  /** By which way it was sent. */
  readonly by: 'smtp' | 'log' | null;
  readonly messageId: string | null;
  /** Why the last try failed, without addresses. */
  readonly error: string | null;
  /** {@link Content}, as JSON. */
  readonly sealed: string;
};

export interface Addressee {
  readonly address: string;
  readonly name: string | null;
}

/** What only the person's key opens. */
export interface Content {
  readonly to: Addressee;
  readonly subject: string;
  /** With the secrets hidden. */
  readonly hidden: string;
  /** Whole; gone once it has left the installation. */
  readonly letter: Letter | null;
}

const bound = (tenant: string, id: string): string => JSON.stringify([tenant, 'outbox', id]);

type Mail = Pick<OutboxMail, 'id' | 'contactId'>;

/** Seals with the person's key, which is made where there is none yet. */
export async function sealContent(keyring: Keyring, tenant: string, { id, contactId }: Mail, content: Content): Promise<string> {
  const key = await keyring.subjectKey(tenant, contactId);
  return encrypt(key, Buffer.from(JSON.stringify(content)), bound(tenant, id));
}

/** Null once the person's key is destroyed. @throws Error where the mail was altered. */
export async function openContent(
  keyring: Keyring,
  tenant: string,
  { id, contactId, sealed }: Mail & Pick<OutboxMail, 'sealed'>,
): Promise<Content | null> {
  const key = await keyring.findSubjectKey(tenant, contactId);
  return key && (JSON.parse(decrypt(key, sealed, bound(tenant, id)).toString()) as Content);
}
