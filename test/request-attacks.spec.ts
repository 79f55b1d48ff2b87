// What is sent to the server in somebody's name without his will, tried on every operation that changes something: by pages
// of others, by forms, with two credentials, and with members that nobody asked for.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from '#http/testing/raw-request.js';
import { openLoginApp, type LoginApp } from './support/login-app.js';

interface Operation {
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface Route {
  readonly title: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Where an object has members that callers name, or that browsers add with the years (they are not looked at). */
const NAMED_BY_CALLERS = [
  '/components',
  '/credential',
  '/credential/response',
  '/metadata',
  '/overrides/entitlements',
  '/terms/entitlements',
];
const SOME_ID = '01j00000000000000000000051';

let app: LoginApp;
let session: string;
let own: string;
let components: Readonly<Record<string, Schema>>;
let changing: Route[];
beforeAll(async () => {
  app = await openLoginApp();
  own = app.url;
  session = (await app.loggedIn(await app.ready(app.customer('ada')))).cookie();
  const document = await app.staff.read('/openapi.json');
  components = document.components.schemas;
  changing = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'get')
      .map(([method, operation]) => ({
        title: `${method.toUpperCase()} ${path}`,
        path: path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'version' ? '1' : SOME_ID)),
        operation,
      })),
  );
}, 60_000);
afterAll(() => app.close());

type Headers = Readonly<Record<string, string>>;

async function send({ title, path }: Route, headers: Headers, body: string = '{}'): Promise<readonly [number, string]> {
  const asked = { method: title.split(' ')[0]!, path, headers: { 'content-type': 'application/json', ...headers }, body };
  const { status, json } = await rawRequest(Number(new URL(app.url).port), asked);
  return [status, (json as { code?: string } | undefined)?.code ?? ''];
}

/** To all of these, some at a time. */
async function sendAll(routes: readonly Route[], headers: Headers, body?: string): Promise<[string, number, string][]> {
  const answers: [string, number, string][] = [];
  for (let i = 0; i < routes.length; i += 8) {
    const some = routes.slice(i, i + 8);
    answers.push(
      ...(await Promise.all(
        some.map(async (route): Promise<[string, number, string]> => [route.title, ...(await send(route, headers, body))]),
      )),
    );
  }
  return answers;
}

const takesSession = ({ operation }: Route) => operation.security.some((each) => 'session' in each);
const isForm = ({ operation }: Route) => operation.requestBody?.content['application/x-www-form-urlencoded'] !== undefined;

// Of a request with a session: from where the browser says that it comes, and whether it may change something.
const SITES = ['same-origin', 'same-site', 'cross-site', 'none', null] as const;
const ORIGINS = ['own', 'https://evil.example', 'null', null] as const;
const COMES_THROUGH: readonly (readonly [(typeof SITES)[number], (typeof ORIGINS)[number]])[] = [
  ['same-origin', 'own'],
  ['same-origin', 'https://evil.example'],
  ['same-origin', 'null'],
  ['same-origin', null],
  [null, 'own'],
];
const TABLE = SITES.flatMap((site) => ORIGINS.map((origin) => [site, origin] as const));

const headersOf = (site: string | null, origin: string | null): Headers => ({
  ...(site !== null && { 'sec-fetch-site': site }),
  ...(origin !== null && { origin: origin === 'own' ? own : origin }),
});

describe('a request that a browser sends with its session', () => {
  it('is known of every operation that changes something', () => {
    expect(changing.filter(takesSession).length).toBeGreaterThan(100);
  });

  it.each(TABLE)('from %s with the origin %s: changes something only if it comes from an own page', async (site, origin) => {
    const good = COMES_THROUGH.some((each) => each[0] === site && each[1] === origin);
    const headers = { cookie: session, ...headersOf(site, origin) };
    // An unknown member: what comes through changes nothing all the same.
    for (const [title, status, code] of await sendAll(changing.filter(takesSession), headers, '{"unasked":1}')) {
      if (good) expect([title, code]).not.toEqual([title, 'auth.cross-site']);
      else expect([title, status, code]).toEqual([title, 403, 'auth.cross-site']);
    }
  });

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'as a form sends it (%s) is taken by none',
    async (type) => {
      const headers = { cookie: session, 'sec-fetch-site': 'same-origin', 'content-type': type };
      for (const answer of await sendAll(
        changing.filter((each) => !isForm(each)),
        headers,
        'a=b',
      ))
        expect(answer).toEqual([answer[0], 415, 'request.unsupported-media-type']);
    },
  );

  it('beside a token is refused by every one that takes either, from wherever it comes', async () => {
    for (const authorization of [`Bearer klt_${'x'.repeat(43)}`, 'License KL-SOME-KEY', 'nonsense']) {
      const headers = { cookie: session, authorization, 'sec-fetch-site': 'same-origin' };
      for (const answer of await sendAll(changing.filter(takesSession), headers))
        expect(answer).toEqual([answer[0], 400, 'auth.two-credentials']);
    }
  });
});

describe('an operation that wants no credential', () => {
  /** What they take is in the body, and no session comes of it: a page of others gains nothing by a browser of somebody. */
  const OPEN = [
    'POST /v1/invitations/look-up',
    'POST /v1/invitations/prove',
    'POST /v1/login/{id}/data-deletion',
    'POST /v1/password-reset',
    'POST /v1/password-reset/redeem',
    'POST /v1/setup',
  ];

  it('is not called by pages of others, but for those that are known', async () => {
    const open = [];
    for (const route of changing.filter(({ operation }) => operation.security.length === 0)) {
      const [, code] = await send(route, { 'sec-fetch-site': 'cross-site', 'keyledger-tenant': 'acme' }, '{"unasked":1}');
      if (code !== 'auth.cross-site') open.push(route.title);
    }
    expect(open.sort()).toEqual(OPEN);
  });
});

describe('a body', () => {
  const resolve = (schema: Schema): Schema => (schema.$ref ? components[schema.$ref.split('/').at(-1)!]! : schema);

  /** Where an object takes members that it does not name. */
  function open(schema: Schema, at: string): string[] {
    const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [], allOf = [], type } = resolve(schema);
    const inner = [
      ...Object.entries(properties).flatMap(([name, each]) => open(each, `${at}/${name}`)),
      ...[...anyOf, ...oneOf, ...allOf].flatMap((each) => open(each, at)),
      ...(items ? open(items, `${at}/-`) : []),
    ];
    return type === 'object' && additionalProperties !== false ? [at, ...inner] : inner;
  }

  it('names all its members, however deep, but for those that callers name', () => {
    const found = changing.flatMap(({ operation }) => {
      const schema = operation.requestBody?.content['application/json']?.schema;
      return schema ? open(schema, '') : [];
    });
    expect([...new Set(found)].sort()).toEqual(NAMED_BY_CALLERS);
  });

  it('with a member more is refused by every operation, to whoever may do everything', async () => {
    for (const [member, ...refusal] of [
      ['actor', 422, 'request.invalid'],
      ['__proto__', 400, 'request.malformed-json'],
    ] as const)
      for (const route of changing.filter((each) => 'bearer' in (each.operation.security[0] ?? {}))) {
        const answer = await app.staff.call('POST', route.path, { body: `{"${member}":"acme"}` });
        expect([route.title, answer.status, answer.body.code]).toEqual([route.title, ...refusal]);
      }
  });
});
