// The Fastify server under Nest: limits, request ids, headers of every answer, and refusals of the transport.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import helmet from 'helmet';
import { AnsweringAdapter } from './answering.adapter.js';
import { withoutTenantPath } from './credentials.js';
import { httpErrors } from './http-errors.js';
import type { HttpOptions } from './http-options.js';
import { onlyJsonBodies } from './json-body.js';
import { PROBLEM_TYPE, problemOf, refusalOf } from './problem.js';

/** Of answers to what never reaches a route, which the security plugin does not see. */
const SECURITY_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
const LOOK_FOR_SLOW_MS = 2_000;
const REQUEST_ID = /^[\w.:-]{1,100}$/;

/** A server whose router takes an address for exactly what it says: no folded case, slashes or semicolons. */
export function serverAdapter(options: HttpOptions): AnsweringAdapter {
  const server: FastifyHttpOptions<Server> = {
    logger: false,
    bodyLimit: options.bodyLimit,
    requestTimeout: options.requestTimeout,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    http: {
      maxHeaderSize: options.maxHeaderSize,
      // Node takes the longer one of the two for whole requests, and a minute for the headers is its default.
      headersTimeout: options.requestTimeout,
      // How often Node looks for requests that take too long; by default each of them could take twice its time.
      connectionsCheckingInterval: Math.min(options.requestTimeout / 2, LOOK_FOR_SLOW_MS),
      // Node's own refusal has no body; see `namesOneHost`.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, caseSensitive: true, maxParamLength: 200 },
    rewriteUrl: (request) => withoutTenantPath(request),
    requestIdHeader: false,
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    frameworkErrors: (error, request, reply) => {
      const { status, body } = problemOf(refusalOf(error), request.id);
      const headers = { ...SECURITY_HEADERS, 'X-Request-Id': request.id, 'Content-Type': PROBLEM_TYPE };
      reply.hijack();
      reply.raw.writeHead(status, headers).end(JSON.stringify(body));
    },
    clientErrorHandler: refuseOnSocket,
  };
  return new AnsweringAdapter(server);
}

/**
 * What keeps browsers from doing anything with an answer. Asked for once: the headers never change, and to make
 * them for each request costs more than to parse it.
 */
function securityHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const setHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    strictTransportSecurity: { maxAge: 31_536_000, includeSubDomains: true },
  });
  const response = { setHeader: (name: string, value: string) => void (headers[name] = value), removeHeader: () => undefined };
  setHeaders({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}

/** What every request and answer goes through, besides Nest. */
export function furnish(
  server: FastifyInstance,
  options: HttpOptions,
  forms: ReadonlySet<string>,
  stopping: () => boolean,
): void {
  onlyJsonBodies(server, forms);
  const always = { ...securityHeaders(), 'Cache-Control': 'no-store' };
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(always).header('X-Request-Id', request.id);
    if ((request.raw.url ?? '').length > options.maxUrlLength) done(httpErrors.error('request.url-too-long'));
    else if (!namesOneHost(request.raw)) done(httpErrors.error('request.malformed', 'A request has exactly one Host header.'));
    else done();
  });
  server.server.on('connect', (_request, socket: Socket) => refuseOnSocket(new Error('no tunnels'), socket));
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // A stopping server takes no further request on the connection, but answers this one.
    if (stopping()) void reply.header('Connection', 'close');
    done();
  });
}

/** Where a name of a host stands twice, a proxy before this server may have believed the other one (RFC 9112 §3.2). */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === 'host') hosts++;
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

/** Answers 405 with `Allow` at addresses that know other methods; must be called before routes are registered. */
export function knowMethods(server: FastifyInstance): { refuseOthers(): void } {
  const known = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = known.get(url) ?? new Set<string>();
    for (const name of [method].flat()) methods.add(name);
    known.set(url, methods);
  });
  return {
    refuseOthers() {
      for (const [url, methods] of [...known]) {
        const allowed = [...methods].sort();
        const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter((method) => !methods.has(method));
        const detail = `This address knows ${allowed.join(', ')} only.`;
        const refuse = () => Promise.reject(httpErrors.error('route.method-not-allowed', detail, { allowed }));
        if (others.length > 0) server.route({ url, method: others, onRequest: refuse, handler: refuse, exposeHeadRoute: false });
      }
    },
  };
}

/** The caller's own id where it is harmless in a log, else a new one. */
function requestIdOf(given: unknown): string {
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** What is not even HTTP, or too large to be read as such, has no request to answer: written by hand. */
function refuseOnSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = refusalOf(error);
  const { status, body } = problemOf(
    refusal.code === 'internal.error' ? httpErrors.error('request.malformed') : refusal,
    randomUUID(),
  );
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}
