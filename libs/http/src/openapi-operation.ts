// One operation of the OpenAPI document: who may, which headers, which answers, which refusals.
import { z } from 'zod';
import type { RouteRules } from './allow.js';
import type { JsonSchema } from './json-schema.js';
import { isCommand } from './request-context.js';
import { IDEMPOTENCY_KEY, LAST_EVENT_ID, POSITION, SHA256, STALE, TENANT, WAIT } from './request-headers.js';
import type { Route } from './routes.js';
import { commandAnswer, positionSchema } from './schemas.js';

type CodeOf = (code: string) => { readonly status: number; readonly title: string };
type ToSchema = (schema: z.ZodType) => JsonSchema;
type Described = { readonly summary?: string; readonly parameters?: unknown; readonly requestBody?: unknown };

const header = (name: string, description: string, schema: JsonSchema) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

/** Parameters that many operations share, by the names under which they stand in `components`. */
export const headerParameters = {
  IdempotencyKey: header(
    IDEMPOTENCY_KEY,
    'The same key gives the same result, for at least a day; another request under it is refused.',
    {
      type: 'string',
      pattern: '^[!-~]{1,255}$',
    },
  ),
  IfMatch: header('If-Match', 'The ETag that the caller saw: where the revision is another one by now, nothing is changed.', {
    type: 'string',
    pattern: '^("\\d+"|\\*)$',
  }),
  Position: header(POSITION, 'Answer as of this position or later: what an earlier answer said in the header of the same name.', {
    type: 'string',
    pattern: '^\\d{20}$',
  }),
  Wait: header(WAIT, 'How long to wait for that position, in milliseconds; the server has a bound of its own.', {
    type: 'integer',
    minimum: 0,
  }),
  Stale: header(STALE, 'Take an older answer where the position was not reached in time.', { type: 'string', const: 'allow' }),
  LastEventId: header(LAST_EVENT_ID, 'Of a stream: go on after the event with this id; it counts more than `after`.', {
    type: 'string',
    pattern: '^\\d{20}$',
  }),
  Tenant: header(TENANT, 'The tenant, where neither the host nor the path names it.', { type: 'string' }),
};
type Shared = keyof typeof headerParameters;

/** What a route's rules add to what is known of its parameters. */
export function operationOf(route: Route, known: Described, codeOf: CodeOf, toSchema: ToSchema): object {
  const { rules, path } = route;
  return {
    summary: rules.summary,
    ...(rules.description === undefined ? {} : { description: rules.description }),
    tags: [/^\/(?:v1\/)?([^/.]+)/.exec(path)?.[1] ?? 'server'],
    ...(rules.permission === null ? { security: [] } : { security: rules.credentials.map((scheme) => ({ [scheme]: [] })) }),
    ...(rules.permission === null ? {} : { 'x-permission': rules.permission }),
    ...(rules.stepUp ? { 'x-step-up': true } : {}),
    parameters: [...parametersOf(known), ...sharedParameters(route).map((name) => ({ $ref: `#/components/parameters/${name}` }))],
    ...bodyOf(route, known),
    responses: { ...success(route, toSchema), ...refusals(route, codeOf) },
  };
}

function bodyOf({ rules: { example, form } }: Route, { requestBody }: Described): object {
  if (!requestBody || (!example && !form)) return {};
  const { content } = requestBody as { readonly content: Readonly<Record<string, object>> };
  if (form)
    return { requestBody: { ...requestBody, content: { 'application/x-www-form-urlencoded': content['application/json'] } } };
  return { requestBody: { ...requestBody, content: { 'application/json': { ...content['application/json'], example } } } };
}

function parametersOf({ parameters }: Described): object[] {
  return ((parameters ?? []) as { in: string; schema?: { type?: string } }[]).map((parameter) =>
    parameter.in === 'query' && parameter.schema?.type === 'array' ? { ...parameter, style: 'form', explode: false } : parameter,
  );
}

function sharedParameters({ method, rules }: Route): Shared[] {
  if (rules.permission === null) return [];
  const reading: Shared[] = ['Position', 'Wait', 'Stale'];
  const own: Shared[] = isCommand(method, rules) ? ['IdempotencyKey', 'IfMatch'] : reading;
  if (rules.streams !== undefined) own.push('LastEventId');
  return rules.credentials.includes('license') ? [...own, 'Tenant'] : own;
}

