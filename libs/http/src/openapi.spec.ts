import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lampApp, type LampApp } from './testing/lamp-app.js';

type Document = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a document of any shape

describe('the description of the API', () => {
  let lamps: LampApp;
  let document: Document;

  beforeAll(async () => {
    lamps = await lampApp({ version: '1.2.3', publicUrl: 'https://keys.example.com' });
    document = (await lamps.send({ path: '/openapi.json' })).json;
  });
  afterAll(() => lamps.close());

  it('is OpenAPI 3.1 with every route once', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Keyledger', version: '1.2.3' },
      servers: [{ url: 'https://keys.example.com' }],
    });
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const served = lamps.routes.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(described.sort()).toEqual(served.sort());
  });

  it('says who may, what goes in, what comes out, and how it may be refused', () => {
    const operation = document.paths['/v1/lamps/{id}/light'].post;
    expect(operation).toMatchObject({
      operationId: 'lampLight',
      summary: 'Light a lamp',
      tags: ['lamps'],
      security: [{ bearer: [] }, { license: [] }, { session: [] }],
      'x-permission': 'license.manage',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object', required: ['watts'], additionalProperties: false } } },
      },
    });
    const parameters = (operation.parameters as Document[]).map(({ name, $ref }) => (name ?? $ref) as string);
    expect(parameters).toEqual([
      'id',
      ...['IdempotencyKey', 'IfMatch', 'Tenant'].map((name) => `#/components/parameters/${name}`),
    ]);
    expect(operation.responses['200'].content['application/json'].schema).toEqual({ $ref: '#/components/schemas/CommandAnswer' });
    const codes = Object.entries(operation.responses).map(([status, response]) => [
      status,
      (response as Document).content['application/problem+json']?.schema.allOf[1].properties.code.enum as string[],
    ]);
    expect(Object.fromEntries(codes)).toMatchObject({
      404: ['lamp.not-found', 'auth.wrong-tenant'],
      409: expect.arrayContaining(['lamp.broken', 'idempotency.in-flight']),
      412: ['precondition.failed'],
      422: expect.arrayContaining(['request.invalid', 'idempotency.key-reused']),
    });
  });

  it('describes lists, their filters and cursors', () => {
    const operation = document.paths['/v1/lamps'].get;
    const byName = Object.fromEntries<Document>(
      (operation.parameters as Document[]).map((parameter) => [parameter.name, parameter]),
    );
    expect(byName.limit).toMatchObject({
      in: 'query',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 25 },
    });
    expect(byName.sort.schema.enum).toEqual(['name', '-name', 'watts', '-watts']);
    expect(byName.watts).toMatchObject({ style: 'form', explode: false, schema: { type: 'array' } });
    expect(operation.responses['200'].content['application/json'].schema).toMatchObject({
      required: ['data', 'page', 'asOf'],
      properties: { data: { items: { $ref: '#/components/schemas/Lamp' } } },
    });
  });

  it('opens public routes to everybody', () => {
    expect(document.paths['/v1/server/about'].get.security).toEqual([]);
    expect(document.paths['/v1/server/about'].get).not.toHaveProperty('x-permission');
  });

  it('refers to nothing that is not there', () => {
    const refs = new Set<string>();
    JSON.stringify(document, (key, value: unknown) => {
      if (key === '$ref') refs.add(value as string);
      return value;
    });
    expect(refs.size).toBeGreaterThan(5);
    for (const ref of refs) {
      const target = ref.slice(2).split('/').reduce<Document>((node, step) => node?.[step], document); // prettier-ignore
      expect([ref, target]).toEqual([ref, expect.anything()]);
    }
    expect(JSON.stringify(document)).not.toMatch(/\$defs|\$schema|keyledger-seal/);
  });

  it('is the same whenever it is made', () => {
    expect(JSON.parse(JSON.stringify(lamps.openApi()))).toEqual(document);
  });
});

describe('the reader of the description', () => {
  let lamps: LampApp;
  beforeAll(async () => {
    lamps = await lampApp();
  });
  afterAll(() => lamps.close());

  it('is served whole, under a policy that lets nothing come from outside', async () => {
    const page = await lamps.send({ path: '/docs' });
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' });
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
    expect(sources).toHaveLength(4);
    for (const path of sources) {
      const answer = await lamps.send({ path });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text.length).toBeGreaterThan(50);
    }
    for (const { headers } of [page, await lamps.send({ path: '/docs/start.js' })]) {
      expect(headers['content-security-policy']).toMatch(/^default-src 'none';script-src 'self';/);
      expect(headers['content-security-policy']).not.toMatch(/https?:|unsafe-eval|script-src [^;]*unsafe-inline|\*/);
    }
  });

  it('serves nothing else of its package, nor of the disk', async () => {
    for (const path of [
      '/docs/',
      '/docs/index.html',
      '/docs/package.json',
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs/..%2fpackage.json',
    ]) {
      expect([path, (await lamps.send({ path })).status]).toEqual([path, 404]);
    }
  });
});
