// Makes the HTTP app: the same one for the server, for tests, and for the generator of the reference.
import 'reflect-metadata';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { mergeUnique, type ErrorDefinition } from '#kernel/errors.js';
import { serveDocs } from './docs.js';
import { httpErrors } from './http-errors.js';
import { HttpObserver } from './http-observer.js';
import { HttpModule } from './http.module.js';
import { HttpOptions } from './http-options.js';
import { createLog, NestLog, type Log } from './log.js';
import { openApiOf } from './openapi.js';
import { Readiness } from './readiness.js';
import { logRequests, observeRequests } from './request-log.js';
import { traceRequests } from './request-spans.js';
import { routesOf, type Route } from './routes.js';
import { furnish, knowMethods, serverAdapter } from './server.js';

@Module({})
class HttpApp {}

export interface CreatedApp {
  readonly app: NestFastifyApplication;
  /** Every route of the app's controllers, with its rules and schemas. */
  readonly routes: readonly Route[];
  /** The OpenAPI document of these routes. */
  openApi(): OpenAPIObject;
}

/**
 * Builds the app, ready to `listen` or to be asked by `inject`. `app.enableShutdownHooks()` is the caller's.
 * @throws Error where a route has no rules, a parameter no strict schema, or a code stands twice.
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  settings: Partial<HttpOptions> = {},
  log: Log = createLog(),
  observer?: HttpObserver,
): Promise<CreatedApp> {
  const options = new HttpOptions(settings);
  mergeUnique<ErrorDefinition>('error', httpErrors.table, options.errors);
  const adapter = serverAdapter(options);
  const server = adapter.getInstance<FastifyInstance>();
  const methods = knowMethods(server);
  const root: DynamicModule = {
    module: HttpApp,
    imports: [HttpModule.with(options, log, observer ?? new HttpObserver()), module as Type],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLog(log),
    bodyParser: false,
    abortOnError: false,
  });
  const readiness = app.get(Readiness);
  const forms = new Set<string>();
  furnish(server, options, forms, () => readiness.stopping);
  traceRequests(server);
  logRequests(server, log);
  if (observer) observeRequests(server, observer);
  const routes = routesOf(app);
  for (const { path, rules } of routes) if (rules.form) forms.add(path);
  const openApi = () => openApiOf(app, routes, options);
  serveDocs(server, openApi);
  await app.init();
  methods.refuseOthers();
  await server.ready();
  return { app, routes, openApi };
}
