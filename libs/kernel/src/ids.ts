// Ids and stream names. An id is a UUID written as 26 characters of lower-case Crockford base32,
// so that it holds neither `-` nor `~`, which separate the parts of a stream's name (DESIGN §6).
import { parse, v4, v5, v7 } from 'uuid';
import { z } from 'zod';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_PATTERN = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;
const NAMESPACE = '6d1f5a52-5c4c-5b0e-9a55-1d4a7c0f6e11';

/** An id of anything that the product keeps. */
export const idSchema = z.string().regex(ID_PATTERN, 'must be an id of 26 characters').meta({ format: 'keyledger-id' });

/** A tenant is named by its slug, chosen once: it stands in stream names, links and host names. */
export const tenantSlugSchema = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])$/, 'must be 2 to 32 lower-case letters, digits or hyphens, starting with a letter');

/** The tenant in whose name the installation keeps its own facts. No vendor can take this slug: it has no letter first. */
export const SYSTEM_TENANT = '0system';

function base32(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = ALPHABET[Number(value & 31n)]! + text;
    value >>= 5n;
  }
  return text;
}

/** A new id; the first ones made sort before the later ones (UUIDv7, RFC 9562 §5.7). Not for rules: they use {@link deriveId}. */
export function newId(): string {
  return base32(parse(v7()));
}

/** A new command id for a request that brings no `Idempotency-Key`. Nothing is ever sorted by it: random, which takes a tenth. */
export function newCommandId(): string {
  return v4();
}

/** The command id of a principal's idempotency key: UUIDv5 (RFC 9562 §5.5) of tenant, principal and key. */
export function commandIdOf(tenant: string, principal: string, idempotencyKey: string): string {
  return v5(JSON.stringify([tenant, principal, idempotencyKey]), NAMESPACE);
}

/** The command id of item `number` of a batch. */
export function itemCommandId(batchCommandId: string, number: number): string {
  return v5(`item:${number}`, batchCommandId);
}

/** An id that the same command always yields, so that a retried create makes the same thing. */
export function deriveId(commandId: string, label: string): string {
  return base32(parse(v5(`id:${label}`, commandId)));
}

/** The id of event `index` of a command: the same for a retry, so that a store can recognise it. */
export function eventIdOf(commandId: string, index: number): string {
  return v5(`event:${index}`, commandId);
}

export interface StreamName {
  readonly category: string;
  readonly tenant: string;
  readonly id: string;
}

/** `<category>-<tenant>~<id>`; the category ends at the first `-`, the tenant at the first `~`. */
export function streamName(category: string, tenant: string, id: string): string {
  return `${category}-${tenant}~${id}`;
}

/** The parts of a stream's name. @throws Error where it is not one of ours. */
export function parseStreamName(stream: string): StreamName {
  const dash = stream.indexOf('-');
  const tilde = stream.indexOf('~', dash);
  if (dash < 1 || tilde < 0) throw new Error(`not a stream of ours: ${stream}`);
  return { category: stream.slice(0, dash), tenant: stream.slice(dash + 1, tilde), id: stream.slice(tilde + 1) };
}
