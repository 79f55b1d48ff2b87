// However a server ends, what it has acknowledged is there afterwards, once.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { clientOf } from '../support/client.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { firstVendor, type Vendor } from '../support/vendor.js';

const UNLIMITED = { KEYLEDGER_RATE_LIMIT_CREDENTIAL: '0', KEYLEDGER_RATE_LIMIT_LICENSE_KEY: '0', KEYLEDGER_LOG_LEVEL: 'warn' };
const CALLERS = 8;

let folder: string;
let server: RunningServer;
let vendor: Vendor;
let license: { readonly id: string; readonly key: string };

beforeEach(async () => {
  folder = temporaryFolder();
  server = await startServer({ folder, env: UNLIMITED });
  vendor = await firstVendor(server, { activations: -1 });
  license = await vendor.issue();
});

afterEach(async () => {
  await server.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Callers that activate one device after the other until the server is gone; what was acknowledged, by device. */
async function load(until: Promise<unknown>): Promise<Map<string, string>> {
  const acknowledged = new Map<string, string>();
  let over = false;
  void until.then(() => (over = true));
  const caller = async (caller: number) => {
    for (let n = 0; !over; n++) {
      const device = `device-${caller}-${n}`;
      try {
        const { status, body } = await vendor.holder(license.key).post('/v1/license/activations', { fingerprint: device });
        if (status === 201) acknowledged.set(device, body.id as string);
        else if (status !== 503) throw new Error(`unexpected ${status} ${JSON.stringify(body)}`);
      } catch (error) {
        // The connection was cut or refused: nothing was acknowledged.
        if ((error as Error).name !== 'TypeError') throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  return acknowledged;
}

/** Resolves once the license has at least so many devices. */
async function devices(count: number): Promise<void> {
  for (;;) {
    const { activations } = await vendor.staff.read(`/v1/licenses/${license.id}`);
    if (activations.used >= count) return;
  }
}

async function listed(running: RunningServer): Promise<Map<string, number>> {
  const holder = clientOf(running.url, { authorization: `Bearer ${vendor.token}` });
  const ids = new Map<string, number>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await holder.read(`/v1/licenses/${license.id}/activations?limit=100${cursor && `&cursor=${cursor}`}`);
    for (const { id } of page.data as { id: string }[]) ids.set(id, (ids.get(id) ?? 0) + 1);
    cursor = page.page.next as string | null;
  }
  return ids;
}

/** Starts again and compares with what was acknowledged. */
async function nothingLost(acknowledged: ReadonlyMap<string, string>): Promise<void> {
  server = await startServer({ folder, env: UNLIMITED });
  const ids = await listed(server);
  expect(acknowledged.size).toBeGreaterThan(0);
  for (const id of acknowledged.values()) expect(ids.get(id)).toBe(1);
  // The same devices again are the same activations.
  const [device, id] = [...acknowledged][0]!;
  const again = clientOf(server.url, { authorization: `License ${license.key}`, 'keyledger-tenant': vendor.tenant });
  expect((await again.done('/v1/license/activations', { fingerprint: device })).id).toBe(id);
}

describe('nothing acknowledged is lost', () => {
  it('on SIGTERM under load; the server says not ready, answers what is under way, and ends with 0', async () => {
    const running = load(server.ended);
    await devices(30);
    expect(await server.end('SIGTERM')).toBe(0);
    await nothingLost(await running);
  });

  it('on SIGKILL under load', async () => {
    const running = load(server.ended);
    await devices(30);
    expect(await server.end('SIGKILL')).toBe('SIGKILL');
    await nothingLost(await running);
  });

  it('when the disk is full: a clear refusal, and service again once there is room', async () => {
    const holder = vendor.holder(license.key);
    const acknowledged = new Map<string, string>();
    await limitFileSize(server.pid, 400_000);
    let refusal: { status: number; body: { code?: string } } | undefined;
    for (let n = 0; n < 5_000 && !refusal; n++) {
      const answer = await holder.post('/v1/license/activations', { fingerprint: `device-${n}`, name: 'n'.repeat(150) });
      if (answer.status === 201) acknowledged.set(`device-${n}`, answer.body.id as string);
      else refusal = answer;
    }
    expect(refusal?.status).toBe(503);
    expect(['store.full', 'store.failed']).toContain(refusal?.body.code);
    await limitFileSize(server.pid, null);
    const after = await holder.done('/v1/license/activations', { fingerprint: 'after' });
    acknowledged.set('after', after.id as string);
    expect(await server.end()).toBe(0);
    await nothingLost(acknowledged);
  });
});

/** Sets the largest size of a file that the process may write (bytes; null = none), which plays a full disk. */
function limitFileSize(pid: number, bytes: number | null): Promise<void> {
  const limit = bytes === null ? 'unlimited' : String(bytes);
  return new Promise((resolve, reject) => {
    const child = spawn('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`prlimit ended with ${code}`))));
  });
}

describe('a client that hangs up', () => {
  it('in the middle of its request disturbs nobody', async () => {
    const { hostname, port } = new URL(server.url);
    for (const cut of [
      'POST /v1/lic',
      'POST /v1/license/activations HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"finger',
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(cut, () => socket.destroy()));
        socket.once('close', () => resolve());
      });
    }
    expect((await vendor.holder(license.key).post('/v1/license/activations', { fingerprint: 'calm-device' })).status).toBe(201);
  });
});
