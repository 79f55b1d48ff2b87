import type { FastifyInstance } from 'fastify';
import type { Log } from './log.js';
import { redactText } from './redact.js';

/** One line per answered request: the pattern of its route, never its address, headers or body. */
export function logRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { principal } = request;
    const line = {
      // The only member that a caller can choose.
      requestId: redactText(request.id),
      method: request.method,
      route: request.is404 ? null : (request.routeOptions.url ?? null),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      tenant: principal?.tenant || undefined,
      actor: principal?.actor,
    };
    log.plain.info(line, 'request');
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    log.pino.info(
      { requestId: request.id, method: request.method, route: request.routeOptions.url ?? null },
      'the client hung up',
    );
    done();
  });
}