function success({ method, rules }: Route, toSchema: ToSchema): object {
  const { status = 200 } = rules;
  const command = isCommand(method, rules);
  const text = (description: string) => ({ description, schema: { type: 'string' } });
  const headers = {
    ...(rules.permission === null
      ? {}
      : { [POSITION]: text(command ? 'Of the last event of the command.' : 'As of which the answer is.') }),
    ...(command
      ? {
          ETag: text('The revision, for If-Match.'),
          'Idempotency-Replayed': text('`true` where the request was answered before.'),
        }
      : {}),
    ...(status === 201 ? { Location: text('Where the new thing stands.') } : {}),
    ...(status === 303 ? { Location: text('Where the browser goes on.') } : {}),
  };
  const files = rules.files?.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
  if (files) {
    const own = { ...headers, [SHA256]: text('The digest of the file, as `sha256sum` prints it.') };
    return { [status]: { description: 'The file.', headers: own, content: Object.fromEntries(files) as object } };
  }
  const schema =
    status === 204 || status === 303
      ? undefined
      : bodySchema(rules.list ?? rules.answer ?? commandAnswer, shapeOf(rules, command), toSchema);
  const streams = rules.streams === undefined ? {} : { [rules.streams]: { schema: { type: 'string' } } };
  const content = schema && { content: { 'application/json': { schema }, ...streams } };
  return { [status]: { description: 'Done.', headers, ...content } };
}

type Shape = 'list' | 'plain' | 'read';

function shapeOf(rules: RouteRules, command: boolean): Shape {
  if (rules.list) return 'list';
  return command || rules.permission === null ? 'plain' : 'read';
}

function bodySchema(schema: z.ZodType, shape: Shape, toSchema: ToSchema): JsonSchema {
  if (shape === 'plain') return toSchema(schema);
  if (shape === 'read') return toSchema(withAsOf(schema));
  const [item, asOf] = [toSchema(schema), toSchema(positionSchema)];
  return {
    type: 'object',
    properties: {
      data: { type: 'array', items: item },
      page: {
        type: 'object',
        properties: {
          limit: { type: 'integer' },
          next: { type: ['string', 'null'], description: 'The cursor of the next page.' },
        },
        required: ['limit', 'next'],
      },
      asOf,
    },
    required: ['data', 'page', 'asOf'],
  };
}

/** As one schema: side by side, the one that names all members of an answer would refuse this one. */
function withAsOf(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodUnion) return z.union((schema.options as z.ZodType[]).map(withAsOf));
  if (!(schema instanceof z.ZodObject)) throw new Error('what is read is answered as an object, or as one of several');
  return schema.safeExtend({ asOf: positionSchema });
}

const AUTH = [
  'auth.required',
  'auth.malformed',
  'auth.invalid',
  'auth.expired',
  'auth.revoked',
  'auth.forbidden',
  'auth.wrong-tenant',
  'access.stale',
];
/** Of routes that take a session, beside those. */
const SESSION = [
  'auth.session-ended',
  'auth.two-credentials',
  'auth.tenant-required',
  'auth.password-change-due',
  'auth.factor-due',
];
const BODY = ['request.malformed-json', 'request.body-too-large', 'request.unsupported-media-type'];
const COMMAND = [
  'idempotency.key-reused',
  'idempotency.in-flight',
  'precondition.failed',
  'command.contended',
  'store.busy',
  'store.full',
  'store.failed',
];
const AS_OF = ['as-of.in-the-future', 'as-of.before-the-first-event', 'as-of.too-much'];
const READ = ['read.not-caught-up', 'read.position-ahead', 'read.unavailable'];

/** The codes with which a route may refuse: its own, and those that come with its kind. */
function codesOf({ method, rules, parameters }: Route): string[] {
  const command = isCommand(method, rules);
  return [
    ...(rules.refusals ?? []),
    ...(rules.permission === null ? [] : AUTH),
    ...(rules.credentials.includes('session') ? SESSION : []),
    ...(rules.stepUp ? ['auth.step-up-needed'] : []),
    ...(rules.credentials.includes('session') && method !== 'GET' ? ['auth.cross-site'] : []),
    ...(rules.credentials.includes('license') ? ['auth.tenant-required'] : []),
    ...(parameters.length > 0 || command ? ['request.invalid'] : []),
    ...(parameters.some(({ part }) => part === 'body') ? BODY : []),
    ...(command ? COMMAND : rules.permission === null ? [] : READ),
    ...(rules.list ? ['read.bad-cursor'] : []),
    ...(rules.asOf ? AS_OF : []),
    ...(rules.unlimited ? [] : ['rate.limited']),
    'internal.error',
  ];
}

function refusals(route: Route, codeOf: CodeOf): object {
  const byStatus = new Map<number, { code: string; title: string }[]>();
  for (const code of new Set(codesOf(route))) {
    const { status, title } = codeOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), { code, title }]);
  }
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(entries.map(([status, codes]) => [status, problemResponse(codes)]));
}

function problemResponse(codes: readonly { readonly code: string; readonly title: string }[]): object {
  const schema = {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code: { enum: codes.map(({ code }) => code) } } },
    ],
  };
  const description = codes.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n');
  return { description, content: { 'application/problem+json': { schema } } };
}
