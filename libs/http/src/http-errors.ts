import { defineErrors } from '#kernel/errors.js';

/** Refusals of the HTTP room: what is wrong with a request before any context sees it. */
export const httpErrors = defineErrors({
  'request.malformed': { kind: 'malformed', title: 'The request cannot be read.' },
  'request.malformed-json': {
    kind: 'malformed',
    title: 'The body is not JSON in UTF-8, is nested deeper than 32 levels, or holds a forbidden key.',
  },
  'request.invalid': {
    kind: 'invalid',
    title: 'The request can be read, but parts of it are not acceptable; `pointers` names them.',
  },
  'request.unsupported-media-type': { kind: 'unsupported', title: 'A body must be application/json in UTF-8.' },
  'request.body-too-large': { kind: 'too-large', title: 'The body is larger than this server accepts.' },
  'request.url-too-long': { kind: 'too-large', title: 'The address, or a part of it, is longer than this server accepts.' },
  'request.headers-too-large': { kind: 'too-large', title: 'The headers are larger than this server accepts.' },
  'request.timeout': { kind: 'malformed', title: 'The request did not arrive in time.', retryable: true },
  'route.not-found': { kind: 'missing', title: 'There is nothing at this address.' },
  'route.method-not-allowed': {
    kind: 'not-allowed',
    title: 'This address does not know the method; `Allow` names those that it knows.',
  },
  'auth.required': {
    kind: 'unauthenticated',
    title:
      'This address wants a credential: a session (log in by POST /v1/login), `Authorization: Bearer <token>` or `Authorization: License <key>`.',
  },
  'auth.malformed': {
    kind: 'unauthenticated',
    title: 'The Authorization header is neither `Bearer <token>` nor `License <key>`, or a session cookie stands twice.',
  },
  'auth.two-credentials': {
    kind: 'malformed',
    title: 'The request brings a session cookie and an Authorization header: send one of the two.',
  },
  'auth.cross-site': {
    kind: 'forbidden',
    title:
      'What changes something by a session, and logging in itself, must be sent from a page of this server; a client that is no browser sends `Origin` with the address of the server.',
  },
  'auth.session-ended': {
    kind: 'unauthenticated',
    title: 'The session has ended, or was never one: log in again.',
  },
  'auth.password-change-due': {
    kind: 'forbidden',
    title: 'The password was set by somebody else and must be changed first: POST /v1/me/password.',
  },
  'auth.factor-due': {
    kind: 'forbidden',
    title:
      'This login must have a second factor, and the session has none: add one (POST /v1/me/factors/totp/begin), or prove the one that is there (POST /v1/me/step-up).',
  },
  'auth.step-up-needed': {
    kind: 'forbidden',
    title:
      'This wants somebody who has proved lately who he is: do so by one of `ways` (POST /v1/me/step-up; by a provider: log in anew), then ask again.',
  },
  'auth.invalid': {
    kind: 'unauthenticated',
    title: 'The credential is not valid.',
    keygen: 'TOKEN_INVALID',
    cryptlex: 'INVALID_ACCESS_TOKEN',
  },
  'auth.expired': { kind: 'unauthenticated', title: 'The credential has expired.', keygen: 'TOKEN_EXPIRED' },
  'auth.revoked': { kind: 'unauthenticated', title: 'The credential was revoked.' },
  'auth.forbidden': {
    kind: 'forbidden',
    title: 'The credential does not give the right to do this.',
    keygen: 'TOKEN_NOT_ALLOWED',
  },
  'auth.tenant-required': {
    kind: 'malformed',
    title:
      'A license key, and a login, belong to one tenant: name it by the host, by the header Keyledger-Tenant or by the path /t/<tenant>/v1/….',
  },
  'auth.wrong-tenant': {
    kind: 'missing',
    title: 'The tenant that the request names by host, header or path is not the one of the credential.',
  },
  'access.stale': {
    kind: 'unavailable',
    title: 'Rights are not known up to date at the moment; nothing was decided on old ones.',
    retryable: true,
  },
  'access.not-effective': {
    kind: 'unavailable',
    title: 'The change is made, but rights do not follow it yet; ask again with the same Idempotency-Key.',
    retryable: true,
  },
  'idempotency.in-flight': {
    kind: 'conflict',
    title: 'The first request with this idempotency key is still under way.',
    retryable: true,
  },
  'rate.limited': {
    kind: 'throttled',
    title: 'Too many requests; `Retry-After` says when to come back.',
    retryable: true,
    keygen: 'TOO_MANY_REQUESTS',
  },
  'read.position-ahead': {
    kind: 'invalid',
    title: 'The position lies beyond the end of the log: this server never gave it.',
  },
  'server.not-ready': {
    kind: 'unavailable',
    title: 'The server stops, or is still building what it answers from.',
    retryable: true,
  },
  'internal.error': { kind: 'internal', title: 'Something went wrong on our side; the request id names it in our logs.' },
});
