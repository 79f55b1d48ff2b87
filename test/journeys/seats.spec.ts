// Seats are never oversold, over HTTP, under parallel requests of many devices (DESIGN §11, promises 2 and 6).
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { streamName } from '#kernel/ids.js';
import type { Answer, Client } from '../support/client.js';
import { expectEqualToRebuild } from '../support/rebuild.js';
import { startServer, type RunningServer } from '../support/server.js';
import { UNLIMITED } from '../support/two-tours.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const SEATS = 10;
const DEVICES = 200;
const ROUNDS = 15;

let server: RunningServer;
let vendor: Vendor;
beforeAll(async () => {
  server = await startServer({ env: UNLIMITED });
  vendor = await firstVendor(server, { activations: SEATS });
});
afterAll(async () => {
  await expectEqualToRebuild(server);
  await server.dispose();
}, 60_000);

const device = (n: number | string) => ({ fingerprint: `device-${n}` });
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

interface Standing {
  readonly revision: number;
  readonly devices: ReadonlySet<string>;
}

/** Who held a seat after each event of a license, from the log itself. */
async function standingsOf(license: string): Promise<readonly Standing[]> {
  const events = SqliteEventStore.openReader(server.folder);
  try {
    const devices = new Set<string>();
    const taken = (name: unknown) => {
      expect(devices).not.toContain(name);
      devices.add(name as string);
    };
    const freed = (name: unknown) => expect(devices.delete(name as string)).toBe(true);
    return (await events.readStream(streamName('license', vendor.tenant, license))).map(({ type, data, revision }) => {
      const fact = JSON.parse(data) as { readonly fingerprint?: string; readonly ended?: { readonly fingerprint: string } };
      if (type === 'ActivationReplaced') freed(fact.ended!.fingerprint);
      if (type === 'KeyActivated' || type === 'ActivationReplaced') taken(fact.fingerprint);
      if (type === 'KeyDeactivated') freed(fact.fingerprint);
      return { revision, devices: new Set(devices) };
    });
  } finally {
    await events.close();
  }
}

describe('200 devices that ask for 10 seats at once', () => {
  it.each(numbers(ROUNDS))('get exactly 10, each device one (round %#)', async () => {
    const { id, key } = await vendor.issue();
    const holder = vendor.holder(key);
    const ask = () => Promise.all(numbers(DEVICES).map((n) => holder.post('/v1/license/activations', device(n))));
    const first = await ask();
    const granted = first.filter(({ status }) => status === 201);
    expect(granted).toHaveLength(SEATS);
    expect(new Set(granted.map(({ body }) => body.device)).size).toBe(SEATS);
    for (const { status, body } of first.filter((answer) => answer.status !== 201))
      expect({ status, ...body }).toMatchObject({
        status: 409,
        code: 'license.activation-limit-reached',
        allowed: SEATS,
        used: SEATS,
      });

    const again = await ask();
    expect(again.map(({ status }) => status)).toEqual(first.map(({ status }) => status));
    expect(again.map(({ body }) => body.id)).toEqual(first.map(({ body }) => body.id));
    const { data } = await holder.read('/v1/license/activations?limit=100');
    expect(data.map((each: { id: string }) => each.id).sort()).toEqual(granted.map(({ body }) => body.id as string).sort());
    expect(await standingsOf(id)).toHaveLength(1 + SEATS);
  });
});

