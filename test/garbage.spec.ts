// Every route, asked wrongly: what nobody meant is refused with a code, changes nothing, and never breaks the server.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import type { RawAnswer } from '#http/testing/raw-request.js';
import type { Body } from './support/client.js';
import { expectEqualToRebuild } from './support/rebuild.js';
import { send, type Case, type Credentials, type Sending } from './support/tour.js';
import { startTwoTours, type TwoTours } from './support/two-tours.js';
import { titleOf } from './support/walk.js';

let two: TwoTours;
let cases: readonly Case[];
let log: ReturnType<typeof SqliteEventStore.openReader>;
beforeAll(async () => {
  two = await startTwoTours();
  cases = two.acme.tour.cases.filter(({ route }) => route !== '/v1/setup');
  log = SqliteEventStore.openReader(two.server.folder);
}, 60_000);
afterAll(async () => {
  await log.close();
  await expectEqualToRebuild(two.server);
  await two.server.dispose();
}, 60_000);

const own = ({ who }: Case): Credentials => two.acme.tour.credentials[who];
const posts = () => cases.filter(({ method }) => method === 'POST');
const guarded = () => cases.filter(({ who }) => who !== 'anyone');

interface Wrong {
  readonly asked: Sending;
  readonly headers?: Credentials;
}

/** Asks all cases wrongly; answers those that were not refused with this status and code, or changed something. */
async function notRefused(
  over: readonly Case[],
  status: number,
  code: string,
  wrongly: (each: Case) => Wrong,
): Promise<string[]> {
  const before = await log.head();
  const bad: string[] = [];
  for (const each of over) {
    const { asked, headers } = wrongly(each);
    const answer = await send(two.server.url, { ...own(each), ...headers }, asked);
    if (answer.status !== status || answer.json?.code !== code)
      bad.push(`${titleOf(each)}: ${answer.status} ${answer.text.slice(0, 150)}`);
  }
  if ((await log.head()) !== before) bad.push('something was changed');
  return bad;
}

const text = (each: Case, body: string, type = 'application/json'): Wrong => ({
  asked: { ...each, body },
  headers: { 'content-type': type },
});
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

/** Names under which the product keeps what no caller decides: whose a thing is, what it became, what somebody may. */
const INTERNAL: Readonly<Record<string, unknown>> = {
  tenantId: 'beta',
  id: '0'.repeat(26),
  status: 'active',
  roles: ['administrator'],
  kind: 'staff',
  position: 1,
  erased: false,
};

/** Whether the described body has a field of that name anywhere, in the components that it refers to as well. */
function takes(document: Body, { route, method }: Case, name: string): boolean {
  const { requestBody } = document.paths[route][method.toLowerCase()];
  let described = JSON.stringify(requestBody ?? {});
  for (const [, component] of described.matchAll(/#\/components\/schemas\/([\w.-]+)/g))
    described += JSON.stringify(document.components.schemas[component!]);
  return described.includes(`"${name}":`);
}

describe('every route refuses', () => {
  it('a field of a body that it does not know', async () => {
    const wrongly = (each: Case) => ({ asked: { ...each, body: { ...(each.body as object), tenant: 'beta' } } });
    const bad = await notRefused(posts(), 422, 'request.invalid', wrongly);
    expect(bad).toEqual([]);
  });

  it('what the product keeps of a thing and nobody sends, where it is no field of the body', async () => {
    const document = (await send(two.server.url, {}, { method: 'GET', path: '/openapi.json' })).json;
    const unmeant: string[] = [];
    let tried = 0;
    for (const [name, value] of Object.entries(INTERNAL)) {
      const over = posts().filter((each) => !takes(document, each, name));
      const wrongly = (each: Case) => ({ asked: { ...each, body: { ...(each.body as object), [name]: value } } });
      unmeant.push(...(await notRefused(over, 422, 'request.invalid', wrongly)).map((what) => `${name}: ${what}`));
      tried += over.length;
    }
    expect(tried).toBeGreaterThan(posts().length * (Object.keys(INTERNAL).length - 1));
    expect(unmeant).toEqual([]);
  }, 120_000);

  it('a parameter of a query that it does not know', async () => {
    const wrongly = (each: Case) => ({
      asked: { ...each, path: `${each.path}${each.path.includes('?') ? '&' : '?'}tenant=beta` },
    });
    // To a callback, providers add what they like (RFC 6749 §4.1.2: the client ignores what it does not know).
    const ours = cases.filter(({ route }) => route !== '/v1/login/{id}/callback');
    expect(await notRefused(ours, 422, 'request.invalid', wrongly)).toEqual([]);
  });

  it('a body that is no object', async () => {
    for (const body of ['[]', '7', '"text"', 'null', 'true']) {
      const bad = await notRefused(posts(), 422, 'request.invalid', (each) => text(each, body));
      expect([body, bad]).toEqual([body, []]);
    }
  });

  it('what is no JSON, too deep, or meant to reach a prototype', async () => {
    for (const body of [
      '{',
      '{"a":1,}',
      "{'a':1}",
      '\u0000',
      nested(40),
      '{"__proto__":{"admin":true}}',
      '{"constructor":{"prototype":{}}}',
    ]) {
      const bad = await notRefused(posts(), 400, 'request.malformed-json', (each) => text(each, body));
      expect([body.slice(0, 30), bad]).toEqual([body.slice(0, 30), []]);
    }
  });

  it('another content type, and more than it takes', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'application/json; charset=utf-16',
    ]) {
      const over = posts().filter(({ who }) => who !== 'facebook' || type !== 'application/x-www-form-urlencoded'); // its way
      const bad = await notRefused(over, 415, 'request.unsupported-media-type', (each) => text(each, '{}', type));
      expect([type, bad]).toEqual([type, []]);
    }
    const huge = JSON.stringify({ name: 'x'.repeat(200_000) });
    expect(await notRefused(posts(), 413, 'request.body-too-large', (each) => text(each, huge))).toEqual([]);
  });

  it('a credential of one vendor in the name of another', async () => {
    const wrongly = (each: Case) => ({ asked: each, headers: { 'keyledger-tenant': 'beta' } });
    const tokens = guarded().filter(({ who }) => who === 'staff');
    expect(await notRefused(tokens, 404, 'auth.wrong-tenant', wrongly)).toEqual([]);
    const byPath = (each: Case) => ({ asked: { ...each, path: `/t/beta${each.path}` } });
    expect(await notRefused(tokens, 404, 'auth.wrong-tenant', byPath)).toEqual([]);
  });

  it('an id that cannot be one', async () => {
    for (const id of ['0', '..%2F..%2Fetc%2Fpasswd', "'%20OR%201=1--", '%F0%9F%94%91', 'x'.repeat(200)]) {
      const over = cases.filter(({ route }) => route.includes('{'));
      const bad: string[] = [];
      for (const each of over) {
        const path = each.route.replace(/\{\w+\}/g, id);
        const { status, json } = await send(two.server.url, own(each), { ...each, path });
        if (![404, 413, 414, 422].includes(status) || typeof json?.code !== 'string')
          bad.push(`${titleOf(each)} ${id}: ${status}`);
      }
      expect(bad).toEqual([]);
    }
  });
});

