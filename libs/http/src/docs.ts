// `/openapi.json`, and a reader for it at `/docs` that loads nothing from outside: four files of one package,
// named here, so that no path of a request ever reaches the file system.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Keyledger API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="reader"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reader', deepLinking: true, validatorUrl: null });\n`;

/** Only this server; the reader writes styles into its page, and small pictures as data. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** Serves the document, which is made when it is first asked for, and its reader. */
export function serveDocs(server: FastifyInstance, document: () => OpenAPIObject): void {
  const text = once(() => JSON.stringify(document()));
  server.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(text()));
  serve(server, '/docs', 'text/html; charset=utf-8', () => PAGE);
  serve(server, '/docs/start.js', 'text/javascript; charset=utf-8', () => START);
  for (const [name, type] of Object.entries(FILES)) {
    serve(
      server,
      `/docs/${name}`,
      type,
      once(() => readFileSync(createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`))),
    );
  }
}

function serve(server: FastifyInstance, path: string, type: string, content: () => string | Buffer): void {
  server.get(path, (_request, reply) =>
    reply.headers({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' }).type(type).send(content()),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
