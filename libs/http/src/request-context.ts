// What a handler is given of a request: who, when, in which tenant, and what the headers ask for.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { FastifyRequest } from 'fastify';
import type { Position } from '#event-store/event-store.js';
import type { CommandContext } from '#kernel/context.js';
import { commandIdOf, newCommandId } from '#kernel/ids.js';
import type { Past } from '#read-models/past.js';
import { currentTraceparent } from '#telemetry/spans.js';
import type { RouteRules } from './allow.js';
import type { ClientFacts } from './client-facts.js';
import { httpErrors } from './http-errors.js';
import { expectedRevisionOf, idempotencyKeyOf, lastEventIdOf, readHeaders, traceparentOf } from './request-headers.js';
import type { Principal } from './principal.js';
import type { Claim } from './replayed.js';

export interface RequestContext {
  readonly principal: Principal;
  readonly tenant: string;
  /** The instant of the request, or of the past that it asks for: ISO 8601, UTC, milliseconds. */
  readonly now: string;
  readonly requestId: string;
  /** Method and pattern of the route: `GET /v1/licenses/:id`. */
  readonly route: string;
  readonly command: CommandContext;
  /** `Keyledger-Position`: a query answers as of this position or later. */
  readonly minPosition?: Position;
  /** How long a query may wait for that position. */
  readonly waitMs: number;
  /** Whether the caller takes an older answer where it ran out of time. */
  readonly stale: boolean;
  /** What is read as of then, where the request asks for the past. */
  readonly past?: Past;
  /** `Idempotency-Key`, where the route is a command and the caller sent one. */
  readonly idempotencyKey?: string;
  /** Where the route can answer by a stream and the caller asked for that. */
  readonly stream?: StreamRequest;
  /** Where the query is another program's. */
  readonly foreignQuery?: URLSearchParams;
  /** Where the client stands, for what concerns logging in. */
  client(): ClientFacts;
}

/** What an answer that goes on needs to know of its request. */
export interface StreamRequest {
  readonly lastEventId?: Position;
  /** Establishes once more who asks. @throws as the guard did, where he may not any more. */
  renew(): Promise<Principal>;
}

/** What the room keeps about a request while it is being answered. */
export interface RequestState {
  readonly rules: RouteRules;
  readonly context: RequestContext;
  /** What the answer says of the command: whether events stand behind it. */
  changed?: boolean;
  /** Of a keyed command, until it is answered. */
  claim?: Claim;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once that is established; also of requests that are refused afterwards. */
    principal?: Principal;
    keyledger?: RequestState;
  }
}

/** Whether a route changes something, so that an idempotency key means something to it. */
export function isCommand(method: string, rules: RouteRules): boolean {
  return method !== 'GET' && method !== 'HEAD' && rules.permission !== null && !rules.query;
}

export interface ContextInput {
  readonly request: FastifyRequest;
  readonly rules: RouteRules;
  readonly principal: Principal;
  readonly now: string;
  /** The longest that a query may wait. */
  readonly waitMs: number;
  readonly renew: StreamRequest['renew'];
  readonly client: RequestContext['client'];
}

/**
 * Reads the headers that belong to every route.
 * @throws `request.invalid` for one that is malformed.
 */
export function contextOf({ request, rules, principal, now, waitMs, renew, client }: ContextInput): RequestContext {
  const key = isCommand(request.method, rules) ? idempotencyKeyOf(request.headers) : undefined;
  const { tenant } = principal;
  const commandId = key === undefined ? newCommandId() : commandIdOf(tenant, principal.actor, key);
  const command: CommandContext = {
    tenant,
    actor: principal.actor,
    now,
    commandId,
    commandHash: key === undefined ? undefined : hashOf(request),
    correlationId: commandId,
    causationId: commandId,
    requestId: request.id,
    traceparent: currentTraceparent() ?? traceparentOf(request.headers),
    expectedRevision: expectedRevisionOf(request.headers),
  };
  return {
    principal,
    tenant,
    now,
    requestId: request.id,
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    command,
    idempotencyKey: key,
    client,
    ...(rules.foreignQuery && { foreignQuery: new URLSearchParams((request.raw.url ?? '').split('?')[1]) }),
    stream: wantsStream(request, rules) ? { lastEventId: lastEventIdOf(request.headers), renew } : undefined,
    ...readHeaders(request.headers, waitMs),
  };
}

function wantsStream({ method, headers }: FastifyRequest, { streams }: RouteRules): boolean {
  if (method !== 'GET' || streams === undefined) return false;
  const accepted = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]!.trim().toLowerCase());
  return accepted.includes(streams);
}

/**
 * SHA-256 over method, route, decoded path parameters and the canonical body: what a retry must repeat.
 * @throws `request.malformed-json` for what has no canonical form: numbers out of range, halves of characters.
 */
function hashOf(request: FastifyRequest): string {
  try {
    const said = canonicalize([request.method, request.routeOptions.url, request.params ?? {}, request.body ?? {}])!;
    return createHash('sha256').update(said).digest('base64url');
  } catch {
    return httpErrors.refuse('request.malformed-json', 'The body holds a number out of range or half a character.');
  }
}
