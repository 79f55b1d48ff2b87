// The served description tells the truth: it is OpenAPI 3.1, what the server answers fits it, and its reader
// loads nothing from outside.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { idSchema } from '#kernel/ids.js';
import { send, type Case, type Credentials } from './support/tour.js';
import { startTwoTours, type TwoTours } from './support/two-tours.js';
import { titleOf } from './support/walk.js';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object; readonly example?: object }>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly string[];
  readonly parameters: readonly { readonly in?: string; readonly name?: string; readonly $ref?: string }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}

let two: TwoTours;
let cases: readonly Case[];
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document as a client finds it
let document: any;
let operations: ReadonlyMap<string, Operation>;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addFormat('keyledger-id', (text: string) => idSchema.safeParse(text).success);

beforeAll(async () => {
  two = await startTwoTours();
  cases = two.acme.tour.cases;
  document = (await send(two.server.url, {}, { method: 'GET', path: '/openapi.json' })).json;
  operations = new Map(
    Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    ),
  );
}, 60_000);
afterAll(() => two.server.dispose());

const compiled = new Map<object, ValidateFunction>();

/** A schema of the document, which finds the components that it refers to. */
function validatorOf(schema: object): ValidateFunction {
  const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components });
  compiled.set(schema, validate);
  return validate;
}

function answerSchema(each: Pick<Case, 'method' | 'route'>, status: number, type: string): ValidateFunction | undefined {
  const declared = operations.get(titleOf(each))?.responses[status]?.content?.[type];
  return declared && validatorOf(declared.schema);
}

describe('the OpenAPI document', () => {
  it('is of version 3.1, and every schema in it can be compiled', () => {
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\.\d+$/), info: { title: 'Keyledger' } });
    expect(document.info.version).toMatch(/^\d+\.\d+\.\d+/);
    const schemas = Object.values(document.components.schemas as Record<string, object>);
    const contents = [...operations.values()].flatMap(({ responses, requestBody }) => [
      ...Object.values(responses),
      requestBody ?? {},
    ]);
    schemas.push(...contents.flatMap(({ content = {} }) => Object.values(content).map(({ schema }) => schema)));
    expect(schemas.length).toBeGreaterThan(200);
    for (const schema of schemas) expect(() => validatorOf(schema)).not.toThrow();
  });

  it('gives every operation a name of its own, a summary, a tag, and who may call it', () => {
    const schemes = Object.keys(document.components.securitySchemes);
    for (const [route, operation] of operations) {
      expect([route, operation.operationId]).toEqual([route, expect.stringMatching(/^[a-z][A-Za-z]+$/)]);
      expect([route, operation.summary]).toEqual([route, expect.stringMatching(/^[A-Z].{5,}/)]);
      expect([route, operation.tags]).toEqual([route, [expect.any(String)]]);
      expect(schemes).toEqual(expect.arrayContaining(operation.security.flatMap((scheme) => Object.keys(scheme))));
      const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([route, named.sort()]).toEqual([route, [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()]);
    }
    const ids = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every tag what it is about, and of no other', () => {
    const used = new Set([...operations.values()].flatMap(({ tags }) => tags));
    const described = document.tags as readonly { name: string; description: string }[];
    expect(described.map(({ name }) => name).sort()).toEqual([...used].sort());
    for (const { name, description } of described)
      expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].{10,}\.$/)]);
  });

  it('shows a body that it accepts where callers begin', () => {
    const wrong: string[] = [];
    const shown = [...operations].flatMap(([route, { requestBody }]) => {
      const { example, schema } = requestBody?.content?.['application/json'] ?? {};
      if (!example || !schema) return [];
      if (!validatorOf(schema)(example)) wrong.push(`${route}: ${ajv.errorsText(validatorOf(schema).errors)}`);
      return [route];
    });
    expect(wrong).toEqual([]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ...['POST /v1/setup', 'POST /v1/tokens', 'POST /v1/organizations', 'POST /v1/contacts', 'POST /v1/products'],
        ...['POST /v1/policies', 'POST /v1/licenses', 'POST /v1/licenses/{id}/activations', 'POST /v1/licenses/{id}/validate'],
        ...['POST /v1/license/activations', 'POST /v1/license/validate'],
      ]),
    );
  });

  it('describes every answer that the tour was given', () => {
    const wrong = cases.flatMap((each) => {
      const { status } = each.answer;
      if (status === 204 || status === 303) return each.answer.text === '' ? [] : [`${titleOf(each)} answers ${status} and more`];
      const type = each.answer.headers['content-type']!.split(';')[0]!;
      const validate = answerSchema(each, each.answer.status, type);
      if (validate && type !== 'application/json') return validate(each.answer.text) ? [] : [`${titleOf(each)}: ${type}`];
      if (!validate) return [`${titleOf(each)} does not declare ${each.answer.status}`];
      return validate(each.answer.json) ? [] : [`${titleOf(each)}: ${ajv.errorsText(validate.errors)}`];
    });
    expect(wrong).toEqual([]);
  });

  it('accepts every body that the tour sent, and none with an unknown field', () => {
    const wrong = cases.flatMap((each) => {
      const isForm = typeof each.body === 'string';
      const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
      const body = isForm ? Object.fromEntries(new URLSearchParams(each.body)) : each.body;
      const declared = operations.get(titleOf(each))?.requestBody?.content?.[type];
      if (!declared) return Object.keys(body ?? {}).length > 0 ? [`${titleOf(each)} declares no body`] : [];
      const validate = validatorOf(declared.schema);
      const [right, more] = [validate(body), validate({ ...(body as object), surprise: 1 })];
      return right && !more ? [] : [`${titleOf(each)}: ${right ? 'takes unknown fields' : JSON.stringify(each.body)}`];
    });
    expect(wrong).toEqual([]);
  });

  it('is not satisfied by anything else', () => {
    const validate = answerSchema({ method: 'GET', route: '/v1/organizations/{id}' }, 200, 'application/json')!;
    const { answer } = two.acme.tour.byRoute().get('GET /v1/organizations/{id}')!;
    expect(validate(answer.json)).toBe(true);
    expect(validate({ ...answer.json, name: 7 })).toBe(false);
    expect(validate({ ...answer.json, secret: 'shown' })).toBe(false);
  });
});

