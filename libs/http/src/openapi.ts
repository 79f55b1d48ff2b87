// The OpenAPI 3.1 document, made from the routes that are served: rules, zod schemas and codes of refusals.
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { mergeUnique, type ErrorDefinition } from '#kernel/errors.js';
import { httpErrors } from './http-errors.js';
import type { HttpOptions } from './http-options.js';
import { jsonSchemaOf, type Components } from './json-schema.js';
import { headerParameters, operationOf } from './openapi-operation.js';
import { statusOf } from './problem.js';
import type { Route } from './routes.js';

const problemSchema = z
  .looseObject({
    type: z.string().meta({ description: 'Names the sort of problem.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'Stable; programs decide by it.' }),
    requestId: z.string(),
    pointers: z
      .array(
        z.strictObject({
          in: z.enum(['body', 'query', 'path', 'header']),
          pointer: z.string().meta({ description: 'A JSON pointer (RFC 6901) into that part.' }),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'A refusal (RFC 9457); facts such as `allowed` and `used` stand beside these members.' });

const SECURITY = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A token: `Authorization: Bearer <token>`. Its tenant is the tenant of the request.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-keyledger-<tenant>',
    description:
      'The session of a user, from `POST /v1/login`. What changes something by it must be sent from a page of the server.',
  },
  license: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'A license key: `Authorization: License <key>`. The tenant is named by the host, by `Keyledger-Tenant`, or by `/t/<tenant>` before the path.',
  },
} as const;

/** @throws Error for a refusal that no table declares, a schema that JSON Schema cannot express, or an operation id that stands twice. */
export function openApiOf(app: INestApplication, routes: readonly Route[], options: HttpOptions): OpenAPIObject {
  const errors = mergeUnique<ErrorDefinition>('error', httpErrors.table, options.errors);
  const components: Components = {};
  jsonSchemaOf(problemSchema, 'output', components);
  const document = SwaggerModule.createDocument(app, headOf(options), {
    operationIdFactory: operationIdOf,
    autoTagControllers: false,
    standardSchemaConverter: (schema, { schemaType }) => ({ schema: jsonSchemaOf(schema as z.ZodType, schemaType, components) }),
  });
  for (const route of routes) {
    const operation = document.paths[route.path.replace(/:(\w+)/g, '{$1}')]![route.method.toLowerCase() as 'get']!;
    const codes = (code: string) => problemCode(route, code, errors);
    Object.assign(
      operation,
      operationOf(route, operation, codes, (schema) => jsonSchemaOf(schema, 'output', components)),
    );
  }
  refuseDoubles(routes);
  document.tags = Object.entries(options.tags).map(([name, description]) => ({ name, description }));
  document.components = {
    schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
    parameters: headerParameters as never,
    securitySchemes: SECURITY,
  };
  return document;
}

function headOf({ version, publicUrl }: HttpOptions): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setTitle('Keyledger')
    .setDescription('License server and customer portal in which every fact is an event.')
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setOpenAPIVersion('3.1.0');
  return (publicUrl === null ? builder : builder.addServer(publicUrl)).build();
}

/** `ProductController.add` is `productAdd`. */
function operationIdOf(controller: string, handler: string): string {
  const thing = controller.replace(/(?:Controller|Http)$/, '');
  return thing.charAt(0).toLowerCase() + thing.slice(1) + handler.charAt(0).toUpperCase() + handler.slice(1);
}

function problemCode(
  route: Route,
  code: string,
  errors: Readonly<Record<string, ErrorDefinition>>,
): { status: number; title: string } {
  const definition = errors[code];
  if (!definition) throw new Error(`${route.controller}.${route.handler} names the refusal "${code}", which no table declares`);
  return { status: statusOf(code, definition.kind), title: definition.title };
}

function refuseDoubles(routes: readonly Route[]): void {
  const seen = new Set<string>();
  for (const { controller, handler } of routes) {
    const id = operationIdOf(controller, handler);
    if (seen.has(id)) throw new Error(`the operation id ${id} stands twice`);
    seen.add(id);
  }
}
