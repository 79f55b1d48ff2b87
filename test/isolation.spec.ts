// The walk: every route, as somebody who may not, about what is not his, on paths that are not quite the same.
// It starts from cases that succeeded for their rightful caller; a route without one fails it.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import type { RawAnswer } from '#http/testing/raw-request.js';
import { CUSTOMER_PERMISSIONS } from '#identity/rights.js';
import { ALL_PERMISSIONS } from '#kernel/permissions.js';
import { expectEqualToRebuild } from './support/rebuild.js';
import { servedRoutes } from './support/routes.js';
import { send, type Case, type Credentials, type Sending } from './support/tour.js';
import { startTwoTours, type TwoTours } from './support/two-tours.js';
import * as walk from './support/walk.js';

let two: TwoTours;
let cases: readonly Case[];
let log: ReturnType<typeof SqliteEventStore.openReader>;
/** What the OpenAPI document says of each route. */
let operations: ReadonlyMap<string, { readonly permission: string | undefined; readonly credentials: readonly string[] }>;
let foreign: Credentials;
let sibling: Credentials;
const lacking = new Map<string, Credentials>();

const NOBODY: Credentials = {};
const GARBAGE: readonly Credentials[] = [
  { authorization: 'Bearer garbage' },
  { authorization: 'Bearer klt_0000000000000000000000000000000000000000000000000000' },
  { authorization: 'Bearer' },
  { authorization: 'Basic YWNtZTphY21l' },
  { authorization: 'License AAAAA-BBBBB-CCCCC-DDDDD-EEEEE', 'keyledger-tenant': 'acme' },
];

beforeAll(async () => {
  two = await startTwoTours();
  cases = two.acme.tour.cases;
  const document = (await send(two.server.url, NOBODY, { method: 'GET', path: '/openapi.json' })).json;
  operations = new Map(operationsOf(document));
  foreign = two.beta.tour.credentials.staff;
  const { id: organizationId } = await vendor('POST', '/v1/organizations', { name: 'Sibling' });
  sibling = await tokenWith([...CUSTOMER_PERMISSIONS], organizationId);
  for (const permission of ALL_PERMISSIONS) {
    lacking.set(permission, await tokenWith(ALL_PERMISSIONS.filter((each) => each !== permission)));
  }
  log = SqliteEventStore.openReader(two.server.folder);
}, 60_000);
afterAll(async () => {
  await log.close();
  await expectEqualToRebuild(two.server);
  await two.server.dispose();
}, 60_000);

function* operationsOf(document: { paths: Record<string, Record<string, Record<string, unknown>>> }) {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { security, 'x-permission': permission }] of Object.entries(methods)) {
      const credentials = (security as readonly object[]).flatMap((scheme) => Object.keys(scheme));
      yield [`${method.toUpperCase()} ${path}`, { permission: permission as string | undefined, credentials }] as const;
    }
  }
}

async function vendor(method: string, path: string, body: unknown) {
  return (await send(two.server.url, two.acme.tour.credentials.staff, { method, path, body })).json;
}

async function tokenWith(permissions: readonly string[], organizationId: string | null = null): Promise<Credentials> {
  const scope = organizationId === null ? 'tenant' : 'organization';
  const grants = permissions.map((permission) => ({ permission, scope }));
  const { secret } = await vendor('POST', '/v1/tokens', { name: 'walker', grants, organizationId });
  return { authorization: `Bearer ${secret}` };
}

const ask = (credentials: Credentials, asked: Sending) => send(two.server.url, credentials, asked);
const isOpen = (each: Case) => operations.get(walk.titleOf(each))!.credentials.length === 0;
const guarded = () => cases.filter((each) => !isOpen(each));
const takes = (scheme: string) => guarded().filter((each) => operations.get(walk.titleOf(each))!.credentials.includes(scheme));

/** Sends a case and says in one line what is wrong with the answer, if anything. A refusal must change nothing. */
async function refusal(each: Case, credentials: Credentials, asked: Sending, right: (answer: RawAnswer) => boolean) {
  const before = await log.head();
  const answer = await ask(credentials, asked);
  const wrong = right(answer) ? [] : [`answered ${answer.status} ${answer.text.slice(0, 200)}`];
  if (answer.status >= 300 && (await log.head()) !== before) wrong.push('changed something');
  return wrong.map((what) => `${walk.titleOf(each)}: ${what}`);
}