/** The places of all leaves of a JSON value. */
function placesIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[name] = replaced(copy[name], rest, by);
  return copy;
}

describe('a request with something else in one place', () => {
  const odd: fc.Arbitrary<unknown> = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      '',
      ' ',
      '\u0000',
      '\ud800',
      '9999-12-31T23:59:59.999Z',
      '+275760-09-13T00:00:00Z',
      'P99999Y',
      '1e999',
      -0,
      1e21,
      2 ** 53,
    ),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  );

  const isClear = ({ status, json, headers }: RawAnswer) =>
    status < 300 ||
    (status < 500 && typeof json?.code === 'string' && headers['content-type']!.startsWith('application/problem+json'));

  it('is done or refused with a code, and nothing in between', async () => {
    const over = posts().filter(({ body }) => Object.keys(body as object).length > 0);
    const asking = fc
      .nat(over.length - 1)
      .chain((index) => fc.tuple(fc.constant(over[index]!), fc.constantFrom(...placesIn(over[index]!.body)), odd));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(asking, async ([each, place, value]) => {
        const body = replaced(each.body, place, value);
        const headers = { ...own(each), 'content-type': 'application/json' };
        const answer = await send(two.server.url, headers, { ...each, body: JSON.stringify(body) });
        expect([answer.status, answer.text.slice(0, 300), isClear(answer)]).toEqual([
          answer.status,
          answer.text.slice(0, 300),
          true,
        ]);
        if (answer.status >= 300) refused++;
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(500);
    expect((await send(two.server.url, {}, { method: 'GET', path: '/health/ready' })).status).toBe(200);
  }, 60_000);

  it('in a query neither', async () => {
    const { paths } = (await send(two.server.url, {}, { method: 'GET', path: '/openapi.json' })).json;
    // To go to a provider is answered by the provider's server, which is not there any more.
    const here = cases.filter(({ route }) => route !== '/v1/login/{id}/start');
    const lists = here.flatMap((each) => {
      const parameters: { in: string; name: string }[] = paths[each.route][each.method.toLowerCase()].parameters;
      const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
      return names.length === 0 ? [] : [{ each, names }];
    });
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('active', 'a,b', ',', '-1', '1e3', '%', 'null', 'true', '2026'),
    );
    const asking = fc
      .nat(lists.length - 1)
      .chain((index) => fc.tuple(fc.constant(lists[index]!), fc.dictionary(fc.constantFrom(...lists[index]!.names), word)));
    const property = fc.asyncProperty(asking, async ([{ each }, query]) => {
      const path = `${each.path.split('?')[0]}?${new URLSearchParams(query).toString()}`;
      const answer = await send(two.server.url, own(each), { ...each, path });
      expect([path, answer.text.slice(0, 300), isClear(answer)]).toEqual([path, answer.text.slice(0, 300), true]);
    });
    await fc.assert(property, { numRuns: 500 });
  }, 60_000);
});
