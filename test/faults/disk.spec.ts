// Disks that fail under load: who waits is told so with a code, nothing acknowledged is lost or done twice, and the
// server goes on once the disk does, or ends where it cannot know what is on the disk.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { QUIET } from '../crash/scene.js';
import { Shift } from '../crash/shift.js';
import { FailingDisk } from '../disk/failing-disk.js';
import { PoweredDisk } from '../disk/powered-disk.js';
import { buildShim, type Shim } from '../disk/shim.js';
import type { Body } from '../support/client.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';

const LONG = 120_000;

let shim: Shim;
let folder: string;
let disk: FailingDisk;
let shift: Shift;
let server: RunningServer;

beforeAll(() => {
  shim = buildShim();
});
afterAll(() => shim.remove());

beforeEach(async () => {
  folder = temporaryFolder();
  disk = new FailingDisk(folder, shim.path);
  shift = await Shift.on(folder);
}, LONG);

afterEach(async () => {
  shift.servers.gone();
  await server.end('SIGKILL');
  disk.end();
  rmSync(folder, { recursive: true });
});

async function serve(env: Readonly<Record<string, string>> = disk.env): Promise<void> {
  server = await startServer({ folder, env: { ...QUIET, ...env } });
  shift.servers.put(server);
}

async function atWork(): Promise<void> {
  shift.begin();
  await shift.acknowledgements(20);
}

/** Clients are told: not now, with this code. Answers the problem. */
async function postponedWith(code: string): Promise<Body> {
  await until(() => Promise.resolve(shift.ledger.postponed.has(code)), LONG);
  return shift.ledger.postponed.get(code);
}

async function allIsWell(): Promise<void> {
  await shift.end();
  expect(await shift.wrong()).toEqual({ lost: [], twice: [], wrong: [] });
}

describe('a disk that is full', () => {
  it.each([
    ['the log', 'events.db-wal'],
    ['the keys', 'keys.db-wal'],
    ['the records', 'records.db-wal'],
  ])(
    'for %s refuses with a code and a way out, and goes on when there is room',
    async (_, file) => {
      await serve();
      await atWork();
      disk.fail({ call: 'write', file, error: 'ENOSPC' });
      const full = await postponedWith('store.full');
      disk.mend();
      await shift.acknowledgements(20);
      await allIsWell();
      expect(full).toMatchObject({ status: 503, detail: expect.stringMatching(/free some space/i) });
    },
    LONG,
  );

  it(
    'for the views stops no write; they catch up when there is room',
    async () => {
      await serve();
      await atWork();
      disk.fail({ call: 'write', file: 'views.db-wal', error: 'ENOSPC' });
      await shift.acknowledgements(20);
      await until(() => Promise.resolve(server.output().includes('a view cannot go on')), LONG);
      disk.mend();
      await allIsWell();
    },
    LONG,
  );
});

/** A file system of so many bytes, where the user may mount one. */
function mountSmall(on: string, bytes: number): boolean {
  if (process.getuid?.() !== 0) return false;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', on]).status === 0;
}

const unmount = (from: string) => spawnSync('umount', ['--lazy', from]);

const probe = temporaryFolder();
const mayMount = mountSmall(probe, 65_536);
if (mayMount) unmount(probe);
rmSync(probe, { recursive: true });

describe('a file system that is full', () => {
  (mayMount ? it : it.skip)(
    'refuses with a code, and goes on when there is room',
    async () => {
      // Hard to fill by callers in time: most of it is taken by a file that is nobody's.
      const small = temporaryFolder();
      expect(mountSmall(small, 24 * 2 ** 20)).toBe(true);
      const before = { folder, shift };
      folder = join(small, 'data');
      try {
        shift = await Shift.on(folder);
        await serve({});
        await atWork();
        fillUp(join(small, 'ballast'));
        const { detail } = await postponedWith('store.full');
        expect(detail).toMatch(/free some space/i);
        rmSync(join(small, 'ballast'));
        await shift.acknowledgements(20);
        await allIsWell();
      } finally {
        shift.servers.gone();
        await server.end('SIGKILL');
        unmount(small);
        rmSync(small, { recursive: true });
        ({ folder, shift } = before);
      }
    },
    LONG,
  );
});

/** Writes until nothing more fits. */
function fillUp(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (const block = Buffer.alloc(4_096, 'x'); ;) writeSync(fd, block);
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(fd);
  }
}

describe('a disk with errors', () => {
  it(
    'in writing refuses with a code, and goes on when it writes again',
    async () => {
      await serve();
      await atWork();
      disk.fail({ call: 'write', file: 'events.db-wal', error: 'EIO' });
      await postponedWith('store.failed');
      disk.mend();
      await shift.acknowledgements(20);
      await allIsWell();
    },
    LONG,
  );

  it(
    'in syncing the log ends the server, once those who wait are told: what is on the disk is not known',
    async () => {
      await serve();
      await atWork();
      disk.fail({ call: 'sync', file: 'events.db-wal', error: 'EIO', times: 1 });
      expect(await server.ended).toBe(1);
      shift.servers.gone();
      expect(server.output()).toContain('the log could not be synced');
      expect(await postponedWith('store.failed')).toMatchObject({
        status: 503,
        detail: expect.stringContaining('repeat it as it was'),
      });
      await serve();
      await shift.acknowledgements(20);
      await allIsWell();
    },
    LONG,
  );

  it(
    'in syncing the log, and a loss of power after the next start: what was told by then is there',
    async () => {
      const powered = new PoweredDisk(folder, shim.path);
      powered.begin();
      await serve({ ...disk.env, ...powered.env });
      await atWork();
      disk.fail({ call: 'sync', file: 'events.db-wal', error: 'EIO', times: 1 });
      await postponedWith('store.failed');
      shift.servers.gone();
      await server.end('SIGKILL');
      // Somebody who reads beside the server keeps SQLite from folding the write-ahead log into the file by itself.
      const reader = SqliteEventStore.openReader(folder);
      await reader.head();
      await serve({ ...disk.env, ...powered.env });
      await shift.acknowledgements(20);
      shift.servers.gone();
      await server.end('SIGKILL');
      await reader.close();
      powered.cut(() => 0);
      await serve();
      await shift.acknowledgements(20);
      powered.end();
      await allIsWell();
    },
    LONG,
  );
});
