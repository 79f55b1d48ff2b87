// All routes of an app, from Nest's own metadata: for the boot check, the reference, and the tests that walk them.
import type { INestApplication, Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { z } from 'zod';
import { rulesOf, type RouteRules } from './allow.js';

export interface RouteParameter {
  readonly part: 'body' | 'query' | 'path';
  readonly schema: z.ZodType;
}

export interface Route {
  readonly method: string;
  /** As Fastify writes it: `/v1/licenses/:id`. */
  readonly path: string;
  readonly controller: string;
  readonly handler: string;
  readonly rules: RouteRules;
  readonly parameters: readonly RouteParameter[];
}

const PARTS: Readonly<Record<number, RouteParameter['part']>> = {
  [RouteParamtypes.BODY]: 'body',
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.PARAM]: 'path',
};

/**
 * @throws Error that names every route without `@Allow` or `@Public`, every parameter without a schema, and
 * every schema that would let unknown fields through. Deny by default: such an app does not start.
 */
export function routesOf(app: INestApplication): readonly Route[] {
  const problems: string[] = [];
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const routes = controllers.flatMap(({ metatype }) => controllerRoutes(metatype as Type, problems));
  if (problems.length > 0) throw new Error(`these routes cannot be served:\n${problems.join('\n')}`);
  return routes;
}

const partsOfHandlers = new WeakMap<object, ReadonlySet<RouteParameter['part']>>();

/** Which parts of a request a handler takes. */
export function partsOf(controller: Type, handler: { readonly name: string }): ReadonlySet<RouteParameter['part']> {
  const known = partsOfHandlers.get(handler);
  if (known) return known;
  const parts = new Set(parametersOf(controller, handler.name, '', []).map(({ part }) => part));
  partsOfHandlers.set(handler, parts);
  return parts;
}

function controllerRoutes(controller: Type, problems: string[]): Route[] {
  const prototype = controller.prototype as Record<string, object>;
  const base = Reflect.getMetadata(PATH_METADATA, controller) as string;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((handler) => {
    const path = Reflect.getMetadata(PATH_METADATA, prototype[handler]!) as string | undefined;
    if (path === undefined) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, prototype[handler]!) as number]!;
    const name = `${controller.name}.${handler}`;
    const rules = rulesOf(prototype[handler]!);
    if (!rules) problems.push(`${name} has neither @Allow nor @Public`);
    const parameters = parametersOf(controller, handler, name, problems);
    return rules ? [{ method, path: joined(base, path), controller: controller.name, handler, rules, parameters }] : [];
  });
}

function joined(base: string, path: string): string {
  return `/${[base, path]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')}`;
}

type Arguments = Readonly<Record<string, { readonly data?: unknown; readonly schema?: unknown }>>;

function parametersOf(controller: Type, handler: string, name: string, problems: string[]): RouteParameter[] {
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Arguments;
  return Object.entries(declared).flatMap(([key, { data, schema }]) => {
    if (key.includes('__customRouteArgs__')) return [];
    const part = PARTS[Number(key.split(':')[0])];
    if (!part) problems.push(`${name} takes something of the request that no schema checks; use @Ctx()`);
    else if (typeof data === 'string')
      problems.push(`${name} picks the ${part} member "${data}"; take the whole ${part} with one schema`);
    else if (!isStrict(schema)) problems.push(`${name} has no strict schema for its ${part}`);
    else return [{ part, schema }];
    return [];
  });
}

/** An object schema that refuses unknown fields, or a choice of such. */
function isStrict(schema: unknown): schema is z.ZodType {
  if (schema instanceof z.ZodObject) return schema.def.catchall instanceof z.ZodNever;
  if (schema instanceof z.ZodUnion) return schema.options.every(isStrict);
  return schema instanceof z.ZodPipe && isStrict(schema.in);
}
