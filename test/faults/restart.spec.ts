// How a server stops and comes back: announced, in bounded time, and unnoticed by clients that try again.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { clientOf, type Answer, type Client } from '../support/client.js';
import { readFeed } from '../support/feed-reader.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const RESTARTS = 3;
const CALLERS = 6;
/** Longer than a restart takes. */
const PATIENCE_MS = 30_000;
const UNLIMITED = { KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0', KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0', KEYLEDGER_LOG_LEVEL: 'warn' };

let folder: string;
let server: RunningServer;
let env: Record<string, string>;

beforeEach(async () => {
  folder = temporaryFolder();
  env = { ...UNLIMITED, KEYLEDGER_PORT: String(await freePort()) };
});
afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

/** As clients are told to: again where the connection failed, and where the answer says when to come back. */
async function insisting(call: () => Promise<Answer>): Promise<Answer> {
  for (const deadline = performance.now() + PATIENCE_MS; ;) {
    const answer = await call().catch((error: unknown) => {
      if ((error as Error).name !== 'TypeError') throw error;
      return null;
    });
    if (answer && answer.status !== 503) return answer;
    if (performance.now() > deadline) throw new Error(`no answer for ${PATIENCE_MS} ms: ${answer?.status ?? 'no connection'}`);
    await pause(answer ? Number(answer.headers.get('retry-after')) * 100 : 50);
  }
}

/** The activation of each device; what was answered that should not have been; how often a query was answered. */
interface Seen {
  readonly activations: Map<string, string>;
  readonly odd: string[];
  reads: number;
}

async function caller(number: number, holder: Client, seen: Seen, over: () => boolean): Promise<void> {
  for (let n = 0; !over(); n++) {
    const device = `device-${number}-${n}`;
    const key = { 'idempotency-key': device };
    const { status, body } = await insisting(() => holder.post('/v1/license/activations', { fingerprint: device }, key));
    if (status === 201) seen.activations.set(device, body.id as string);
    else seen.odd.push(`activate ${status} ${JSON.stringify(body)}`);
    const read = await insisting(() => holder.get('/v1/license'));
    if (read.status === 200 && read.body.activations.used > n) seen.reads++;
    else seen.odd.push(`read ${read.status} ${JSON.stringify(read.body)}`);
  }
}

async function listed(staff: Client, licenseId: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await staff.read(`/v1/licenses/${licenseId}/activations?limit=100${cursor && `&cursor=${cursor}`}`);
    ids.push(...page.data.map(({ id }: { id: string }) => id));
    cursor = page.page.next as string | null;
  }
  return ids;
}

describe('a restart under load', () => {
  it('is not noticed by clients that try again: each command happens once, and every query is answered', async () => {
    server = await startServer({ folder, env });
    const vendor: Vendor = await firstVendor(server, { activations: -1 });
    const license = await vendor.issue();
    const seen: Seen = { activations: new Map(), odd: [], reads: 0 };
    let over = false;
    const load = Promise.all(
      Array.from({ length: CALLERS }, (_, number) => caller(number, vendor.holder(license.key), seen, () => over)),
    );
    for (let round = 0; round < RESTARTS; round++) {
      const so = seen.reads;
      await until(() => Promise.resolve(seen.reads > so + 30 || seen.odd.length > 0));
      expect(await server.end('SIGTERM')).toBe(0);
      server = await startServer({ folder, env });
    }
    const so = seen.reads;
    await until(() => Promise.resolve(seen.reads > so + 30 || seen.odd.length > 0));
    over = true;
    await load;
    expect(seen.odd).toEqual([]);
    const ids = [...seen.activations.values()];
    expect((await listed(vendor.staff, license.id)).sort()).toEqual(ids.sort());
    expect(seen.reads).toBe(ids.length);
  }, 120_000);
});

describe('a stop', () => {
  it('is announced: not ready first, then served on for the grace, with streams, and connections let go', async () => {
    server = await startServer({ folder, env: { ...env, KEYLEDGER_SHUTDOWN_GRACE: '3s' } });
    const vendor = await firstVendor(server);
    const stream = await readFeed(server.url, { authorization: `Bearer ${vendor.token}` });
    await stream.until(() => stream.events.length > 0);
    const ended = server.end('SIGTERM');
    const anyone = clientOf(server.url);
    await until(async () => (await anyone.get('/health/ready')).status === 503);
    const notReady = await anyone.get('/health/ready');
    expect(notReady.body).toMatchObject({ code: 'server.not-ready', state: 'stopping' });
    const so = stream.events.length;
    const issued = await vendor.staff.call('POST', '/v1/licenses', {
      body: { policyId: vendor.policyId, organizationId: vendor.organizationId },
    });
    expect([issued.status, issued.headers.get('connection')]).toEqual([201, 'close']);
    await stream.until(() => stream.events.length > so);
    expect(await ended).toBe(0);
    await stream.over;
  }, 30_000);

  it('that a request holds up ends at the deadline all the same, says so, and with another exit code', async () => {
    server = await startServer({ folder, env: { ...env, KEYLEDGER_SHUTDOWN_DEADLINE: '1s' } });
    const { hostname, port } = new URL(server.url);
    const half = 'POST /v1/setup HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"tok';
    const socket = connect(Number(port), hostname, () => socket.write(half));
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    await clientOf(server.url).get('/health/live');
    expect(await server.end('SIGTERM')).toBe(1);
    expect(server.output()).toContain('requests were still under way at the deadline');
    await cut;
  }, 30_000);
});