/** All complaints of a walk over cases, one after the other. */
async function complaints(over: readonly Case[], walkOne: (each: Case) => Promise<readonly string[]>): Promise<string[]> {
  const all: string[] = [];
  for (const each of over) all.push(...(await walkOne(each)));
  return all;
}

describe('the tour', () => {
  it('has a case that succeeded for every route, of the OpenAPI document and of the router', async () => {
    const seen = new Set(cases.map(walk.titleOf));
    const known = [...new Set([...operations.keys(), ...(await servedRoutes())])];
    expect(known.filter((route) => !seen.has(route))).toEqual([]);
    expect((await servedRoutes()).filter((route) => !operations.has(route))).toEqual([]);
    expect(known.length).toBeGreaterThan(80);
  });
});

describe('without a credential that is good for it, every route', () => {
  it('answers 401 without one', async () => {
    const wanted = ({ status, json }: RawAnswer) => status === 401 && json.code === 'auth.required';
    expect(await complaints(guarded(), (each) => refusal(each, NOBODY, each, wanted))).toEqual([]);
  });

  it('answers 401 to garbage', async () => {
    for (const garbage of GARBAGE)
      expect(await complaints(guarded(), (each) => refusal(each, garbage, each, ({ status }) => status === 401))).toEqual([]);
  });

  it('answers 401 to a token that had all rights until it was revoked', async () => {
    const { id, secret } = await vendor('POST', '/v1/tokens', { name: 'gone', role: 'administrator' });
    const revoked = { authorization: `Bearer ${secret}` };
    expect((await ask(revoked, { method: 'GET', path: '/v1/me' })).status).toBe(200);
    await vendor('POST', `/v1/tokens/${id}/revoke`, {});
    const wanted = ({ status, json }: RawAnswer) => status === 401 && json.code === 'auth.revoked';
    expect(await complaints(guarded(), (each) => refusal(each, revoked, each, wanted))).toEqual([]);
  });

  it('answers 401 to a license key in a tenant that is not its own', async () => {
    const elsewhere = { ...two.acme.tour.credentials.device, 'keyledger-tenant': 'beta' };
    expect(await complaints(guarded(), (each) => refusal(each, elsewhere, each, ({ status }) => status === 401))).toEqual([]);
  });

  it('answers 403 to a token where a license key is wanted, and the reverse', async () => {
    const forbidden = ({ status, json }: RawAnswer) => status === 403 && json.code === 'auth.forbidden';
    const { staff, device } = two.acme.tour.credentials;
    const tokens = guarded().filter((each) => !takes('bearer').includes(each));
    const keys = guarded().filter((each) => !takes('license').includes(each));
    expect(tokens.length).toBeGreaterThan(5);
    expect(await complaints(tokens, (each) => refusal(each, staff, each, forbidden))).toEqual([]);
    expect(await complaints(keys, (each) => refusal(each, device, each, forbidden))).toEqual([]);
  });

  it('answers 403 to a token that has all rights but the one', async () => {
    const over = takes('bearer').filter((each) => operations.get(walk.titleOf(each))!.permission !== 'any');
    const walked = await complaints(over, (each) => {
      const { permission } = operations.get(walk.titleOf(each))!;
      const wanted = ({ status, json }: RawAnswer) => status === 403 && json.permission === permission;
      return refusal(each, lacking.get(permission!)!, each, wanted);
    });
    expect(walked).toEqual([]);
  });
});

/** A command in other words, so that nobody plants the words that the walk looks for; a question stays what it is. */
function inOtherWords(each: Case): Sending {
  const { words } = two.acme;
  const isQuestion = each.method === 'GET' || 'asOf' in (each.answer.json ?? {});
  const other = [
    [words.own, 'stranger'],
    [words.vendor, 'strange'],
  ] as const;
  return isQuestion ? each : walk.about(each, new Map(other));
}

