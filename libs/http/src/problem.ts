// From anything thrown to problem+json (RFC 9457); the one place that knows HTTP statuses.
import { HttpException } from '@nestjs/common';
import { DomainError, type ErrorKind, type ErrorPointer } from '#kernel/errors.js';
import { httpErrors } from './http-errors.js';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  'not-allowed': 405,
  conflict: 409,
  precondition: 412,
  'too-large': 413,
  unsupported: 415,
  invalid: 422,
  throttled: 429,
  internal: 500,
  unavailable: 503,
};

/** Refusals of the transport for which HTTP has a status of its own. */
const OWN_STATUS: Readonly<Record<string, number>> = {
  'request.timeout': 408,
  'request.url-too-long': 414,
  'request.headers-too-large': 431,
};

/** What Fastify and Node call their refusals, and what we call them. */
const TRANSPORT: Readonly<Record<string, keyof typeof httpErrors.table>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed-json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed-json',
  FST_ERR_MAX_PARAM_LENGTH: 'request.url-too-long',
  HPE_HEADER_OVERFLOW: 'request.headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export function statusOf(code: string, kind: ErrorKind): number {
  return OWN_STATUS[code] ?? STATUS[kind];
}

/** The refusal that something thrown stands for; `internal.error`, which tells nothing, for what nobody expected. */
export function refusalOf(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const cause = thrown instanceof HttpException ? (thrown.cause ?? thrown) : thrown;
  const code = (cause as { readonly code?: unknown } | null | undefined)?.code;
  const known = typeof code === 'string' ? TRANSPORT[code] : undefined;
  if (known) return httpErrors.error(known);
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (cause as { readonly statusCode?: unknown } | null)?.statusCode;
  if (status === 404) return httpErrors.error('route.not-found');
  if (typeof status === 'number' && status >= 400 && status < 500) return httpErrors.error('request.malformed');
  return httpErrors.error('internal.error');
}

/** A refusal as it is answered. Facts stand beside the standard members and cannot replace them. */
export function problemOf(refusal: DomainError, requestId: string): Problem {
  const { code, definition, facts, pointers } = refusal;
  const status = statusOf(code, definition.kind);
  const body = {
    ...facts,
    type: `urn:keyledger:problem:${code}`,
    title: definition.title,
    status,
    detail: refusal.message,
    code,
    requestId,
    ...(pointers.length > 0 ? { pointers: pointers.map(pointerOf) } : {}),
  };
  return { status, code, headers: headersOf(status, refusal), body };
}

function pointerOf({ in: part = 'body', pointer, detail }: ErrorPointer): Required<ErrorPointer> {
  return { in: part, pointer, detail };
}

function headersOf(status: number, { definition, facts }: DomainError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="keyledger", License realm="keyledger"';
  if (typeof facts.retryAfter === 'number') headers['Retry-After'] = String(facts.retryAfter);
  else if (definition.retryable && (status === 503 || status === 409)) headers['Retry-After'] = '1';
  if (status === 405 && Array.isArray(facts.allowed)) headers.Allow = facts.allowed.join(', ');
  return headers;
}
