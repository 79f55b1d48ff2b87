// `/openapi.json`, and a reader for it at `/docs` that loads nothing from outside.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

/** The reader's own scripts and styles, which it also writes into its page; no other origin. */
const READER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

/** Serves the document; it is made when it is first asked for. */
export function serveDocs(app: NestFastifyApplication, server: FastifyInstance, document: () => OpenAPIObject): void {
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (/^\/docs(?:\/|$)/.test(request.routeOptions.url ?? '')) void reply.header('Content-Security-Policy', READER_POLICY);
    done();
  });
  SwaggerModule.setup('docs', app, document, {
    customSiteTitle: 'Keyledger API',
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