/** Whether somebody is told the same of what exists as of what does not, and nothing else of it. */
async function seesNothing(each: Case, credentials: Credentials, marks: readonly string[]): Promise<readonly string[]> {
  const asked = inOtherWords(each);
  const names = walk.namesIn(walk.textOf(asked));
  const nothing = walk.intoNothing(names);
  const before = await log.head();
  const [there, missing] = [await ask(credentials, asked), await ask(credentials, walk.about(asked, nothing))];
  const wrong = walk.leaks(marks, asked, there).map((mark) => `shows ${mark}`);
  if (names.length > 0) {
    const [one, other] = [walk.comparable(there), walk.comparable(missing, nothing)].map((answer) => JSON.stringify(answer));
    if (one !== other) wrong.push(`tells what exists from what does not: ${one} and ${other}`);
    if (walk.namesIn(asked.path.split('?')[0]!).length > 0 && ![403, 404].includes(there.status))
      wrong.push(`answered ${there.status} ${there.text.slice(0, 200)}`);
    if (there.status >= 300 && missing.status >= 300 && (await log.head()) !== before) wrong.push('changed something');
  }
  return wrong.map((what) => `${walk.titleOf(each)}: ${what}`);
}

describe("another vendor's administrator", () => {
  it('is told of what exists the same as of what does not, on every route', async () => {
    const marks = walk.marksOf(two.acme);
    const walked = await complaints(takes('bearer'), (each) => seesNothing(each, foreign, marks));
    expect(walked).toEqual([]);
  });

  it('gets 404 for every foreign id in a path', async () => {
    const over = takes('bearer').filter(({ path }) => walk.namesIn(path.split('?')[0]!).length > 0);
    expect(over.length).toBeGreaterThan(50);
    expect(await complaints(over, (each) => refusal(each, foreign, each, ({ status }) => status === 404))).toEqual([]);
  });

  it('cannot mix a foreign id into a request about things of his own', async () => {
    const [own, theirs] = [two.beta.tour.cases, cases.slice(1)];
    const marks = walk.marksOf(two.acme);
    const walked: string[] = [];
    let mixed = 0;
    for (const [index, each] of own.entries()) {
      const credentials = two.beta.tour.credentials[each.who];
      const [mine, foreignNames] = [each, theirs[index]!].map((one) => walk.namesIn(walk.textOf(one)));
      expect(walk.titleOf(each)).toBe(walk.titleOf(theirs[index]!));
      for (const [place, name] of mine!.entries()) {
        const theirName = foreignNames![place]!;
        const [asked, nothing] = [walk.about(each, new Map([[name, theirName]])), walk.intoNothing([theirName])];
        const answers = [await ask(credentials, asked), await ask(credentials, walk.about(asked, nothing))] as const;
        const [one, other] = [walk.comparable(answers[0]), walk.comparable(answers[1], nothing)].map((one) =>
          JSON.stringify(one),
        );
        if (one !== other) walked.push(`${walk.titleOf(each)} with ${name} → ${theirName}: ${one} and ${other}`);
        walked.push(...walk.leaks(marks, asked, answers[0]).map((mark) => `${walk.titleOf(each)} shows ${mark}`));
        mixed++;
      }
    }
    expect(mixed).toBeGreaterThan(60);
    expect(walked).toEqual([]);
  });

  it('cannot go on in a foreign list', async () => {
    const path = '/v1/contacts?limit=1';
    const { json } = await ask(two.acme.tour.credentials.staff, { method: 'GET', path });
    const went = await ask(foreign, { method: 'GET', path: `${path}&cursor=${json.page.next}` });
    expect(went.json).toMatchObject({ code: 'read.bad-cursor' });
  });
});

