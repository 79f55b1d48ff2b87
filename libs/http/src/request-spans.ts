import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isTraced, RequestSpan } from '#telemetry/spans.js';
import { traceparentOf } from './request-headers.js';

/** A span per request, as a part of the caller's trace. Hooks are there only where an SDK was loaded before the server. */
export function traceRequests(server: FastifyInstance): void {
  if (!isTraced()) return;
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  server.addHook('onRequest', (request, _reply, done) => {
    const route = request.is404 ? null : (request.routeOptions.url ?? null);
    spans.set(request, new RequestSpan(request.method, route, traceparentOf(request.headers)));
    done();
  });
  // The reading of a body loses what it runs in, so the handler is entered anew.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.run(done);
    else done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(reply.statusCode);
    done();
  });
}
