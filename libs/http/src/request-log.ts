import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpObserver } from './http-observer.js';
import type { Log } from './log.js';
import { redactText } from './redact.js';

function routeOf({ is404, routeOptions }: FastifyRequest): string | null {
  return is404 ? null : (routeOptions.url ?? null);
}

/**
 * One line per answered request: the pattern of its route, never its address, headers or body, and nothing of who
 * asked. What an event was caused by leads to its line by the request id, which stands in the event.
 */
export function logRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', (request, reply, done) => {
    const line = {
      // The only member that a caller can choose, where he does.
      requestId: request.headers['x-request-id'] === undefined ? request.id : redactText(request.id),
      method: request.method,
      route: routeOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    log.plain.info(line, 'request');
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    log.pino.info({ requestId: request.id, method: request.method, route: routeOf(request) }, 'the client hung up');
    done();
  });
}

/** How requests end, for whoever measures. Of streams nothing: how long one lasts says nothing about the server. */
export function observeRequests(server: FastifyInstance, observer: HttpObserver): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (reply.getHeader('content-type') !== 'text/event-stream')
      observer.answered(request.method, routeOf(request), reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