describe("a token of the vendor's other customer", () => {
  it('is refused what the customer himself is given', async () => {
    const { organizationId, licenseId } = two.acme.sights;
    const own = await tokenWith([...CUSTOMER_PERMISSIONS], organizationId);
    const mine = ['', '/activations'].map((more) => `/v1/licenses/${licenseId}${more}`);
    mine.push(`/v1/organizations/${organizationId}`, `/v1/organizations/${organizationId}/members`);
    for (const path of mine) {
      const asked = { method: 'GET', path };
      expect([path, (await ask(own, asked)).status, (await ask(sibling, asked)).status]).toEqual([path, 200, 404]);
    }
  });

  it('is told of what exists the same as of what does not, or that this is never for customers', async () => {
    const { own } = two.acme.words;
    const marks = [two.acme.sights.organizationId, two.acme.sights.licenseId, two.acme.sights.key, own];
    const forAll = 'GET /v1/products/{id}'; // every customer may read what is sold
    const over = takes('bearer').filter((each) => walk.titleOf(each) !== forAll);
    const walked = await complaints(over, (each) => seesNothing(each, sibling, marks));
    expect(walked).toEqual([]);
  });

  it('gets 403 for what no customer may, and 404 for every id in a path that it could ask for', async () => {
    const walked = await complaints(takes('bearer'), (each) => {
      const { permission = '' } = operations.get(walk.titleOf(each))!;
      const vendors = /\/v1\/(products|tokens|tenant|legal-entities|policies|device-blocks|login-providers)\b/.test(each.route);
      const inPath = walk.namesIn(each.path.split('?')[0]!).length > 0;
      if (permission !== 'any' && !CUSTOMER_PERMISSIONS.has(permission))
        return refusal(each, sibling, each, ({ status }) => status === 403);
      return inPath && !vendors ? refusal(each, sibling, each, ({ status }) => status === 404) : Promise.resolve([]);
    });
    expect(walked).toEqual([]);
  });
});

describe('a license key', () => {
  it('is told nothing of the devices of another license, of its vendor or of another', async () => {
    const { policyId, organizationId } = JSON.parse(
      JSON.stringify(cases.find((each) => walk.titleOf(each) === 'POST /v1/licenses')!.body),
    ) as Record<string, string>;
    const { key } = await vendor('POST', '/v1/licenses', { policyId, organizationId });
    const others = [{ authorization: `License ${key}`, 'keyledger-tenant': 'acme' }, two.beta.tour.credentials.device];
    const over = takes('license').filter(({ path }) => walk.namesIn(path).length > 0);
    expect(over.length).toBeGreaterThanOrEqual(3);
    const marks = [two.acme.words.own, two.acme.sights.licenseId];
    for (const other of others) expect(await complaints(over, (each) => seesNothing(each, other, marks))).toEqual([]);
  });
});

describe('another spelling of a path', () => {
  /** Spellings that opened where the path itself did not. */
  async function opened(each: Case, credentials: Credentials): Promise<readonly string[]> {
    const asked = inOtherWords(each);
    if ((await ask(credentials, asked)).status < 300) return [];
    const spellings = walk.variantsOf(asked.path).map((path) => ({ ...asked, path }));
    const answers = await Promise.all(spellings.map((one) => ask(credentials, one)));
    return answers.flatMap(({ status }, index) => (status < 300 ? [`${asked.method} ${spellings[index]!.path}: ${status}`] : []));
  }

  it('opens no route to nobody', async () => {
    expect(await complaints(guarded(), (each) => opened(each, NOBODY))).toEqual([]);
  }, 60_000);

  it('opens no route to a token without the right, or of another vendor', async () => {
    const over = takes('bearer').filter((each) => operations.get(walk.titleOf(each))!.permission !== 'any');
    const right = (each: Case) => lacking.get(operations.get(walk.titleOf(each))!.permission!)!;
    expect(await complaints(over, (each) => opened(each, right(each)))).toEqual([]);
    expect(await complaints(over, (each) => opened(each, foreign))).toEqual([]);
  }, 60_000);

  it('opens no route by another method', async () => {
    const methods = ['HEAD', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    const walked = await complaints(guarded(), async (each) => {
      const answers = await Promise.all(methods.map((method) => ask(NOBODY, { method, path: each.path })));
      return answers.flatMap(({ status }, index) => (status < 300 ? [`${methods[index]} ${each.path}: ${status}`] : []));
    });
    expect(walked).toEqual([]);
  });
});