describe('activations, releases and replacements that race', () => {
  const path = '/v1/license/activations';
  const moves: readonly ((holder: Client, n: number, held: readonly string[]) => Promise<Answer>)[] = [
    (holder, n) => holder.post(path, device(n)),
    (holder, n, held) => holder.post(`${path}/${held[n % held.length]}/deactivate`),
    (holder, n, held) => holder.post(`${path}/${held[(n * 7) % held.length]}/replace`, device(1000 + n)),
  ];

  it.each(numbers(5))('never hold more than there are, and each answer is true at its revision (round %#)', async () => {
    const { id, key } = await vendor.issue();
    const holder = vendor.holder(key);
    const held: string[] = [];
    for (const n of numbers(6)) held.push((await holder.done(path, device(n))).id);
    const answers = await Promise.all(numbers(150).map((n) => moves[n % 3]!(holder, n, held)));
    const standings = await standingsOf(id);
    for (const { revision, devices } of standings) expect([revision, devices.size <= SEATS]).toEqual([revision, true]);
    for (const { status, body } of answers) {
      if (status < 300) expect(body.activations).toMatchObject({ allowed: SEATS, used: standings[body.revision]!.devices.size });
      else expect([404, 409]).toContain(status);
      if (body.device !== undefined) expect(standings[body.revision]!.devices).toContain(body.device);
    }
    expect(answers.filter(({ status }) => status < 300).length).toBeGreaterThan(10);
    const { data } = await holder.read(`${path}?limit=100`);
    expect(new Set(data.map((each: { device: string }) => each.device))).toEqual(standings.at(-1)!.devices);
  });
});

interface Move {
  readonly kind: 'activate' | 'deactivate' | 'replace';
  readonly device: number;
  readonly seat: number;
  /** How often the same request is sent. */
  readonly times: number;
}

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('activate', 'deactivate', 'replace'),
  device: fc.nat(5),
  seat: fc.nat(1),
  times: fc.integer({ min: 1, max: 4 }),
});

describe('requests that are repeated under their idempotency keys, in any order and at once', () => {
  let runs = 0;

  /** Sends everything in the given order, `width` at a time; answers what each move was told, each time. */
  async function played(moves: readonly Move[], order: readonly number[], width: number) {
    const { id, key } = await vendor.staff.done('/v1/licenses', {
      policyId: vendor.policyId,
      organizationId: vendor.organizationId,
    });
    await vendor.staff.done(`/v1/licenses/${id}/override-limits`, { overrides: { activations: 3 } });
    const holder = vendor.holder(key);
    const path = '/v1/license/activations';
    const seats = [(await holder.done(path, device('a'))).id, (await holder.done(path, device('b'))).id];
    const run = ++runs;
    const ask = (index: number): Promise<Answer> => {
      const { kind, seat, device: n } = moves[index]!;
      const headers = { 'idempotency-key': `run-${run}-${index}` };
      if (kind === 'activate') return holder.post(path, device(n), headers);
      return holder.post(`${path}/${seats[seat]}/${kind}`, kind === 'replace' ? device(n) : {}, headers);
    };
    const told: Answer[][] = moves.map(() => []);
    for (let at = 0; at < order.length; at += width) {
      const now = order.slice(at, at + width);
      const answers = await Promise.all(now.map(ask));
      for (const [n, answer] of answers.entries()) told[now[n]!]!.push(answer);
    }
    return { id, told };
  }

  it('happen once, and are told the same each time', async () => {
    const story = fc.array(move, { minLength: 3, maxLength: 10 }).chain((moves) => {
      const sends = moves.flatMap(({ times }, index) => Array.from({ length: times }, () => index));
      const order = fc.shuffledSubarray(sends, { minLength: sends.length, maxLength: sends.length });
      return fc.tuple(fc.constant(moves), order, fc.integer({ min: 1, max: 12 }));
    });
    const property = fc.asyncProperty(story, async ([moves, order, width]) => {
      const { id, told } = await played(moves, order, width);
      for (const answers of told) {
        const said = answers.map(({ status, body }) => JSON.stringify([status, { ...body, requestId: undefined }]));
        expect(new Set(said).size).toBe(1);
        expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
      }
      const standings = await standingsOf(id);
      expect(standings.every(({ devices }) => devices.size <= 3)).toBe(true);
      const revisions = told.map(([first]) => first!).filter(({ status }) => status < 300);
      for (const { body } of revisions) expect(body.activations.used).toBe(standings[body.revision]!.devices.size);
    });
    await fc.assert(property, { numRuns: 25, endOnFailure: true });
  }, 60_000);
});
