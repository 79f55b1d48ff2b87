// Disks that fail under load: who waits is told so with a code, nothing acknowledged is lost or done twice, and the
// server goes on once the disk does, or ends where it cannot know what is on the disk.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { SqliteEventStore } from '#event-store/sqlite.event-store.js';
import { Caller, type Surroundings } from '../crash/callers.js';
import { CurrentServer } from '../crash/current-server.js';
import { logOf, wrongInViews } from '../crash/inspection.js';
import { judge } from '../crash/judge.js';
import { Ledger } from '../crash/ledger.js';
import { makeScene, QUIET, type Scene } from '../crash/scene.js';
import { FailingDisk } from '../disk/failing-disk.js';
import { PoweredDisk } from '../disk/powered-disk.js';
import { buildShim, type Shim } from '../disk/shim.js';
import { BackOffice, SEATS } from '../support/back-office.js';
import { Positions } from '../support/client.js';
import { randomOf } from '../support/random.js';
import { startServer, temporaryFolder, type RunningServer } from '../support/server.js';
import { until } from '../support/until.js';

const CALLERS = 4;
const LONG = 120_000;

let shim: Shim;
let folder: string;
let disk: FailingDisk;
let scene: Scene;
let servers: CurrentServer;
let server: RunningServer;
let ledger: Ledger;
let callers: Caller[];

beforeAll(() => {
  shim = buildShim();
});
afterAll(() => shim.remove());

beforeEach(async () => {
  folder = temporaryFolder();
  disk = new FailingDisk(folder, shim.path);
  scene = await makeScene(folder, CALLERS);
  servers = new CurrentServer();
  ledger = new Ledger();
  const around: Surroundings = { ...scene, servers, ledger, positions: new Positions() };
  callers = scene.places.map((place, n) => new Caller(`caller-${n}`, new BackOffice(place, `caller-${n}`, randomOf(n)), around));
}, LONG);

afterEach(async () => {
  servers.gone();
  await server.end('SIGKILL');
  disk.end();
  rmSync(folder, { recursive: true });
});

async function serve(env: Readonly<Record<string, string>> = disk.env): Promise<void> {
  server = await startServer({ folder, env: { ...QUIET, ...env } });
  servers.put(server);
}

async function atWork(): Promise<void> {
  for (const caller of callers) caller.start();
  await ledger.acknowledgements(20);
}

/** Lets the callers finish what they are at, and holds the log and the views against what they were told. */
async function allIsWell(): Promise<void> {
  await Promise.all(callers.map((caller) => caller.stop()));
  const { sent, acknowledged, shown, complaints } = ledger;
  const log = await logOf(folder);
  expect(judge(log, { sent, acknowledged, shown, since: scene.since, seats: SEATS })).toEqual({ lost: [], twice: [], wrong: [] });
  expect(complaints).toEqual([]);
  expect(await wrongInViews(folder)).toEqual([]);
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
      await until(() => Promise.resolve(ledger.postponed.has('store.full')), LONG);
      disk.mend();
      await ledger.acknowledgements(20);
      await allIsWell();
      const full = ledger.postponed.get('store.full');
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
      await ledger.acknowledgements(20);
      await until(() => Promise.resolve(server.output().includes('a view cannot go on')), LONG);
      disk.mend();
      await allIsWell();
    },
    LONG,
  );
});

describe('a disk with errors', () => {
  it(
    'in writing refuses with a code, and goes on when it writes again',
    async () => {
      await serve();
      await atWork();
      disk.fail({ call: 'write', file: 'events.db-wal', error: 'EIO' });
      await until(() => Promise.resolve(ledger.postponed.has('store.failed')), LONG);
      disk.mend();
      await ledger.acknowledgements(20);
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
      servers.gone();
      expect(server.output()).toContain('the log could not be synced');
      expect(ledger.postponed.get('store.failed')).toMatchObject({
        status: 503,
        detail: expect.stringContaining('repeat it as it was'),
      });
      await serve();
      await ledger.acknowledgements(20);
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
      await until(() => Promise.resolve(ledger.postponed.has('store.failed')), LONG);
      servers.gone();
      await server.end('SIGKILL');
      // Somebody who reads beside the server keeps SQLite from folding the write-ahead log into the file by itself.
      const reader = SqliteEventStore.openReader(folder);
      await reader.head();
      await serve({ ...disk.env, ...powered.env });
      await ledger.acknowledgements(20);
      servers.gone();
      await server.end('SIGKILL');
      await reader.close();
      powered.cut(() => 0);
      await serve();
      await ledger.acknowledgements(20);
      powered.end();
      await allIsWell();
    },
    LONG,
  );
});