describe('every refusal', () => {
  const NOBODY: Credentials = {};

  /** What is wrong with a refusal as the document has it. */
  function undocumented(each: Case, { status, headers, json }: Case['answer']): readonly string[] {
    if (status < 300) return [];
    const validate = answerSchema(each, status, 'application/problem+json');
    if (!headers['content-type']?.startsWith('application/problem+json')) return [`${titleOf(each)}: ${headers['content-type']}`];
    if (!validate) return [`${titleOf(each)} does not declare ${status} ${json.code}`];
    return validate(json) ? [] : [`${titleOf(each)}: ${json.code} ${ajv.errorsText(validate.errors)}`];
  }

  it.each([
    ['without a credential', (each: Case) => ({ credentials: NOBODY, asked: each })],
    ['with a foreign one', (each: Case) => ({ credentials: two.beta.tour.credentials[each.who], asked: each })],
    ['with a body that is none', (each: Case) => ({ credentials: own(each), asked: { ...each, body: '{' } })],
    ['with an unknown field', (each: Case) => ({ credentials: own(each), asked: { ...each, body: { surprise: 1 } } })],
    ['at an old revision', (each: Case) => ({ credentials: { ...own(each), 'if-match': '"999999"' }, asked: each })],
    ['a second time', (each: Case) => ({ credentials: own(each), asked: each })],
  ])('is documented for its route: %s', async (_, make) => {
    const wrong: string[] = [];
    let refused = 0;
    for (const each of cases) {
      const { credentials, asked } = make(each);
      const isJson: Credentials = typeof asked.body === 'string' ? { 'content-type': 'application/json' } : {};
      const answer = await send(two.server.url, { ...credentials, ...isJson }, asked);
      if (answer.status >= 300) refused++;
      wrong.push(...undocumented(each, answer));
    }
    expect(refused).toBeGreaterThan(5);
    expect([...new Set(wrong)]).toEqual([]);
  });

  const own = (each: Case): Credentials => two.acme.tour.credentials[each.who];
});

describe('the reader at /docs', () => {
  const get = (path: string) => send(two.server.url, {}, { method: 'GET', path });

  it('loads nothing from outside', async () => {
    const page = await get('/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } });
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(loaded.length).toBeGreaterThan(2);
    for (const address of loaded) {
      expect(address).toMatch(/^\/docs\/[\w.-]+$/);
      expect((await get(address)).status).toBe(200);
    }
    expect(page.text).not.toMatch(/https?:|\/\/[a-z]/i);
    const { text: start } = await get('/docs/start.js');
    expect(start).toContain("'/openapi.json'");
    expect(start).toContain('validatorUrl: null');
    expect(start).not.toMatch(/https?:/);
    expect((await get('/docs/swagger-ui.css')).text).not.toMatch(/@import|url\(["']?(?:https?:)?\/\//);
  });

  it('could not even if its script wanted to', async () => {
    const policy = (await get('/docs')).headers['content-security-policy']!;
    expect(policy).toContain("default-src 'none'");
    for (const directive of policy.split(';')) expect(directive).not.toMatch(/https?:|\*|unsafe-eval|script-src.*unsafe/);
  });
});
