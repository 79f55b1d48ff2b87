// The headers that every route understands, each parsed strictly.
import type { IncomingHttpHeaders } from 'node:http';
import type { Position } from '#event-store/event-store.js';
import { httpErrors } from './http-errors.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const POSITION = 'Keyledger-Position';
/** Of a file: its digest in hexadecimal, as `sha256sum` prints it. */
export const SHA256 = 'Keyledger-Sha256';
export const WAIT = 'Keyledger-Wait';
export const STALE = 'Keyledger-Stale';
export const LAST_EVENT_ID = 'Last-Event-ID';
export const TENANT = 'Keyledger-Tenant';

const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;
const ETAG_PATTERN = /^"(0|[1-9]\d{0,14})"$/;
const TRACEPARENT_PATTERN = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

function wrong(name: string, detail: string): never {
  throw httpErrors.error('request.invalid', `The header ${name} is not acceptable: ${detail}.`, {}, [
    { in: 'header', pointer: `/${name.toLowerCase()}`, detail },
  ]);
}

/** 1 to 255 visible ASCII characters. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headerOf(headers, IDEMPOTENCY_KEY);
  if (value !== undefined && !KEY_PATTERN.test(value)) wrong(IDEMPOTENCY_KEY, 'must be 1 to 255 visible ASCII characters');
  return value;
}

/** `If-Match` (RFC 9110 §13.1.1) with one strong entity tag, the revision; `*` asks for nothing here. */
export function expectedRevisionOf(headers: IncomingHttpHeaders): number | undefined {
  const value = headerOf(headers, 'If-Match');
  if (value === undefined || value === '*') return undefined;
  const revision = ETAG_PATTERN.exec(value)?.[1];
  if (revision === undefined) return wrong('If-Match', 'must be one ETag of an earlier answer, such as "3" with its quotes');
  return Number(revision);
}

/** What a query may ask for about the age of its answer. */
export function readHeaders(
  headers: IncomingHttpHeaders,
  waitMs: number,
): { minPosition?: Position; waitMs: number; stale: boolean } {
  const minPosition = headerOf(headers, POSITION);
  if (minPosition !== undefined && !/^\d{20}$/.test(minPosition))
    wrong(POSITION, 'must be a position of an earlier answer: 20 digits');
  const wait = headerOf(headers, WAIT);
  if (wait !== undefined && !/^\d{1,6}$/.test(wait)) wrong(WAIT, 'must be a number of milliseconds');
  const stale = headerOf(headers, STALE);
  if (stale !== undefined && stale !== 'allow') wrong(STALE, 'must be `allow`');
  return { minPosition, waitMs: wait === undefined ? waitMs : Math.min(Number(wait), waitMs), stale: stale === 'allow' };
}

/** Where a reader of server-sent events was: the `id` of the last one that it saw. */
export function lastEventIdOf(headers: IncomingHttpHeaders): Position | undefined {
  const value = headerOf(headers, LAST_EVENT_ID);
  if (value === undefined || value === '') return undefined;
  return /^\d{20}$/.test(value) ? value : wrong(LAST_EVENT_ID, 'must be the id of an event: 20 digits');
}

/** W3C Trace Context; a malformed one is ignored, as its specification asks. */
export function traceparentOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headerOf(headers, 'traceparent');
  return value !== undefined && TRACEPARENT_PATTERN.test(value) ? value : undefined;
}
